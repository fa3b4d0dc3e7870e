"""Instructions come out of their column as they went in, whatever another version wrote there."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from musings.models import Instructions

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
NAMES = st.sampled_from(["enhance", "workflow", "unused_words", "reproduces", "document", "parameters"]) | st.text()


@given(st.dictionaries(NAMES, JSON))
def test_whatever_stands_in_the_column_is_kept(found: dict[str, Any]) -> None:
    kept = Instructions.from_json(found).to_json()
    assert kept == {name: value for name, value in found.items() if name in kept}
    assert all(value is None for name, value in found.items() if name not in kept)
    assert Instructions.from_json(kept) == Instructions.from_json(found)


@pytest.mark.parametrize(
    ("found", "read"),
    [
        ({}, Instructions()),
        ({"enhance": False, "workflow": "fox"}, Instructions(enhance=False, workflow="fox")),
        ({"reproduces": True, "enhance": 1}, Instructions(others={"reproduces": True, "enhance": 1})),
        ({"document": 3, "later": [1]}, Instructions(document=3, others={"later": [1]})),
        ({"parameters": "no object"}, Instructions(parameters="no object")),
    ],
)
def test_only_what_can_be_used_counts(found: dict[str, Any], read: Instructions) -> None:
    assert Instructions.from_json(found) == read


def test_another_program_asks_for_two_things_only() -> None:
    metadata = {"enhance": True, "parameters": {"steps": 7}, "workflow_hash": "abc", "reproduces": 1, "document": 3}
    assert Instructions.asked_in(metadata) == Instructions(enhance=True, parameters={"steps": 7})
