"""What a run of a script left, told from what was there before and from what somebody wrote."""

import json
import os
import time
from pathlib import Path

import pytest

from musings.errors import UserFault
from musings.makers.script.leavings import found_in, reported, told_in

PICTURE = b"\x89PNG\r\n\x1a\n and so on"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "run"
    (made / "sub").mkdir(parents=True)
    for name in ("a.png", "sub/b.png"):
        (made / name).write_bytes(PICTURE)
    return made


def told(stdout: str, folder: Path, since: float = 0.0) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in told_in(stdout, folder, None, since=since)]


@pytest.mark.parametrize(
    ("stdout", "names"),
    [
        ('loading\n["a.png"]\n', ["a.png"]),
        ('["sub/b.png"]\ndone in 3 s\n', ["sub/b.png"]),
        ('{"path": "a.png"}\n10%\n{"event": "saved", "file": "sub/b.png"}\nbye\n', ["a.png", "sub/b.png"]),
        ('log\n{\n  "files": [\n    "a.png"\n  ]\n}\n', ["a.png"]),
        ('{"images": [{"filename": "a.png"}, {"path": "sub/b.png"}]}', ["a.png", "sub/b.png"]),
        ('["a.png", "gone.png"]', []),
        ('{"step": 3}\nall well', []),
        ("[" * 100_000, []),
        ('["a\\u0000.png"]', []),
    ],
)
def test_files_are_named_in_json_anywhere(folder: Path, stdout: str, names: list[str]) -> None:
    assert told(stdout, folder) == names


def test_of_files_elsewhere_only_media_that_this_run_made_is_taken(folder: Path, tmp_path: Path) -> None:
    """A script that prints its prompt must not hand out whatever file the prompt names."""
    elsewhere = tmp_path / "elsewhere.png"
    elsewhere.write_bytes(PICTURE)
    said = json.dumps([str(elsewhere)])
    assert told(said, folder, since=time.time()) == ["0001.png"]
    os.utime(elsewhere, (1, 1))
    assert told(said, folder, since=time.time()) == []
    secret = tmp_path / "secret.txt"
    secret.write_text("word")
    assert told(json.dumps([str(secret)]), folder) == []
    assert told('["../secret.txt"]', folder) == []


def test_links_are_not_followed_and_media_comes_first(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("word")
    (folder / "0.png").symlink_to(tmp_path / "secret.txt")
    (folder / "latest.png").symlink_to("a.png")
    (folder / "a.json").write_text("{}")
    assert [path.relative_to(folder).as_posix() for path in found_in(folder)] == ["a.png", "sub/b.png", "a.json"]


def test_a_described_script_names_its_files_in_the_last_line(folder: Path) -> None:
    assert reported('log\n["a.png"]\n\n', folder, None) == [folder / "a.png"]
    with pytest.raises(UserFault, match="not a JSON list"):
        reported('["a.png"]\nbye', folder, None)
    with pytest.raises(UserFault, match=r"not there: b\.png"):
        reported('["b.png"]', folder, None)


@pytest.mark.parametrize("name", ["x" * 300, "x" * 100_000, "a\0b.png", "\ud800.png", "\x1b[31m", "/" * 5_000])
def test_a_name_that_no_file_has_is_told_in_words(folder: Path, name: str) -> None:
    with pytest.raises(UserFault, match="names a file that is not there") as caught:
        reported(json.dumps([name]), folder, None)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 300
    assert told(json.dumps([name]), folder) == []
