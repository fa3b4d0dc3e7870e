"""The JSON documents: found in any wrapping, checked, mended where there is no doubt."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from musings.makers.poets import handing_over
from musings.makers.poets.documents import EXAMPLES, ImageDocument, LyricsDocument, read, stored
from musings.makers.poets.extraction import object_in, without_trailing_commas
from musings.models import FormField, Kind
from tests.growth import grows_gently
from tests.musings.makers.poets.made_documents import IMAGE, SONG

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


@pytest.mark.parametrize("kind", [Kind.IMAGE, Kind.MUSIC])
def test_the_examples_are_documents_and_survive_storing(kind: Kind) -> None:
    document, faults = read(kind, EXAMPLES[kind])
    assert faults == []
    assert document is not None
    assert read(kind, stored(document)) == (document, [])


def test_benign_slips_are_mended() -> None:
    slips = {"image_prompt": {**IMAGE, "style_tags": "ink, wide", "negative_prompt": None, "seed": 4}}
    document, faults = read(Kind.IMAGE, f"Here you are:\n```json\n{json.dumps(slips)}\n```\nEnjoy!")
    assert faults == []
    assert isinstance(document, ImageDocument)
    assert (document.style_tags, document.negative_prompt) == (["ink", "wide"], "")
    lines = {**SONG, "tempo": 92, "structure": [{"type": "verse", "number": 1, "lyrics": ["The boats", "are dry"]}]}
    song, faults = read(Kind.MUSIC, json.dumps(lines))
    assert isinstance(song, LyricsDocument)
    assert (song.tempo, song.structure[0].lyrics) == ("92", "The boats\nare dry")


@pytest.mark.parametrize(
    ("kind", "answer", "fault"),
    [
        (Kind.IMAGE, "A fox, obviously.", "There is no JSON object in the answer."),
        (Kind.IMAGE, '{"negative_prompt": "x"}', "`prompt` is missing."),
        (Kind.IMAGE, '{"prompt": "  "}', "`prompt` is empty."),
        (Kind.IMAGE, '{"prompt": {"a": 1}}', "`prompt`: Input should be a valid string"),
        (Kind.MUSIC, '{"title": "x", "structure": []}', "`structure`: List should have at least 1 item"),
        (Kind.MUSIC, '{"title": "x", "structure": [{"number": "one"}]}', "`structure.0.number`: Input should be"),
    ],
)
def test_what_is_wrong_is_told(kind: Kind, answer: str, fault: str) -> None:
    document, faults = read(kind, answer)
    assert document is None
    assert any(told.startswith(fault) for told in faults), faults


def image(**changes: object) -> ImageDocument:
    return ImageDocument.model_validate({**IMAGE, **changes})


SIZES = (
    FormField("w", "int", "Width", default=1024, minimum=64, maximum=2048, step=8, role="width"),
    FormField("h", "int", "Height", default=1024, minimum=64, maximum=2048, step=8, role="height"),
)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("3:2", {"w": 1256, "h": 840}),
        ("16x9", {"w": 1368, "h": 768}),
        ("portrait", {"w": 840, "h": 1256}),
        ("square", {"w": 1024, "h": 1024}),
        ("100:1", {"w": 2048, "h": 512}),
        ("0:0", {}),
        ("whatever", {}),
    ],
)
def test_the_ratio_becomes_a_size_of_the_form(said: str, expected: dict[str, int]) -> None:
    document = image(technical_params={"aspect_ratio": said})
    assert handing_over.values(document, SIZES, {"w": 1024, "h": 1024}) == expected


def test_a_document_fills_the_fields_that_a_form_has() -> None:
    negative = FormField("bad", "longtext", "Not", role="negative_prompt")
    assert handing_over.values(image(), (negative,), {}) == {"bad": "text, blur"}
    assert handing_over.words(image(), ()) == "a fox in the snow, birches, dusk, high, ink, wide"

    song = LyricsDocument.model_validate(SONG)
    tags, lyrics = FormField("t", "text", "Tags", role="tags"), FormField("l", "longtext", "Lyrics", role="lyrics")
    assert handing_over.values(song, (tags, lyrics), {}) == {
        "t": "folk, hopeful, 92 bpm, D, alto, guitar",
        "l": "[verse 1]\nThe boats are dry\n\n[chorus]\nOh tide",
    }
    assert handing_over.words(song, (tags, lyrics)) == "folk, hopeful, 92 bpm, D, alto, guitar"
    assert "The boats are dry" in handing_over.words(song, ())
