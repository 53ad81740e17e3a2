"""The leaders' board: figures with their denominators, formulas and tickets."""
