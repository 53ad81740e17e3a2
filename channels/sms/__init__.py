"""Short messages (短信), by Twilio."""
