"""The edge to residents and units: one folder a channel, the same file names in each."""
