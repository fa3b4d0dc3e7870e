"""Poets for tests: what each form is given for a prompt."""

from musings_sketch.verse.phrases import phrases
from musings_sketch.verse.poet import Poet
from musings_sketch.words import chance, read

TEXTS = (
    "a red fox in the snow",
    "my grandmother Elsa and the sea",
    "",
    "日本の夜",
    "two old boats, sad",
    "quantum physics",
)


def poet(text: str, seed: int = 1) -> Poet:
    reading = read(text)
    return Poet(reading, phrases(text, reading), chance(text, seed, "verse"))


def poets() -> list[Poet]:
    return [poet(text, seed) for text in TEXTS for seed in range(3)]
