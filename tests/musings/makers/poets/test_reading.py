"""What kind of text it is, what mood it has, and for whom."""

import pytest

from musings.makers.poets import reading

POEM = "Salt on the rail,\na gull that will not land.\n\nThe lamp goes round."


@pytest.mark.parametrize(
    ("text", "asked", "expected"),
    [
        (POEM, "poem", "poetry"),
        (POEM, "song", "song"),
        (POEM, "text", "poetry"),
        ("ANNA: Is it late?\n\nBEN: It is always late.\n", "text", "dialogue"),
        ("[Verse 1]\nOh the sea\n\n[Chorus]\nOh", "text", "song"),
        ("A long paragraph of plain prose that goes on well beyond the width of a verse. " * 3, "text", "prose"),
        ("One line.", "text", "prose"),
        ("", "text", "prose"),
    ],
)
def test_the_type_is_the_one_asked_for_or_what_the_shape_says(text: str, asked: str, expected: str) -> None:
    assert reading.content_type(text, asked) == expected


def test_moods_and_explicit_words() -> None:
    assert reading.mood("The storm broke over graves and bones in the night") == "dark"
    assert reading.mood("A hand to hold, a kiss, my beloved") == "tender"
    assert reading.mood("Quarterly figures") is None
    assert reading.is_explicit("what the FUCK")
    assert not reading.is_explicit("Scunthorpe, and the pussycat")
