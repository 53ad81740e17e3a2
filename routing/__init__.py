"""Understanding + Directory in, Decision with its reasons out. Pure."""
