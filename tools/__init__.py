"""Set-up, checks and test servers: what stands around the product and never inside it."""
