"""Schedules as they are stored."""
