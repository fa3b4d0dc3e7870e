"""The JSON documents: found in any wrapping, checked, mended where there is no doubt."""

import json

import pytest

from musings.makers.poets.documents import EXAMPLES, ImageDocument, LyricsDocument, read, stored
from musings.models import Kind
from tests.musings.makers.poets.made_documents import IMAGE, SONG


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
