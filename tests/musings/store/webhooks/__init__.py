"""Webhooks as they are stored."""
