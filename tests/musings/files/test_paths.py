"""Old spellings of artifact paths."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from musings.files import paths

ROOT = Path("/volumes/poets/GeneratedMedia")
HERE = "image/201_20260107T164314/output.png"


@pytest.mark.parametrize(
    "spelled",
    [
        f"poets/{HERE}",
        f"./{HERE}",
        f"GeneratedMedia/{HERE}",
        f"poets-service-clean/GeneratedMedia/{HERE}",
        f"/volumes/poets/GeneratedMedia/{HERE}",
        f"/Volumes/Elsewhere/old/GeneratedMedia/{HERE}",
        f"/media/{HERE}",
        f"/api/media/{HERE}",
        HERE.replace("/", "\\"),
    ],
)
def test_finds_the_file_that_is_meant(spelled: str) -> None:
    assert paths.repaired(spelled, ROOT, lambda path: path == HERE) == HERE


def test_a_path_that_names_a_file_is_left_alone() -> None:
    assert paths.repaired(f"poets/{HERE}", ROOT, lambda path: True) == f"poets/{HERE}"


def test_the_stray_prefix_goes_even_when_the_file_is_gone() -> None:
    assert paths.repaired(f"poets/{HERE}", ROOT, lambda path: False) == HERE


@given(st.text())
def test_nothing_is_guessed(path: str) -> None:
    after = paths.repaired(path, ROOT, lambda candidate: False)
    assert after == (path.removeprefix("poets/") or path)


@pytest.mark.parametrize("path", ["", "/", "../secret", "image/../../secret", "a//b", "image\0", "./a", "a\\b"])
def test_hostile_paths_name_no_file(tmp_path: Path, path: str) -> None:
    (tmp_path / "secret").write_text("x")
    root = tmp_path / "root"
    (root / "image").mkdir(parents=True)
    assert not paths.is_file(root, path)
