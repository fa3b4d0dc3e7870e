"""How the fake names files, and who may read or write where."""

from pathlib import Path

import pytest

from fake_comfyui.folders import KINDS, Folders


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path / "root")


def test_a_start_empties_the_temporary_folder_alone(folders: Folders) -> None:
    for kind in KINDS:
        (folders.of(kind) / "kept.png").write_text(kind)
    again = Folders(folders.root)
    assert {kind: [file.name for file in again.of(kind).iterdir()] for kind in KINDS} == {
        "output": ["kept.png"],
        "temp": [],
        "input": ["kept.png"],
    }


@pytest.mark.parametrize(
    ("prefix", "subfolder", "name"),
    [
        ("a", "", "a"),
        ("one/two/a", "one/two", "a"),
        ("one/../a", "", "a"),
        ("one/", "", "one"),
        ("one/two//", "one", "two"),
        ("one//a", "one", "a"),
        ("./a", "", "a"),
    ],
)
def test_a_prefix_is_a_folder_and_a_name(folders: Folders, prefix: str, subfolder: str, name: str) -> None:
    place = folders.place("output", prefix)
    assert (place.subfolder, place.name, place.number) == (subfolder, name, 1)
    assert place.folder == (folders.of("output") / subfolder).resolve()
    assert place.folder.is_dir()


def test_a_name_with_signs_counts_its_own_files_only(folders: Folders) -> None:
    for name in ("a+b_00004_.png", "aab_00009_.png", "a+b_00005.flac", "a+b_x_.png", "a+b.png"):
        (folders.of("output") / name).touch()
    assert folders.place("output", "a+b").number == 6


@pytest.mark.parametrize("prefix", ["../a", "one/../../a", "/tmp/a", "/a"])
def test_a_prefix_that_leaves_makes_no_folder(folders: Folders, prefix: str, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="outside the output folder"):
        folders.place("output", prefix)
    assert [each.name for each in tmp_path.iterdir()] == ["root"]


def test_a_link_does_not_lead_out(folders: Folders, tmp_path: Path) -> None:
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "key").write_text("secret")
    (folders.of("output") / "out").symlink_to(secrets)
    assert folders.read("output", "out", "key") == (403, None)
    assert folders.keep("output", "out", "key", b"mine", overwrite=True) == (400, "")
    assert (secrets / "key").read_text() == "secret"
    with pytest.raises(RuntimeError, match="outside"):
        folders.place("output", "out/a")


def test_a_file_is_read_from_its_folder(folders: Folders) -> None:
    folders.keep("input", "sub", "a.png", b"1", overwrite=False)
    status, path = folders.read("input", "sub", "a.png")
    assert status == 200
    assert path is not None
    assert path.read_bytes() == b"1"
    assert folders.read("output", "sub", "a.png") == (404, None)
    assert folders.read("input", "", "sub") == (404, None)
    assert folders.read("input", "", "") == (400, None)


def test_other_bytes_of_one_name_get_the_next_number(folders: Folders) -> None:
    names = [folders.keep("input", "", "a.b.png", data, overwrite=False)[1] for data in (b"1", b"2", b"3", b"1", b"2")]
    assert names == ["a.b.png", "a.b (1).png", "a.b (2).png", "a.b.png", "a.b (1).png"]
    assert folders.keep("input", "", "a.b.png", b"4", overwrite=True) == (200, "a.b.png")
    assert (folders.of("input") / "a.b.png").read_bytes() == b"4"
    assert len(list(folders.of("input").iterdir())) == 3


@pytest.mark.parametrize(("subfolder", "name"), [("..", "a"), ("/tmp", "a"), ("", "..a"), ("sub/../..", "a")])
def test_an_upload_stays_in_its_folder(folders: Folders, subfolder: str, name: str) -> None:
    assert folders.keep("input", subfolder, name, b"1", overwrite=False) == (400, "")
    assert list(folders.of("input").iterdir()) == []


def test_a_name_in_brackets_is_no_folder(folders: Folders) -> None:
    (folders.of("input") / "a [b].png").touch()
    (folders.of("input") / "a [output]").touch()
    assert folders.input("a [b].png") == folders.of("input") / "a [b].png"
    assert folders.input("a [output]") is None
    assert folders.input("a [output] [input]") == folders.of("input") / "a [output]"


def test_uploads_are_listed_by_their_ends(folders: Folders) -> None:
    for name in ("b.PNG", "a.png", "c.flac", "png"):
        (folders.of("input") / name).touch()
    assert folders.uploads(".png", ".webp") == ["a.png", "b.PNG"]
