"""The sums of a file, against the published vectors of FIPS 180 and of BLAKE3."""

import io
from pathlib import Path

import pytest

from musings.files.digests import blake3_of, sha256_of


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        (b"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (b"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (b"a" * 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ],
)
def test_the_sum_of_a_file(tmp_path: Path, content: bytes, wanted: str) -> None:
    (tmp_path / "file").write_bytes(content)
    assert sha256_of(tmp_path / "file") == wanted


def vector(length: int) -> bytes:
    return bytes(number % 251 for number in range(length))


@pytest.mark.parametrize(
    ("length", "wanted"),
    [
        (0, "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"),
        (1, "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213"),
        (1024, "42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7"),
    ],
)
def test_the_blake3_of_what_is_left_of_a_file(length: int, wanted: str) -> None:
    """The first 32 bytes of `hash` in BLAKE3's own test_vectors.json."""
    file = io.BytesIO(b"before" + vector(length))
    file.seek(len(b"before"))
    assert blake3_of(file) == wanted
