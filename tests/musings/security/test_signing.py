"""The signing key and what it signs."""

import base64
import hashlib
import hmac
import stat
import threading
from pathlib import Path

import pytest

from musings.errors import ConfigError, StoreError
from musings.security.signing import MUSING, SigningKey
from musings.sqlite.location import Location

GIVEN = "0123456789abcdef0123456789abcdef"


def test_the_signature_is_hmac_sha256_over_purpose_path_and_expiry() -> None:
    digest = hmac.digest(GIVEN.encode(), b"musings media link 1\0image/1_x/a.png\x001700000000", hashlib.sha256)
    wanted = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    assert SigningKey(None, GIVEN).sign("image/1_x/a.png", 1_700_000_000) == wanted


def test_a_signature_is_good_for_one_path_one_expiry_and_one_key() -> None:
    key = SigningKey(None, GIVEN)
    good = key.sign("a.png", 100)
    assert key.is_valid("a.png", 100, good)
    for path, expires, signature in (
        ("b.png", 100, good),
        ("a.png", 101, good),
        ("a.png\x00100", 1, good),
        ("a.png", 100, good[:-1]),
        ("a.png", 100, good + "="),
        ("a.png", 100, good.swapcase()),
        ("a.png", 100, ""),
        ("a.png", 100, "é\udc80"),
    ):
        assert not key.is_valid(path, expires, signature)
    assert not SigningKey(None, GIVEN[::-1]).is_valid("a.png", 100, good)
    assert not SigningKey(None, None).is_valid("a.png", 100, good)


def test_a_signature_for_one_purpose_says_nothing_for_another() -> None:
    key = SigningKey(None, GIVEN)
    assert key.is_valid("12", 100, key.sign("12", 100, MUSING), MUSING)
    assert not key.is_valid("12", 100, key.sign("12", 100, MUSING))
    assert not key.is_valid("12", 100, key.sign("12", 100), MUSING)


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    file = Location(tmp_path / "musings.db").signing_key()
    signed = SigningKey(file, None).sign("a.png", 1)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.name == "musings.db.key"
    assert SigningKey(file, None).is_valid("a.png", 1, signed)
    assert list(tmp_path.iterdir()) == [file]


def test_two_programs_that_make_the_first_key_share_it(tmp_path: Path) -> None:
    file, start, signed = tmp_path / "k", threading.Barrier(8), set()

    def sign() -> None:
        start.wait()
        signed.add(SigningKey(file, None).sign("a.png", 1))

    threads = [threading.Thread(target=sign) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(signed) == 1


def test_a_new_key_ends_every_link(tmp_path: Path) -> None:
    key = SigningKey(tmp_path / "k", None)
    signed = key.sign("a.png", 1)
    key.renew()
    assert not key.is_valid("a.png", 1, signed)
    assert stat.S_IMODE((tmp_path / "k").stat().st_mode) == 0o600


def test_a_key_of_the_environment_is_not_ours_to_change(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="MUSINGS_SECRET_SIGNING_KEY"):
        SigningKey(tmp_path / "k", GIVEN).renew()
    with pytest.raises(ConfigError, match="31 characters"):
        SigningKey(tmp_path / "k", GIVEN[1:])
    assert not (tmp_path / "k").exists()


def test_a_key_that_cannot_be_kept_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be written"):
        SigningKey(tmp_path / "nowhere" / "k", None).sign("a.png", 1)
    (tmp_path / "folder").mkdir()
    with pytest.raises(StoreError, match="cannot be read"):
        SigningKey(tmp_path / "folder", None).sign("a.png", 1)
