"""Texts within bounds."""

from comfyui_workflows.metadata.collected import MOST_PARTS, MOST_TEXT, MOST_TEXTS, CollectedTexts, decoded


def test_texts_are_kept_within_bounds() -> None:
    found = CollectedTexts()
    found.keep("Long", "x" * (MOST_TEXT + 1))
    found.keep("Empty", " \0")
    for number in range(2 * MOST_TEXTS // MOST_TEXT):
        found.keep(f"t{number}", "x" * MOST_TEXT)
    assert sum(map(len, found.texts.values())) == MOST_TEXTS
    assert "long" not in found.texts
    assert "empty" not in found.texts


def test_parts_are_counted() -> None:
    found = CollectedTexts()
    assert sum(found.another() for _ in range(MOST_PARTS + 10)) == MOST_PARTS


def test_letters_of_either_encoding() -> None:
    assert decoded("ü".encode()) == decoded("ü".encode("latin-1")) == "ü"
