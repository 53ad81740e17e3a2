"""Working time, clocks and the escalation ladder."""
