"""What a person types never has a meaning for FTS5."""

import pytest

from musings.sqlite.full_text import MOST_WORDS, match_expression


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("fox", '"fox"*'),
        ("red fox", '"red" "fox"*'),
        ('"red" OR fox*', '"red" "OR" "fox*"*'),
        ("fox\0NEAR(a, b)", '"fox" "NEAR(a," "b)"*'),
        ("", '""'),
        (" \t ", '""'),
    ],
)
def test_each_word_is_a_quoted_string(typed: str, asked: str) -> None:
    assert match_expression(typed) == asked


def test_a_search_has_a_bound() -> None:
    assert match_expression("fox " * 1000).count('"fox"') == MOST_WORDS
