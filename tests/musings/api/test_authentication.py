"""Who is calling, found behind a header or a cookie."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete

from musings.api.authentication import Authenticator
from musings.errors import DiskFullError
from musings.security.scopes import Scope
from musings.sqlite.database import open_database
from musings.store import times
from musings.store.database import Database
from musings.store.tables import owner
from musings.store.tables import sessions as table
from tests.musings.api.entering import PASSWORD, Locked, locked_api


@pytest.fixture
def locked(tmp_path: Path, fresh_database: Path) -> Iterator[Locked]:
    with locked_api(tmp_path, fresh_database) as found:
        yield found


class FullDisk(Database):
    @contextmanager
    def write(self, *, relaxed: bool = False) -> Iterator[Connection]:
        with super().write(relaxed=relaxed) as connection:
            yield connection
            raise DiskFullError("The disk is full.")


def test_a_disk_that_is_full_locks_nobody_out(locked: Locked) -> None:
    """The use of a token and of a session cannot be written down, and both may read."""
    token, session = locked.token("read"), locked.session()
    with locked.api.database.write() as connection:
        connection.execute(table.update().values(rotated_at=times.now() - timedelta(hours=2)))
    opened = open_database(locked.api.settings.database.path)
    full = FullDisk(opened.engine, opened.dialect)
    by_token = Authenticator(full).identify(token["Authorization"], None)
    by_session = Authenticator(full).identify(None, session["Cookie"].partition("=")[2])
    full.close()
    assert (by_token.caller.kind, by_session.caller.kind) == ("token", "session")
    assert by_session.new_secret is None


def held(locked: Locked, **more: object) -> str:
    """The secret of a session that began a while ago."""
    secret: str = locked.session()["Cookie"].partition("=")[2]
    with locked.api.database.write() as connection:
        connection.execute(table.update().values(**more))
    return secret


def test_a_wrong_token_is_refused_even_beside_a_good_cookie(locked: Locked) -> None:
    """A program that shows a bad token must hear of it."""
    who = Authenticator(locked.api.database)
    cookie = held(locked, seen_at=times.now())
    assert who.identify("Bearer wrong", cookie).refused
    assert who.identify("Bearer", cookie).refused
    assert who.identify("Basic eDp5", cookie).caller.kind == "session", "that scheme is of whoever stands before us"


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_is_written_in_any_case(locked: Locked, scheme: str) -> None:
    secret = locked.token("read")["Authorization"].partition(" ")[2]
    found = Authenticator(locked.api.database).identify(f"{scheme}  {secret} ", None)
    assert found.caller.scopes == {Scope.READ}


def test_a_scope_of_a_newer_version_grants_nothing(locked: Locked) -> None:
    found = Authenticator(locked.api.database).identify(locked.token("read", "teleport")["Authorization"], None)
    assert found.caller.scopes == {Scope.READ}


def test_nobody_in_particular_may_be_anybody(locked: Locked) -> None:
    who = Authenticator(locked.api.database)
    for found in (who.identify(None, None), who.identify(None, "made up"), who.identify("", "")):
        assert (found.caller.kind, found.refused, found.session) == ("anonymous", False, None)


def test_a_session_that_grew_old_gets_a_new_id_once(locked: Locked) -> None:
    secret = held(locked, rotated_at=times.now() - timedelta(hours=2))
    who = Authenticator(locked.api.database)
    first = who.identify(None, secret)
    assert first.new_secret is not None
    assert who.identify(None, secret).new_secret is None, "the old id is good for what is under way"
    by_new = who.identify(None, first.new_secret)
    assert by_new.session is not None
    assert first.session is not None
    assert by_new.session.id == first.session.id


def test_a_use_is_written_down_once_a_minute(locked: Locked) -> None:
    who = Authenticator(locked.api.database)
    earlier = times.now() - timedelta(minutes=5)
    secret = held(locked, seen_at=earlier)
    who.identify(None, secret)
    seen = who.identify(None, secret).session
    assert seen is not None
    assert seen.seen_at > earlier
    again = who.identify(None, secret).session
    assert again is not None
    assert again.seen_at == seen.seen_at


def test_a_login_takes_the_password_and_nothing_else(locked: Locked) -> None:
    who = Authenticator(locked.api.database)
    assert who.login(PASSWORD + " ") is None
    begun = who.login(PASSWORD)
    assert begun is not None
    session, secret = begun
    assert who.identify(None, secret).session is not None
    who.logout(session.id)
    assert who.identify(None, secret).session is None
    with locked.api.database.write() as connection:
        connection.execute(delete(owner))
    assert who.login(PASSWORD) is None
    assert not who.has_password
