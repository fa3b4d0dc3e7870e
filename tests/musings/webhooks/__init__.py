"""Webhooks: where they go, what they say, and that nothing is lost on the way."""
