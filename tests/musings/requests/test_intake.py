"""What may become a prompt. The routes' own tests show the same through HTTP."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from musings.errors import InvalidInputError
from musings.makers.choice import Makers
from musings.models import KIND_OF_TYPE, Instructions, Kind
from musings.requests.intake import (
    METADATA_DEPTH,
    TEXT_CHARACTERS,
    check_metadata,
    checked,
    statuses_named,
    types_named,
)
from musings.requests.request import PromptRequest

PIPELINES = Makers()
NO_INSTRUCTIONS: list[dict[str, Any]] = [
    {"workflow_hash": "abc"},
    {"reproduces": 1},
    {"document": 3},
    {"enhance": True},
    {"parameters": {"width": 128}},
    {"workflow": "another"},
    {"unused_words": "None of these words is used."},
]


def ask(**given_fields: Any) -> Any:
    return checked(PIPELINES, PromptRequest(**{"prompt_text": "a fox", "prompt_type": "image", **given_fields}))


def faults(**given_fields: Any) -> list[str]:
    with pytest.raises(InvalidInputError) as caught:
        ask(**given_fields)
    return [fault.where for fault in caught.value.faults]


@pytest.mark.parametrize("prompt_type", KIND_OF_TYPE)
def test_every_type_is_taken(prompt_type: str) -> None:
    assert ask(prompt_type=prompt_type).prompt_type == prompt_type


def test_only_wishes_are_stored() -> None:
    """Defaults belong to the attempt, so that a better default reaches prompts that wait."""
    assert ask().parameters == {}
    assert ask(parameters={"width": "512", "seed": None, "height": ""}).parameters == {"width": 512}


def test_count_goes_to_the_field_that_counts() -> None:
    assert ask(count=3).parameters == {"count": 3}
    assert ask(count=3, parameters={"count": 2}).parameters == {"count": 2}
    assert ask(prompt_type="voice", count=1).parameters == {}
    assert faults(prompt_type="voice", count=2) == ["count"]


def test_all_faults_are_told_at_once() -> None:
    assert faults(prompt_text=" ", priority=11, count=0, metadata={"a": float("nan")}) == [
        "prompt_text",
        "metadata.a",
        "priority",
        "count",
    ]


@pytest.mark.parametrize("text", ["", " \u2003\n", "\0", "\ud800", "x" * (TEXT_CHARACTERS + 1)])
def test_texts_that_are_none(text: str) -> None:
    assert faults(prompt_text=text) == ["prompt_text"]


@pytest.mark.parametrize("text", ["x" * TEXT_CHARACTERS, "🦊" * TEXT_CHARACTERS, "a\x1b[31m", "\u202efox", "a\0b", "0"])
def test_texts_that_are_some(text: str) -> None:
    assert ask(prompt_text=text).prompt_text == text


@pytest.mark.parametrize("said", NO_INSTRUCTIONS)
def test_metadata_ask_for_nothing(said: dict[str, Any]) -> None:
    """They are the caller's, given back as they are; only a request's own fields say how it runs."""
    taken = ask(metadata=said)
    assert taken.metadata == said
    assert replace(taken, metadata={}) == ask()


def test_what_is_asked_becomes_instructions() -> None:
    assert ask(enhance=True).instructions == Instructions(True, workflow="sketch-image")
    assert ask(prompt_type="image_prompt", enhance=False).instructions == Instructions(False, workflow="sketch-image")


def nested(levels: int) -> dict[str, Any]:
    return {} if levels == 0 else {"a": nested(levels - 1)}


def test_metadata_has_a_depth() -> None:
    check_metadata(nested(METADATA_DEPTH - 1))
    with pytest.raises(InvalidInputError, match="nested too deeply"):
        check_metadata(nested(METADATA_DEPTH))


@given(
    st.dictionaries(
        st.text(max_size=5),
        st.recursive(
            st.none() | st.integers() | st.floats() | st.text(st.characters(), max_size=5),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
            max_leaves=6,
        ),
        max_size=3,
    )
)
def test_what_is_taken_comes_back_as_it_was(metadata: dict[str, Any]) -> None:
    try:
        check_metadata(metadata)
    except InvalidInputError:
        return
    assert json.loads(json.dumps(metadata, ensure_ascii=False, allow_nan=False).encode()) == metadata


def test_lists_of_names() -> None:
    assert types_named("image, poem") == ["image", "image_prompt", "poem"]
    assert types_named(None) == types_named(" , ") == []
    assert [*Kind] == ["text", "image", "music", "voice", "video"]
    assert statuses_named("failed,pending") == ["failed", "pending"]
    with pytest.raises(InvalidInputError, match="Did you mean image"):
        types_named("imgae")
    with pytest.raises(InvalidInputError, match="there are: pending"):
        statuses_named("done")
