"""A directory by its descriptor."""

from pathlib import Path

import pytest

from musings.watched_folder.directory import inside, opened


def test_a_file_is_written_whole_and_replaces_its_own(tmp_path: Path) -> None:
    with opened(tmp_path) as directory:
        (tmp_path / ".a.txt.partial").write_text("what a kill left")
        for content in (b"one", b"two"):
            directory.write("a.txt", content)
            assert (tmp_path / "a.txt").read_bytes() == content
        assert directory.names() == ["a.txt"]


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "out.txt").write_text("outside")
    (tmp_path / "in" / "link.txt").symlink_to(tmp_path / "out.txt")
    (tmp_path / "in" / "up").symlink_to(tmp_path)
    with opened(tmp_path / "in") as directory:
        assert directory.read("link.txt", 100) is None
        assert directory.looks_of("link.txt") is None
        with inside(directory, "up") as up:
            assert up is None
        directory.write("link.txt", b"ours")
    assert (tmp_path / "out.txt").read_text() == "outside"


def test_nothing_is_replaced_by_a_rename(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).write_text(name)
    with opened(tmp_path) as directory:
        with pytest.raises(FileExistsError):
            directory.rename("a", "b")
        with pytest.raises(FileExistsError):
            directory.fill("b", {})
        directory.rename("a", "c")
        directory.remove("gone")
        assert directory.names() == ["b", "c"]


def test_a_folder_has_its_name_when_it_is_whole(tmp_path: Path) -> None:
    def fails(_file: object) -> None:
        assert not (tmp_path / "made").exists()
        raise OSError("no room")

    with opened(tmp_path) as directory:
        with pytest.raises(OSError, match="no room"):
            directory.fill("made", {"a": lambda file: file.write(b"a"), "b": fails})
        assert directory.names() == []
        directory.fill("made", {"a": lambda file: file.write(b"a")})
        (tmp_path / "source").write_text("words")
        directory.move_into("source", "made", "words.txt")
    assert sorted(each.name for each in (tmp_path / "made").iterdir()) == ["a", "words.txt"]


def test_the_looks_are_those_of_the_content(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    with opened(tmp_path) as directory:
        before = directory.looks_of("a")
        (tmp_path / "a").write_text("ab")
        assert directory.looks_of("a") != before
        assert directory.looks_of("b") is None
        assert directory.read("a", 1) == (b"ab", directory.looks_of("a"))
