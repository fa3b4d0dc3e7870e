"""What a writing is called."""

from musings_sketch.verse.poet import Poet, sentence
from musings_sketch.vocabulary import listed

_SMALL = listed("a an the of and in on at to for with by from")

_SHAPES = (
    "{np}",
    "{np}",
    "{np}, {adj}",
    "{np} and the {noun}",
    "what the {noun} said of {np}",
    "a {thing} for {np}",
    "{np} at the {noun}",
)


def title(poet: Poet) -> str:
    """A few words with the prompt's own among them, at most 80 characters."""
    shape = _SHAPES[int(poet.random.integers(len(_SHAPES)))]
    filled = poet.fill(shape, np=poet.phrase().definite)
    if len(filled) > 80:
        filled = poet.phrase().head
    words = filled.split()
    return " ".join(word if at and word in _SMALL else sentence(word) for at, word in enumerate(words))[:80].rstrip()
