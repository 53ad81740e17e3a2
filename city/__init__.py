"""A city's reference data: units, matters, the responsibility list, policies, calendars, places, precedents."""
