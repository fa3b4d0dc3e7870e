"""Chains: one idea goes through several prompts. What a chain is, and what becomes due in a run of it."""
