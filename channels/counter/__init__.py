"""A clerk's form for visits, letters and calls taken by hand: three lines, one queue (三线合一)."""
