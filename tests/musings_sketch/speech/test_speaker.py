"""The program that speaks: it adds to its files piece by piece, and says why it cannot."""

import json
from pathlib import Path

import pytest

from musings_sketch.errors import ProgramError
from musings_sketch.speech.espeak import COMMAND
from musings_sketch.speech.program import run
from musings_sketch.speech.speaker import NO_LIBRARY, NO_VOICE
from musings_sketch.speech.voices import data, library


def speak(folder: Path, *pieces: str, **changes: object) -> bytes:
    request: dict[str, object] = {
        "voice": "en",
        "speed": 165,
        "pitch": 50,
        "pieces": list(pieces),
        "library": str(library()),
        "home": str(data().parent),
        "samples": str(folder / "samples"),
        "index": str(folder / "index"),
    }
    told: list[bytes] = []
    run(COMMAND, stdin=json.dumps(request | changes).encode(), check=lambda: None, on_stdout=told.append)
    return b"".join(told)


def test_each_piece_is_told_and_ends_where_the_index_says(tmp_path: Path) -> None:
    assert speak(tmp_path, "One.", "Two words.") == b"1\n2\n"
    lines = [line.split() for line in (tmp_path / "index").read_text().splitlines()]
    assert [rate for rate, _ in lines] == ["22050"] * 2
    ends = [int(end) for _, end in lines]
    assert 0 < ends[0] < ends[1]
    assert (tmp_path / "samples").stat().st_size == 2 * ends[1]


def test_another_run_goes_on_where_the_first_ended(tmp_path: Path) -> None:
    speak(tmp_path, "One.")
    before = (tmp_path / "samples").read_bytes()
    speak(tmp_path, "One.")
    ends = [int(line.split()[1]) for line in (tmp_path / "index").read_text().splitlines()]
    assert ends[1] == 2 * ends[0]
    assert (tmp_path / "samples").read_bytes() == before * 2


def test_a_text_is_never_read_as_markup_or_cut_at_a_sign(tmp_path: Path) -> None:
    speak(tmp_path, '<break time="9s"/> [[x]] -v de --help; "$(ls)"')
    assert (tmp_path / "samples").stat().st_size < 22_050 * 2 * 15


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"library": "/nowhere.so"}, NO_LIBRARY), ({"home": "/nowhere"}, NO_LIBRARY), ({"voice": "xx-nobody"}, NO_VOICE)],
)
def test_what_it_lacks_is_its_exit_code(changes: dict[str, object], code: int, tmp_path: Path) -> None:
    with pytest.raises(ProgramError) as caught:
        speak(tmp_path, "One.", **changes)
    assert caught.value.code == code
    assert caught.value.log
