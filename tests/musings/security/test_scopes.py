"""What a caller may do: rights that say nothing about each other."""

import pytest

from musings.security.scopes import ANONYMOUS, EVERY_SCOPE, Caller, Scope


def test_nobody_in_particular_may_do_nothing() -> None:
    assert not ANONYMOUS.is_known
    assert ANONYMOUS.scopes == frozenset()


def test_one_right_brings_no_other() -> None:
    caller = Caller("token", 1, "phone", frozenset({Scope.ADMIN}))
    assert [scope in caller.scopes for scope in Scope] == [False, False, True]
    assert set(Scope) == EVERY_SCOPE


@pytest.mark.parametrize("word", ["read", "write", "admin"])
def test_a_scope_is_written_as_its_word(word: str) -> None:
    assert Scope(word) == word
    assert word in EVERY_SCOPE


@pytest.mark.parametrize("word", ["READ", "", "root", "read,write"])
def test_no_other_word_is_a_scope(word: str) -> None:
    with pytest.raises(ValueError, match="not a valid Scope"):
        Scope(word)


def test_the_first_row_is_somebody() -> None:
    assert Caller("session", 0).is_known
