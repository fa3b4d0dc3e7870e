"""Going on when a text brings the speech program down: what was spoken is kept, the culprit made plainer."""

import json
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from musings_sketch.errors import LibraryError, ProgramError, SketchError, SpeechError
from musings_sketch.speech.espeak import explained, said, short_home
from musings_sketch.speech.speaker import NO_LIBRARY, NO_VOICE

FRAMES = 10  # that each piece lasts here


class Program:
    """Speaks ten frames a piece, and dies by ``signal`` in the middle of a piece with a sign in ``deadly``."""

    def __init__(self, deadly: str = "", code: int = -11) -> None:
        self.deadly, self.code = deadly, code
        self.runs = 0

    def __call__(
        self, command: Sequence[str], *, stdin: bytes, check: Callable[[], None], on_stdout: Callable[[bytes], None]
    ) -> None:
        self.runs += 1
        request = json.loads(stdin)
        with Path(request["samples"]).open("ab") as out, Path(request["index"]).open("a") as index:
            for piece in request["pieces"]:
                check()
                if any(sign in piece for sign in self.deadly):
                    out.write(bytes(6))  # half spoken
                    raise ProgramError("died", code=self.code, log="why")
                out.write(bytes(2 * FRAMES))
                index.write(f"22050 {out.tell() // 2}\n")
                on_stdout(b"1\n")


def spoken(program: Program, folder: Path, *parts: str) -> tuple[tuple[int, ...], list[float]]:
    told: list[float] = []
    settings: dict[str, str | int] = {"voice": "en", "speed": 165, "pitch": 50}
    raw = said(list(parts), settings, folder, program, lambda: None, told.append)
    assert len(raw.ends) == len(raw.pauses)
    assert raw.samples.stat().st_size == 2 * raw.ends[-1]
    return raw.ends, told


def test_all_goes_well(tmp_path: Path) -> None:
    program = Program()
    assert spoken(program, tmp_path, "One.", "Two.") == ((10, 20), [0.5, 1.0])
    assert program.runs == 1


def test_what_was_spoken_is_kept_and_the_culprit_is_said_without_its_sign(tmp_path: Path) -> None:
    program = Program(deadly="©")
    ends, told = spoken(program, tmp_path, "One.", "A © sign.", "Three.")
    assert (ends, program.runs) == (
        (10, 20, 30),
        3,
    )  # once more as it is: a child that was killed says nothing of its text
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_a_piece_that_cannot_be_said_at_all_is_left_out(tmp_path: Path) -> None:
    ends, _ = spoken(Program(deadly="x"), tmp_path, "One.", "x", "Three.")
    assert ends == (10, 20)


def test_a_text_that_kills_it_always_ends_in_words(tmp_path: Path) -> None:
    with pytest.raises(SpeechError, match="again and again") as caught:
        spoken(Program(deadly="abcdefghijklmnopqrstuvwxyz"), tmp_path, *["the words " * 40] * 3)
    assert caught.value.hint


@pytest.mark.parametrize("code", [1, None])
def test_any_other_end_is_told_at_once(code: int | None, tmp_path: Path) -> None:
    program = Program(deadly="O", code=code)  # type: ignore[arg-type]
    with pytest.raises(SpeechError, match="The speech program failed") as caught:
        spoken(program, tmp_path, "One.")
    assert (program.runs, caught.value.log) == (1, "why")


@pytest.mark.parametrize(
    ("code", "kind", "words"), [(NO_LIBRARY, LibraryError, "cannot be used"), (NO_VOICE, SketchError, "“xx”")]
)
def test_what_it_lacks_is_explained(code: int, kind: type[SketchError], words: str) -> None:
    error = explained(ProgramError("x", code=code, log="l"), "xx")
    assert type(error) is kind
    assert words in str(error)
    assert error.hint


def test_a_short_home_is_itself_and_a_deep_one_has_a_link(tmp_path: Path) -> None:
    deep = tmp_path / ("ä" * 100)
    deep.mkdir()
    with ExitStack() as stack:
        assert short_home(Path("/usr"), stack) == Path("/usr")
        link = short_home(deep, stack)
        assert len(str(link)) < 90
        assert link.resolve() == deep.resolve()
    assert not link.exists()
    assert deep.is_dir()
