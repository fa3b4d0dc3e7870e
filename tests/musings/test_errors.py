"""Sentences of errors: one stop each, however they were put together."""

import pytest

from musings.errors import MusingsError, PassingFault, sentences


@pytest.mark.parametrize(
    ("quoted", "said"),
    [
        ("Connection refused.", "The server does not answer: Connection refused."),
        ("Connection refused", "The server does not answer: Connection refused."),
        ("out of memory!", "The server does not answer: out of memory!"),
        ("wait...", "The server does not answer: wait..."),
        ("and so on…", "The server does not answer: and so on…"),
        ("see ../media", "The server does not answer: see ../media."),
        ("nothing in .. either", "The server does not answer: nothing in .. either."),
    ],
)
def test_a_sentence_in_a_sentence_has_one_stop(quoted: str, said: str) -> None:
    assert str(PassingFault(f"The server does not answer: {quoted}.")) == said
    explained = PassingFault(f"The server does not answer: {quoted}.", hint="Start it.").explained
    assert explained == f"{said} Start it."


def test_one_in_the_middle_has_one_too() -> None:
    assert str(MusingsError("It said: refused.. Until then it waits.")) == "It said: refused. Until then it waits."


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (("One", "two."), "One. two."),
        (("One.", None, "", " two "), "One. two"),
        (("width: must be a number", "See the form."), "width: must be a number. See the form."),
        (("alone",), "alone"),
        ((), ""),
    ],
)
def test_sentences_are_joined(parts: tuple[str | None, ...], said: str) -> None:
    assert sentences(*parts) == said
