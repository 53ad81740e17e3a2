"""The running program: it knows every other package and is known by none."""
