"""Fingerprints in which like texts are alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from musings.store.writings.likeness import NEAR, fingerprint, is_fingerprint, likeness

POEM = (
    "Salt on the rail, a gull that will not land. The lamp goes round and round; nobody is home, and the sea keeps"
    " asking the same question of the stones."
)
OTHER = (
    "A fox in the snow walks past the birches at dusk while children sleep in the village below and bells ring for"
    " the evening prayer."
)


def test_a_version_is_near_and_another_text_is_not() -> None:
    version = POEM.replace("gull", "tern").replace("nobody", "no one")
    assert likeness(fingerprint(POEM), fingerprint(version)) > NEAR
    assert likeness(fingerprint(POEM), fingerprint(OTHER)) < NEAR / 2


@pytest.mark.parametrize("same", [POEM.upper(), POEM.replace(" ", "\n\n"), POEM.replace(",", " —"), POEM + "!"])
def test_the_same_words_have_the_same_fingerprint(same: str) -> None:
    assert fingerprint(same) == fingerprint(POEM)


def test_the_order_of_the_words_counts() -> None:
    assert fingerprint("ist Ruh") != fingerprint("Ruh ist")


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_two_texts_can_be_compared(one: str, other: str) -> None:
    first, second = fingerprint(one), fingerprint(other)
    assert is_fingerprint(first)
    assert 0 <= likeness(first, second) == likeness(second, first) <= 1
    assert likeness(first, first) == 1


def test_what_other_programs_wrote_is_no_fingerprint() -> None:
    assert not any(is_fingerprint(value) for value in (None, "", "deadbeef", "Z" * 32, "A" * 32))
