"""The JSON object in what a model answered."""

import json

from hypothesis import given
from hypothesis import strategies as st

from musings.makers.poets.extraction import object_in, without_trailing_commas
from tests.growth import grows_gently

TEXT = st.text(max_size=60)
LEAVES = st.none() | st.booleans() | st.integers() | TEXT
OBJECTS = st.dictionaries(
    TEXT,
    st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3)),
    max_size=5,
)
PROSE = st.text(st.characters(exclude_characters="{}[]`"), max_size=80)


@given(OBJECTS, PROSE, PROSE, st.sampled_from([None, 0, 2]), st.booleans())
def test_any_object_is_found_in_any_prose(
    value: dict[str, object], before: str, after: str, indent: int | None, fenced: bool
) -> None:
    written = json.dumps(value, ensure_ascii=False, indent=indent)
    wrapped = f"```json\n{written}\n```" if fenced else written
    assert object_in(f"{before}\n{wrapped}\n{after}") == value


@given(st.text(max_size=300) | st.text(alphabet='{}[]",:\\`\n ab1', max_size=300))
def test_any_text_can_be_searched(text: str) -> None:
    assert object_in(text) is None or isinstance(object_in(text), dict)


@given(OBJECTS)
def test_no_comma_of_a_right_document_is_lost(value: dict[str, object]) -> None:
    written = json.dumps(value, ensure_ascii=False)
    assert without_trailing_commas(written) == written


def test_commas_too_many_and_broken_lines_are_mended() -> None:
    assert object_in('{"a": ["x, ]", "y",], "b": "one\ntwo",\n}') == {"a": ["x, ]", "y"], "b": "one\ntwo"}


def test_hostile_answers_cost_little() -> None:
    for start, piece in (("", "{"), ("", '{"a":'), ("", "```json\n"), ("", "["), ('{"a": "', "\\")):
        small, large = (start + piece * (size // len(piece)) for size in (30_000, 310_000))
        assert object_in(large) is None
        assert grows_gently(object_in, small, large), piece
