"""The one door to subprocess: followed to its end, killed when asked, and explained when it fails."""

import sys

import pytest

from musings_sketch.errors import ProgramError
from musings_sketch.speech.program import run


def python(words: str, stdin: bytes = b"") -> bytes:
    told: list[bytes] = []
    run([sys.executable, "-I", "-c", words], stdin=stdin, check=lambda: None, on_stdout=told.append)
    return b"".join(told)


def test_a_request_larger_than_any_pipe_goes_in_and_comes_out() -> None:
    request = bytes(range(256)) * 4000
    echoed = python("import sys; sys.stdout.buffer.write(sys.stdin.buffer.read())", request)
    assert echoed == request


@pytest.mark.parametrize(("words", "code"), [("import os; os.kill(os.getpid(), 9)", -9), ("raise SystemExit(3)", 3)])
def test_how_it_ended_is_told(words: str, code: int) -> None:
    with pytest.raises(ProgramError) as caught:
        python(words)
    assert caught.value.code == code


def test_complaints_that_are_no_text_are_kept_as_they_can_be() -> None:
    with pytest.raises(ProgramError) as caught:
        python(r"import sys; sys.stderr.buffer.write(b'caf\xe9 ' * 20000); sys.exit(1)")
    assert caught.value.log.startswith("caf\ufffd ")
    assert len(caught.value.log) == 100_000


def test_a_program_that_says_nothing_and_succeeds() -> None:
    assert python("import sys; print('warning', file=sys.stderr)") == b""
