"""Chains as they are stored: their versions, the runs of them, and the prompts that are the steps of a run."""
