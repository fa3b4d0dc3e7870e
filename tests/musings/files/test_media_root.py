"""The media root: files come in whole, and only files inside go out."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from musings.errors import PathError, StoreError
from musings.files.media_root import PLACED, MediaRoot

PLACE = "image/12_20261122T101500"
PARTS = [
    "..",
    ".",
    "",
    "image",
    "out",
    "file",
    "hidden",
    ".attempts",
    "12-3",
    "work.txt",
    "secret.txt",
    "poets",
    "loop",
]
PARTS += ["12_20261122T101500", "0001.png", "previews", "\0", "%2e%2e", "..\\"]


@pytest.fixture
def root(tmp_path: Path) -> MediaRoot:
    made = MediaRoot(tmp_path / "GeneratedMedia")
    made.prepare()
    return made


def finished(root: MediaRoot, attempt: int = 1) -> Path:
    """An attempt's directory with two files in it."""
    made = root.attempt_directory(12, attempt)
    (made / "0001.png").write_text(f"picture of attempt {attempt}")
    (made / "previews").mkdir()
    (made / "previews" / "0001.png.webp").write_text("small")
    return made


class TestPlace:
    def test_files_move_into_place_together(self, root: MediaRoot) -> None:
        made = finished(root)
        root.place(made, PLACE)
        assert not made.exists()
        assert root.find(f"{PLACE}/0001.png").read_text() == "picture of attempt 1"
        assert root.find(f"{PLACE}/previews/0001.png.webp").read_text() == "small"

    def test_what_stands_there_is_never_replaced(self, root: MediaRoot) -> None:
        root.place(finished(root), PLACE)
        second = finished(root, 2)
        with pytest.raises(StoreError, match="its place is taken"):
            root.place(second, PLACE)
        assert root.find(f"{PLACE}/0001.png").read_text() == "picture of attempt 1"
        assert second.exists()

    def test_no_two_attempts_get_the_same_place(self, root: MediaRoot) -> None:
        places = {root.placement("image", 12, attempt) for attempt in range(1, 6)}
        assert len(places) == 5
        assert all(PLACED.fullmatch(place) for place in places)

    def test_a_place_that_is_taken_is_not_given(self, root: MediaRoot) -> None:
        seen = set()
        for _ in range(3):
            place = root.placement("image", 12, 1)
            assert PLACED.fullmatch(place)
            seen.add(place)
            (root.folder / place).mkdir(parents=True)
        assert len(seen) == 3

    def test_a_pipe_or_a_dead_link_that_somebody_left_holds_nobody(self, root: MediaRoot) -> None:
        made = finished(root)
        os.mkfifo(made / "pipe")
        (made / "link").symlink_to(made / "gone")
        root.place(made, PLACE)
        with pytest.raises(PathError):
            root.find(f"{PLACE}/pipe")

    def test_nothing_is_placed_when_a_part_cannot_be_kept(self, root: MediaRoot) -> None:
        made = finished(root)
        (root.folder / "image").write_text("a file where a folder should be")
        with pytest.raises(StoreError, match="cannot be written"):
            root.place(made, PLACE)
        assert (made / "0001.png").exists()


class TestDiscard:
    def test_a_place_of_ours_goes(self, root: MediaRoot) -> None:
        root.place(finished(root), PLACE)
        root.discard_place(PLACE)
        assert not (root.folder / PLACE).exists()
        root.discard_place(PLACE)

    @pytest.mark.parametrize(
        "place", ["", ".", "image", "image/..", "../image/12_20261122T101500", "/", "image/12", "image/12_2026/../.."]
    )
    def test_anything_else_stays(self, root: MediaRoot, place: str) -> None:
        root.place(finished(root), PLACE)
        root.discard_place(place)
        assert root.find(f"{PLACE}/0001.png").is_file()

    def test_what_dead_attempts_left_is_cleared(self, root: MediaRoot) -> None:
        finished(root)
        finished(root, 2)
        assert root.clear_attempts(living={"12-2"}) == 1
        assert [path.name for path in (root.folder / ".attempts").iterdir()] == ["12-2"]

    def test_an_attempts_directory_is_fresh(self, root: MediaRoot) -> None:
        finished(root)
        again = root.attempt_directory(12, 1)
        assert list(again.iterdir()) == []
        assert again.is_absolute()


