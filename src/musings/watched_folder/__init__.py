"""A folder whose text files become prompts, and beside which their results appear.

The folder itself is the memory of it: the name of each file says how far it is, and each step is one rename, so that a
kill between any two leaves what the next look goes on from. ``names`` reads those names, ``directory`` touches the
disk, ``front_matter`` reads a file, ``intake`` submits, ``results`` gives back, ``watch`` holds the thread.
"""
