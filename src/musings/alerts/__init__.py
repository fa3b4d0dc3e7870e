"""Alerts: something is wrong, told once to every channel; and told once more when it is over.

``conditions`` looks, ``book`` remembers in the database what was told, ``post`` delivers through Apprise.
"""
