"""The program that decodes: what it says of a request, and what it bounds itself to."""

import json
import sys
from pathlib import Path

import pytest

from musings import process
from musings.errors import AttemptError, CommandError
from musings.media import decoding_child
from musings.media.decoding_child import answered
from tests.musings.media.drawn import slope

BOUNDED = """
import json, resource, sys
from musings.media.decoding_child import OOM_SCORE, allow, bound
bound(300_000_000)
bound(900_000_000)
allow(100)
allow(50)
names = ("CORE", "NOFILE", "DATA", "AS", "CPU")
found = {name: resource.getrlimit(getattr(resource, f"RLIMIT_{name}"))[0] for name in names}
print(json.dumps({**found, "OOM": OOM_SCORE.read_text().strip() if OOM_SCORE.exists() else None}))
"""


def test_its_bounds_are_those_of_the_kernel() -> None:
    limits = json.loads(process.run((sys.executable, "-c", BOUNDED)).stdout)
    assert (limits["CORE"], limits["NOFILE"]) == (0, 64)
    assert 50 <= limits["CPU"] <= 60, "from each request on, and not for all together"
    if sys.platform.startswith("linux"):
        assert limits["DATA"] == 300_000_000, "a bound is never raised"
        assert limits["OOM"] == "500", "it goes first where the machine is short of memory"
        assert limits["AS"] == 300_000_000 + decoding_child.ADDRESSES_BESIDE


def asked(task: str, path: Path, **arguments: object) -> dict[str, object]:
    return {"task": task, "path": str(path), "arguments": arguments, "cpu_seconds": 10}


def test_what_was_found_is_told(tmp_path: Path) -> None:
    slope(60, 30).save(tmp_path / "a.png")
    said = answered(asked("read_picture", tmp_path / "a.png"))
    assert said == {"done": {"width": 60, "height": 30, "mode": "RGB", "format": "PNG", "frames": 1}}


def test_what_went_wrong_is_told_by_its_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def chained(outer: Exception, inner: Exception) -> Exception:
        outer.__cause__ = inner
        return outer

    kinds: list[tuple[Exception, str]] = [
        (MemoryError("x"), "memory"),
        (chained(AttemptError("a.png is a damaged picture: ."), MemoryError()), "memory"),
        (AttemptError("no"), "fault"),
        (OSError(28, "No space left on device", "/a"), "os"),
        (ImportError("av"), "unloaded"),
        (OSError("words alone"), "bug"),
        (RuntimeError("x"), "bug"),
    ]
    for error, kind in kinds:

        def fail(path: Path, error: Exception = error) -> dict[str, object]:
            raise error

        monkeypatch.setattr(decoding_child, "TASKS", {"image": fail})
        said = answered(asked("image", tmp_path / "a.png"))
        assert kind in said, error
        json.dumps(said)
    behind = chained(AttemptError("a.flac could not be written"), OSError(28, "No space left on device", "/a"))
    monkeypatch.setattr(decoding_child, "TASKS", {"image": lambda path: (_ for _ in ()).throw(behind)})
    assert answered(asked("image", tmp_path / "a.png"))["disk"] == [28, "No space left on device", "/a"]


def test_what_a_library_prints_spoils_no_answer(tmp_path: Path) -> None:
    program = (
        "import os, sys\nfrom musings.media import decoding_child\n"
        "def noisy(path):\n    os.write(1, b'noise\\n')\n    print('more')\n    return {'read': sys.stdin.read()}\n"
        "decoding_child.TASKS = {'image': noisy}\nsys.argv[1:] = ['900000000']\ndecoding_child.main()\n"
    )
    talk = process.Conversation((sys.executable, "-c", program))
    talk.send(json.dumps(asked("image", tmp_path)))
    assert json.loads(talk.receive()) == {"done": {"read": ""}}
    talk.kill()


def test_it_ends_when_it_has_nothing_to_do() -> None:
    program = (
        "import sys\nfrom musings.media import decoding_child\n"
        "decoding_child.IDLE_SECONDS = 0.01\nsys.argv[1:] = ['900000000']\ndecoding_child.main()\n"
    )
    talk = process.Conversation((sys.executable, "-c", program))
    with pytest.raises(CommandError) as caught:
        talk.receive()
    assert caught.value.code == 0
    talk.kill()
