"""Whether anybody can enter: a password, or a token that still opens."""

from datetime import timedelta

import pytest

from musings.security.credentials import digest
from musings.store import times
from musings.store.access import owner, tokens
from musings.store.access.entry import anybody_can_enter
from musings.store.database import Database


def test_a_new_house_cannot_be_entered(database: Database) -> None:
    assert not database.reading(anybody_can_enter)


def test_a_password_opens_it(database: Database) -> None:
    database.writing(owner.set_password, "scrypt$1")
    assert database.reading(anybody_can_enter)


@pytest.mark.parametrize(("days", "opens"), [(None, True), (1, True), (-1, False)])
def test_a_token_opens_it_until_it_ends(database: Database, days: int | None, opens: bool) -> None:
    ends = None if days is None else times.now() + timedelta(days=days)
    made = database.writing(tokens.add, "phone", digest("s"), ["read"], ends)
    assert database.reading(anybody_can_enter) is opens
    database.writing(tokens.revoke, made.id)
    assert not database.reading(anybody_can_enter)
