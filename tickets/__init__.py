"""The case file and the vocabulary that every other package speaks."""
