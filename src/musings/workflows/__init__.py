"""The workflows: files in a folder, each with the form it exposes."""
