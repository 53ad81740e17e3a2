"""Text in, Understanding out. Pure once a model is loaded."""
