"""What is read aloud of a writing: its words, without the signs of Markdown."""

from dataclasses import fields
from typing import Any

import pytest

from musings.makers.speech.aloud import spoken
from musings.models import StoredWriting


def writing(content: str) -> StoredWriting:
    given: dict[str, Any] = {field.name: None for field in fields(StoredWriting)} | {"id": 1, "content": content}
    return StoredWriting(**given)


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        ("a **fox** and a *wren*", "a fox and a wren"),
        ("**a *very* cold night**", "a very cold night"),
        ("***all*** of `it` and ``this``", "all of it and this"),
        ("_snake_case_ stays a word, snake_case too", "snake_case stays a word, snake_case too"),
        ("*2*3* is six, and 2 * 3 * 4 is more", "2*3 is six, and 2 * 3 * 4 is more"),
        ("# Night\n\n> quoted\n\n***\n\nend", "Night\n\nquoted\n\n\n\nend"),
        ("a *star that is never closed", "a *star that is never closed"),
    ],
)
def test_the_signs_of_markdown_are_not_read(content: str, wanted: str) -> None:
    assert spoken(writing(content)) == wanted
