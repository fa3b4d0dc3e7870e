"""Who is calling: finds the token or the session behind a request, and opens and ends sessions."""

import contextlib
from dataclasses import dataclass

from musings.errors import StoreError
from musings.security import credentials, passwords
from musings.security.scopes import ANONYMOUS, EVERY_SCOPE, Caller, Scope
from musings.store import times
from musings.store.access import owner, sessions, tokens
from musings.store.access.sessions import Session
from musings.store.access.tokens import Token
from musings.store.database import Database


@dataclass(frozen=True)
class Authentication:
    """What a request showed. ``refused``: a token that is none. ``new_secret``: the session's id from now on."""

    caller: Caller = ANONYMOUS
    session: Session | None = None
    new_secret: str | None = None
    refused: bool = False


class Authenticator:
    def __init__(self, database: Database) -> None:
        self._database = database

    def identify(self, authorization: str | None, cookie: str | None) -> Authentication:
        """The caller behind an ``Authorization`` header, else behind the session cookie.

        A token that is given counts even when it is wrong: a program that shows a bad one must hear of it. Other
        schemes than ``Bearer`` are left to whoever stands before us.
        """
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() == "bearer":
            return self._by_token(token.strip())
        return self._by_session(cookie) if cookie else Authentication()

    def login(self, password: str) -> tuple[Session, str] | None:
        """A new session and the secret that the browser shall hold; None when the password is wrong or not set."""
        stored = self._database.reading(owner.password_hash)
        if stored is None or not passwords.matches(password, stored):
            return None
        secret = credentials.new_secret()
        begun = self._database.writing(sessions.begin, credentials.digest(secret), credentials.new_secret())
        return begun, secret

    def logout(self, session_id: int) -> None:
        self._database.writing(sessions.end, session_id)

    @property
    def has_password(self) -> bool:
        return self._database.reading(owner.password_hash) is not None

    def _by_token(self, secret: str) -> Authentication:
        found = self._database.reading(tokens.find, credentials.digest(secret)) if secret else None
        if found is None:
            return Authentication(refused=True)
        with contextlib.suppress(StoreError):  # a full disk must not lock out who may read
            if not found.is_use_noted(times.now()):  # or each request would wait for its turn to write
                self._database.writing(tokens.note_use, found)
        return Authentication(Caller("token", found.id, found.name, _scopes(found)))

    def _by_session(self, secret: str) -> Authentication:
        held = credentials.digest(secret)
        found = self._database.reading(sessions.find, held)
        if found is None:
            return Authentication()
        fresh = None
        with contextlib.suppress(StoreError):
            if not found.is_use_noted(times.now()):
                self._database.writing(sessions.note_use, found)
            if found.wants_new_id(times.now()):
                fresh = self._renewed(found, held)
        return Authentication(Caller("session", found.id, "owner", EVERY_SCOPE), found, fresh)

    def _renewed(self, session: Session, held: str) -> str | None:
        secret = credentials.new_secret()
        first = self._database.writing(sessions.rotate, session, held, credentials.digest(secret))
        return secret if first else None


def _scopes(token: Token) -> frozenset[Scope]:
    """A scope that a newer version wrote is nothing that we could grant."""
    return frozenset(Scope(name) for name in token.scopes if name in set(Scope))
