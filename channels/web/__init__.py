"""The residents' own pages: report, follow, add, withdraw, rate, re-open; no script needed."""
