"""Schedules: prompts and chains that are asked for again and again, by an RRULE in a time zone."""
