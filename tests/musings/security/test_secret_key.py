"""A key of this installation: made once, for its owner alone, never in the database."""

import threading
from pathlib import Path

import pytest

from musings.errors import ConfigError, StoreError
from musings.security.secret_key import KEY_BYTES, SecretKey

GIVEN = "0123456789abcdef0123456789abcdef"


def test_it_is_made_when_it_is_first_read(tmp_path: Path) -> None:
    key = SecretKey(tmp_path / "k", None, "MUSINGS_SECRET_X")
    assert not (tmp_path / "k").exists()
    made = key.read()
    assert len(made) == 2 * KEY_BYTES
    assert (tmp_path / "k").stat().st_mode & 0o777 == 0o600
    assert SecretKey(tmp_path / "k", None, "MUSINGS_SECRET_X").read() == made


def test_two_that_make_it_at_once_share_it(tmp_path: Path) -> None:
    start, read = threading.Barrier(8), set()

    def work() -> None:
        start.wait()
        read.add(SecretKey(tmp_path / "k", None, "MUSINGS_SECRET_X").read())

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(read) == 1


def test_a_new_one_is_another(tmp_path: Path) -> None:
    key = SecretKey(tmp_path / "k", None, "MUSINGS_SECRET_X")
    before = key.read()
    key.renew()
    assert key.read() != before


def test_one_of_the_environment_is_used_as_it_is_and_named_where_it_cannot_be(tmp_path: Path) -> None:
    key = SecretKey(tmp_path / "k", GIVEN, "MUSINGS_SECRET_X")
    assert key.read() == GIVEN.encode()
    with pytest.raises(ConfigError, match="MUSINGS_SECRET_X"):
        key.renew()
    with pytest.raises(ConfigError, match="MUSINGS_SECRET_X has 31 characters"):
        SecretKey(None, GIVEN[1:], "MUSINGS_SECRET_X")
    assert not (tmp_path / "k").exists()


def test_without_a_place_it_lives_in_memory() -> None:
    key = SecretKey(None, None, "MUSINGS_SECRET_X")
    assert key.read() == key.read()
    assert key.read() != SecretKey(None, None, "MUSINGS_SECRET_X").read()


def test_a_place_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be written"):
        SecretKey(tmp_path / "nowhere" / "k", None, "MUSINGS_SECRET_X").read()
    (tmp_path / "folder").mkdir()
    with pytest.raises(StoreError, match="cannot be read"):
        SecretKey(tmp_path / "folder", None, "MUSINGS_SECRET_X").read()
