"""A workflow file and its sidecar, as bytes."""

from pathlib import Path

import pytest

from musings.errors import UserFault
from musings.makers.comfyui.contents import (
    LARGEST_BYTES,
    as_kept,
    canonical,
    check_size,
    contents_of,
    digest_of,
    sidecar_of,
    stamp_of,
)


def test_a_file_is_read_with_its_sidecar(tmp_path: Path) -> None:
    path = tmp_path / "fox.json"
    path.write_bytes(b"{}")
    assert contents_of(path) == (b"{}", None)
    sidecar_of(path).write_bytes(b"title = 'Fox'")
    assert contents_of(path) == (b"{}", b"title = 'Fox'")
    assert (tmp_path / "fox.form.toml").is_file()


def test_what_is_too_large_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "fox.json"
    path.write_bytes(b" " * (LARGEST_BYTES + 100))
    content, _ = contents_of(path)
    assert len(content) == LARGEST_BYTES + 1
    with pytest.raises(UserFault, match=r"fox\.json is larger than 2,000,000 bytes"):
        check_size(path, content)


def test_the_hash_is_of_the_text_and_its_sidecar() -> None:
    path = Path("fox.json")
    assert digest_of(path, "{}".encode("utf-16"), None) == digest_of(path, b"{}", None)
    assert digest_of(path, b"{}", b"x") != digest_of(path, b"{}", None)
    script = "{}".encode("utf-16")
    assert canonical(Path("fox.py"), script) == script


def test_any_bytes_come_back() -> None:
    kept = as_kept(b"\xff\x00")
    assert kept is not None
    assert kept.encode("utf-8", "surrogateescape") == b"\xff\x00"
    assert as_kept(None) is None


def test_a_file_that_is_not_there_has_a_stamp(tmp_path: Path) -> None:
    assert stamp_of(tmp_path / "fox.json") == (0, 0)