class TestFind:
    @pytest.fixture
    def filled(self, root: MediaRoot) -> MediaRoot:
        root.place(finished(root), PLACE)
        (root.folder.parent / "secret.txt").write_text("secret")
        (root.folder / "out").symlink_to(root.folder.parent)
        (root.folder / "file").symlink_to(root.folder.parent / "secret.txt")
        (root.folder / "inner").symlink_to(root.folder / PLACE / "0001.png")
        (root.folder / "hidden").symlink_to(root.folder / ".attempts")
        (finished(root, 3) / "work.txt").write_text("unfinished")
        (root.folder / "loop").symlink_to(root.folder / "loop")
        return root

    @pytest.mark.parametrize(
        "path",
        [
            "",
            "/",
            ".",
            "..",
            "../secret.txt",
            "image/../../secret.txt",
            "/etc/passwd",
            "out/secret.txt",
            "file",
            "loop",
            "image",
            PLACE,
            f"{PLACE}/",
            f"{PLACE}/./0001.png",
            f"{PLACE}//0001.png",
            f"{PLACE}/0002.png",
            f"{PLACE}/0001.png\0",
            f"{PLACE}\\0001.png",
            ".attempts/12-3/work.txt",
            "hidden/12-3/work.txt",
            "image/.hidden",
            "poets/../secret.txt",
            "poets//etc/passwd",
            "a" * 5000,
            "a/" * 400 + "b",
            "\ud800",
            "~root/.profile",
        ],
    )
    def test_what_is_not_plainly_a_file_inside_is_refused(self, filled: MediaRoot, path: str) -> None:
        with pytest.raises(PathError):
            filled.find(path)

    @pytest.mark.parametrize("path", [f"{PLACE}/0001.png", f"poets/{PLACE}/0001.png", "inner"])
    def test_what_is_one_is_found(self, filled: MediaRoot, path: str) -> None:
        assert filled.find(path).read_text() == "picture of attempt 1"

    def test_a_real_folder_of_the_stray_name_comes_first(self, filled: MediaRoot) -> None:
        real = filled.folder / "poets" / PLACE
        real.mkdir(parents=True)
        (real / "0001.png").write_text("the poets' own")
        assert filled.find(f"poets/{PLACE}/0001.png").read_text() == "the poets' own"

    @settings(
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
        max_examples=150,
        deadline=None,
    )
    @given(
        some.one_of(
            some.text(some.characters(exclude_categories=()), max_size=40),
            some.lists(
                some.sampled_from(PARTS),
                max_size=7,
            ).map("/".join),
        )
    )
    def test_no_path_leads_out_or_into_the_work_of_attempts(self, filled: MediaRoot, path: str) -> None:
        try:
            found = filled.find(path)
        except PathError:
            return
        inside = found.relative_to(filled.folder.resolve())
        assert not inside.parts[0].startswith(".")
        assert found.read_text() in ("picture of attempt 1", "small")

    def test_a_root_behind_a_link_serves_its_files(self, filled: MediaRoot, tmp_path: Path) -> None:
        (tmp_path / "elsewhere").symlink_to(filled.folder)
        assert MediaRoot(tmp_path / "elsewhere").find(f"{PLACE}/0001.png").is_file()

    def test_a_root_that_is_gone_has_no_files(self, tmp_path: Path) -> None:
        with pytest.raises(PathError):
            MediaRoot(tmp_path / "gone").find(f"{PLACE}/0001.png")


class TestPrepare:
    def test_a_file_in_its_place_is_told(self, tmp_path: Path) -> None:
        (tmp_path / "root").write_text("a file")
        with pytest.raises(StoreError, match="cannot be written") as caught:
            MediaRoot(tmp_path / "root").prepare()
        assert "disk is there" in caught.value.explained

    def test_it_leaves_nothing_behind(self, root: MediaRoot) -> None:
        root.prepare()
        assert [path.name for path in root.folder.rglob("*")] == [".attempts"]


def test_the_names_of_the_folders_above_are_on_the_disk_before_the_files_have_theirs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a file that is there in a folder that is not, nothing is left after a power cut."""
    synced: list[int] = []
    fsync = os.fsync

    def watched(descriptor: int) -> None:
        fsync(descriptor)
        synced.append(os.fstat(descriptor).st_ino)

    monkeypatch.setattr(os, "fsync", watched)
    root = MediaRoot(tmp_path / "new" / "GeneratedMedia")
    root.prepare()
    for folder in (tmp_path, tmp_path / "new", root.folder):
        assert folder.stat().st_ino in synced
    made = finished(root)
    synced.clear()
    root.place(made, PLACE)
    kind = root.folder / "image"
    assert synced.index(root.folder.stat().st_ino) < synced.index(kind.stat().st_ino)
