"""From a document to the words and values of a media pipeline."""

import pytest

from musings.makers.poets import handing_over
from musings.makers.poets.documents import ImageDocument, LyricsDocument
from musings.models import FormField
from tests.musings.makers.poets.made_documents import IMAGE, SONG

SIZES = (
    FormField("w", "int", "Width", default=1024, minimum=64, maximum=2048, step=8, role="width"),
    FormField("h", "int", "Height", default=1024, minimum=64, maximum=2048, step=8, role="height"),
)


def image(**changes: object) -> ImageDocument:
    return ImageDocument.model_validate({**IMAGE, **changes})


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
