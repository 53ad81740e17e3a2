"""Telephone calls (电话), by Twilio Voice."""
