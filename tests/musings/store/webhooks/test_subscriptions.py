"""Browsers in the table: once each, for one login, and gone with it."""

import pytest

from musings.errors import NotFoundError
from musings.store.access import sessions, tokens
from musings.store.database import Database
from musings.store.webhooks import endpoints, subscriptions
from musings.store.webhooks.endpoints import ENDINGS
from musings.store.webhooks.subscriptions import PushKeys, Subscriber

KEYS = PushKeys("a", "b")


def count(database: Database) -> int:
    with database.read() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM musings_webhooks").scalar_one())


def test_the_same_browser_is_kept_once(database: Database) -> None:
    first = database.writing(subscriptions.keep, "https://push.example.org/1", KEYS, Subscriber(), ENDINGS, [])
    again = database.writing(subscriptions.keep, "https://push.example.org/1", KEYS, Subscriber(), ENDINGS[:1], [])
    assert (count(database), again.events) == (1, ENDINGS[:1])
    assert (first.id, first.events) == (again.id, ENDINGS)
    found = database.reading(subscriptions.of_webhook, again.id)
    assert found is not None
    assert (found.keys, found.until) == (KEYS, None)


def test_it_is_no_program(database: Database) -> None:
    database.writing(subscriptions.keep, "https://push.example.org/1", KEYS, Subscriber(), ENDINGS, [])
    program = database.writing(endpoints.add, "n8n", "https://example.org/", ENDINGS, [])
    assert database.reading(endpoints.listing) == [program]
    assert database.reading(subscriptions.of_webhook, program.id) is None


def test_that_of_another_login_is_none_of_yours(database: Database) -> None:
    token = database.writing(tokens.add, "phone", "digest", ["read"], None)
    mine = Subscriber(token_id=token.id)
    made = database.writing(subscriptions.keep, "https://push.example.org/1", KEYS, mine, ENDINGS, [])
    assert database.reading(subscriptions.own, made.id, mine).webhook_id == made.id
    for other in (Subscriber(), Subscriber(session_id=token.id)):
        with pytest.raises(NotFoundError):
            database.reading(subscriptions.own, made.id, other)


def test_that_of_nobody_in_particular_may_be_ended_by_anybody(database: Database) -> None:
    """It was asked for while nobody was asked who they are."""
    made = database.writing(subscriptions.keep, "https://push.example.org/1", KEYS, Subscriber(), ENDINGS, [])
    assert database.reading(subscriptions.own, made.id, Subscriber(token_id=3)).webhook_id == made.id


def test_a_session_that_ends_and_a_token_that_is_revoked_take_theirs_along(database: Database) -> None:
    session = database.writing(sessions.begin, "digest", "csrf")
    token = database.writing(tokens.add, "phone", "digest", ["read"], None)
    for number, who in enumerate((Subscriber(session_id=session.id), Subscriber(token_id=token.id))):
        database.writing(subscriptions.keep, f"https://push.example.org/{number}", KEYS, who, ENDINGS, [])
    assert count(database) == 2
    database.writing(sessions.end, session.id)
    assert count(database) == 1
    database.writing(tokens.revoke, token.id)
    assert count(database) == 0


def test_what_was_removed_is_removed_once(database: Database) -> None:
    made = database.writing(subscriptions.keep, "https://push.example.org/1", KEYS, Subscriber(), ENDINGS, [])
    assert database.writing(subscriptions.remove, made.id)
    assert not database.writing(subscriptions.remove, made.id)
    assert count(database) == 0
