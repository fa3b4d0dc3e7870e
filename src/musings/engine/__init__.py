"""The engines: who runs which prompt, and when."""
