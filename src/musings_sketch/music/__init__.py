"""The sketch musician: composes from the words (``compose``) and plays what it composed (``render``)."""

from musings_sketch.music.composer import LONGEST, SHORTEST, compose
from musings_sketch.music.mixer import render
from musings_sketch.music.score import Score

__all__ = ["LONGEST", "SHORTEST", "Score", "compose", "render"]
