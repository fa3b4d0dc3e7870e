"""Marks a file as made by a machine, without touching what it shows or plays (ADR 19)."""
