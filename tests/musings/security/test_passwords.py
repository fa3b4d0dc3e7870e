"""The owner's password: salted, slow, forgiving of keyboards and of nothing else."""

import pytest

from musings.errors import UsageError
from musings.security import passwords

WORDS = "correct horse battery"


@pytest.fixture(scope="module")
def stored() -> str:
    return passwords.hashed(WORDS)


def test_only_the_password_matches(stored: str) -> None:
    assert passwords.matches(WORDS, stored)
    for wrong in (WORDS.upper(), WORDS + " ", WORDS[:-1], "", "\udc80"):
        assert not passwords.matches(wrong, stored)


def test_every_hash_has_a_salt_of_its_own(stored: str) -> None:
    assert stored.startswith("scrypt$15$8$3$")
    assert passwords.hashed(WORDS) != stored
    assert WORDS not in stored


def test_two_keyboards_write_the_same_word() -> None:
    assert passwords.matches("cafe\u0301 au lait", passwords.hashed("caf\u00e9 au lait"))


@pytest.mark.parametrize("password", ["", "short", "x" * 1001])
def test_too_short_and_too_long_are_refused(password: str) -> None:
    with pytest.raises(UsageError, match=rf"{len(password)} characters.* 10 to 1000"):
        passwords.hashed(password)


@pytest.mark.parametrize(
    "stored",
    ["", "x", "scrypt$15$8$3$$", "scrypt$a$b$c$AAAA$AAAA", "md5$15$8$3$AAAA$AAAA", "scrypt$15$8$3$é$é", "$" * 5],
)
def test_what_is_none_of_our_hashes_matches_nothing(stored: str) -> None:
    assert not passwords.matches(WORDS, stored)
