"""Disputes, meetings and rulings."""
