"""People, roles, sessions and what each may see."""
