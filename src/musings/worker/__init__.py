"""The worker: claim, run, keep, finish."""
