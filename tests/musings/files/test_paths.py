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


@pytest.mark.parametrize("safe", [HERE, "a", "a b/ü", "a/b..", "~/a"])
def test_a_path_below_its_folder_is_safe(safe: str) -> None:
    assert paths.is_safe(safe)


@pytest.mark.parametrize(
    "unsafe", ["", ".", "..", "/", "/a", "a/", "a//b", "a/./b", "a/../b", "a\\b", "a\0", "../a", "a/b/..", "x" * 4097]
)
@pytest.mark.parametrize("hidden", [True, False])
def test_a_path_that_may_lead_elsewhere_is_not(unsafe: str, hidden: bool) -> None:
    assert not paths.is_safe(unsafe, hidden=hidden)


@pytest.mark.parametrize("path", [".a", "a/.b", ".attempts/1-1/a"])
def test_a_hidden_part_is_safe_for_who_asks_for_it(path: str) -> None:
    assert not paths.is_safe(path)
    assert paths.is_safe(path, hidden=True)


@given(st.text(max_size=40))
def test_a_safe_path_stays_below_its_folder(path: str) -> None:
    if paths.is_safe(path, hidden=True):
        assert (ROOT / path).is_relative_to(ROOT)
        assert ".." not in (ROOT / path).parts
