"""Secrets that we make: long, never the same, stored as a hash."""

import re

from musings.security import credentials


def test_secrets_are_long_and_never_the_same() -> None:
    made = {credentials.new_token() for _ in range(100)} | {credentials.new_secret() for _ in range(100)}
    assert len(made) == 200
    assert all(re.fullmatch(r"(mus_)?[\w-]{43}", secret) for secret in made)


def test_the_digest_is_sha256_whatever_comes_in() -> None:
    assert credentials.digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert len(credentials.digest("\udc80")) == 64
