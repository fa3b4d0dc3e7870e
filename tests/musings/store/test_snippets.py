"""The place in a text where the words of a search stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from musings.store.snippets import Part, snippet


def test_the_words_are_marked_whatever_their_case_and_accents() -> None:
    assert snippet("Über die  Lampe\nam Meer", "uber LAMP") == [
        Part("Über", True),
        Part(" die ", False),
        Part("Lampe", True),
        Part(" am Meer", False),
    ]


@pytest.mark.parametrize("search", ["fox", "", "!!"])
def test_without_a_word_the_beginning_is_shown(search: str) -> None:
    assert snippet("one two three", search) == [Part("one two three", False)]


def test_a_far_word_is_shown_with_its_surroundings() -> None:
    found = snippet("before " * 50 + "lamp " + "after " * 50, "lamp")
    whole = "".join(part.text for part in found)
    assert whole.startswith("… before ")
    assert whole.endswith(" …")
    assert len(whole) < 210
    assert [part.text for part in found if part.match] == ["lamp"]


@given(st.text(max_size=500), st.text(max_size=30))
def test_any_text_and_any_search(content: str, search: str) -> None:
    flat = " ".join(content.split())
    shown = "".join(part.text for part in snippet(content, search))
    assert shown.removeprefix("… ").removesuffix(" …") in flat or flat == shown
    assert len(shown) <= 204
