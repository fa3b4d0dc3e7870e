"""What a writing is called."""

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from musings_sketch.verse.titles import title
from tests.musings_sketch.verse.poets import poet, poets


def test_a_title_is_one_line_with_a_capital() -> None:
    for writer in poets():
        said = title(writer)
        assert said == " ".join(said.split()) != ""
        assert not said[0].islower()
        assert "{" not in said


@pytest.mark.parametrize("seed", range(10))
def test_the_subject_is_in_it_and_small_words_stay_small(seed: int) -> None:
    said = title(poet("the keeper of the lighthouse", seed))
    assert "Keeper" in said
    assert not [word for word in said.split()[1:] if word in ("The", "Of", "A", "And", "At")]


@limits(max_examples=30)
@given(st.text(max_size=200), st.integers(0, 2**64 - 1))
def test_any_text_has_a_title_of_at_most_eighty_characters(text: str, seed: int) -> None:
    assert 0 < len(title(poet(text, seed))) <= 80


def test_a_long_subject_is_cut_to_its_head() -> None:
    long = "a " + "incomprehensibleness " * 3 + "lighthousekeepersdaught"
    said = [title(poet(long, seed)) for seed in range(20)]
    assert max(map(len, said)) <= 80
    assert "Lighthousekeepersdaught" in said
