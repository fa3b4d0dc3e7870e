"""Webhooks as they are stored: who is told, and the outbox of what they are told."""
