"""Housekeeping: what goes by itself, what the disk and the rows say of each other, and the database's own care.

Knows the store and the settings; no prompt is run from here.
"""
