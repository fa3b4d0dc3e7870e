"""Songs: sections in their order, and one chorus."""

import re

from musings_sketch.verse.song import lyrics, song
from tests.musings_sketch.verse.poets import poet, poets

PART = re.compile(r"^\*\*(.+)\*\*\n\n((?:(?!\*\*).*\n?)*)", re.MULTILINE)


def test_sections_come_in_their_order_and_the_chorus_is_the_same() -> None:
    for writer in poets()[::3]:
        parts = PART.findall(song(writer))
        assert [name for name, _ in parts] == ["Verse 1", "Chorus", "Verse 2", "Chorus", "Bridge", "Chorus"]
        assert len({text.strip() for name, text in parts if name == "Chorus"}) == 1
        assert parts[0][1] != parts[2][1]


def test_a_verse_is_two_quatrains_and_a_chorus_one() -> None:
    for name, text in PART.findall(song(poet("my old guitar"))):
        lines = [len(stanza.split("\n")) for stanza in text.strip().split("\n\n")]
        assert lines == ([4, 4] if name.startswith("Verse") else [4])


def test_lyrics_are_the_song_with_marks_that_music_models_read() -> None:
    for text in ("my old guitar", "the Chorus of Verse 1"):
        sung, marked = song(poet(text)), lyrics(poet(text))
        assert re.findall(r"^\[(\w+)\]$", marked, re.MULTILINE) == [
            "verse",
            "chorus",
            "verse",
            "chorus",
            "bridge",
            "chorus",
        ]
        assert "**" not in marked
        plain = re.sub(r"\*\*.+\*\*\n\n", "", sung)
        assert re.sub(r"^\[\w+\]\n", "", marked, flags=re.MULTILINE) == plain


def test_every_line_begins_with_a_letter_or_a_sign_of_its_own() -> None:
    for writer in poets()[1::3]:
        assert not re.search(r"[{}]|^[ \t]|\bNone\b", song(writer), re.MULTILINE)


def test_a_person_is_spoken_to_by_name() -> None:
    said = [song(poet("Elsa", seed)) for seed in range(5)]
    assert [text for text in said if "the Elsa" in text] == []
    assert [text for text in said if "Elsa" in text]
