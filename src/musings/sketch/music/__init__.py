"""The sketch musician: composes from the words."""

from musings.sketch.music.composer import LONGEST, SHORTEST, compose
from musings.sketch.music.score import Score

__all__ = ["LONGEST", "SHORTEST", "Score", "compose"]
