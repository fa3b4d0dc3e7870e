"""What a file was found to be is known until the file changes, and nothing is known of others."""

import os
from pathlib import Path

import pytest

from musings.media.looks import MOST, Look, Looks


def look(path: Path) -> Look:
    return Look({"size": path.stat().st_size}, {"said": path.read_text()}, b"")


def longer(path: Path) -> Look:
    return Look({}, {"said": path.read_text() * 2}, b"")


def test_a_file_is_looked_at_once_whatever_its_name_until_it_changes(tmp_path: Path) -> None:
    looks, path = Looks(), tmp_path / "a"
    path.write_text("one")
    first = looks.at(path, look)
    moved = path.rename(tmp_path / "b")
    assert looks.at(moved, look) is first
    assert looks.at(moved, longer).found == {"said": "oneone"}
    moved.write_text("two!")
    assert looks.at(moved, look).found == {"said": "two!"}
    before = moved.stat()
    moved.write_text("six!")
    os.utime(moved, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert looks.at(moved, look).found == {"said": "six!"}


def test_what_changes_while_it_is_looked_at_is_not_known(tmp_path: Path) -> None:
    looks, path = Looks(), tmp_path / "a"
    path.write_text("one")

    def slow(at: Path) -> Look:
        found = look(at)
        at.write_text(at.read_text() + "+")
        return found

    assert looks.at(path, slow).found == {"said": "one"}
    assert looks.at(path, slow).found == {"said": "one+"}


def test_only_the_last_are_known(tmp_path: Path) -> None:
    looks = Looks()
    paths = [tmp_path / str(number) for number in range(MOST + 1)]
    for path in paths:
        path.write_text("one")
    first = [looks.at(path, look) for path in paths]
    assert looks.at(paths[1], look) is first[1]
    assert looks.at(paths[0], look) is not first[0]


def test_a_file_that_is_not_there_is_told_by_who_looks(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Looks().at(tmp_path / "gone", look)
