"""Takes the recipe out of a file that leaves the house: prompts and workflows that ComfyUI and others write into media.

Every part that goes is overwritten in place, so that the file keeps its length and all places in it stay valid: nothing
is decoded, nothing moves, and any part of the file can be served without the others.
"""
