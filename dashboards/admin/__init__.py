"""The administrator's pages: units, the responsibility list, precedents, people, tokens, and who looked at whom."""
