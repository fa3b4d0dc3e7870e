"""Who may use this server: tokens for programs, the password for the page, sessions and shared links.

A token is shown once and stored as a hash. Scopes: read (look at everything), write (submit, cancel, retry, change,
share), admin (pause, resume, import and remove workflows, delete). Each is granted by itself; without --scope a token
gets read and write.
"""

import argparse
import getpass
import secrets
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from musings.commands.opening import open_database, printable_name, report, settings_for, take_options_after
from musings.config.settings import Settings
from musings.errors import UsageError
from musings.security import credentials, passwords
from musings.security.scopes import Scope
from musings.security.signing import SigningKey
from musings.sqlite.location import where
from musings.store import times
from musings.store.access import entry, owner, sessions, tokens
from musings.store.access.tokens import Token
from musings.store.database import Database

MOST_DAYS = 3650
FIRST_PASSWORD_BYTES = 15  # twenty characters


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print what was found or done as JSON")
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True, help="one of these:")
    create = acts.add_parser("create", help="make a token and show it, once")
    create.add_argument("name", metavar="NAME", help="what it is for, such as shortcuts-on-my-phone")
    create.add_argument("--scope", action="append", choices=[*Scope], help="what it may do; may be given again")
    create.add_argument("--expires", type=int, metavar="DAYS", help="until when it works; without it, until revoked")
    acts.add_parser("list", help="every token, and when it was used last")
    revoke = acts.add_parser("revoke", help="end a token at once")
    revoke.add_argument("id", type=int, metavar="ID")
    password = acts.add_parser("password", help="set the password for the page; asked for, or read from standard input")
    password.add_argument("--first", action="store_true", help="make one and show it, once, if nobody could log in yet")
    acts.add_parser("end-sessions", help="log out every browser")
    acts.add_parser("end-links", help="end every shared link, by a new signing key")
    take_options_after(acts)


def run(arguments: argparse.Namespace) -> int:
    settings = settings_for(arguments)
    with open_database(settings) as database:
        if arguments.act == "create":
            _create(database, arguments)
        elif arguments.act == "list":
            _list(database, arguments)
        elif arguments.act == "revoke":
            found = database.writing(tokens.revoke, arguments.id)
            report(arguments, lambda: _shown(found), [f"The token {found.name!r} works no more."])
        elif arguments.act == "password" and arguments.first:
            _make_first(database, arguments)
        elif arguments.act == "password":
            ended = database.writing(owner.set_password, passwords.hashed(_asked()))
            report(arguments, lambda: {"sessions_ended": ended}, [f"The password is set; sessions ended: {ended}."])
        elif arguments.act == "end-sessions":
            ended = database.writing(sessions.end_all)
            report(arguments, lambda: {"sessions_ended": ended}, [f"Sessions ended: {ended}."])
        else:
            _end_links(settings)
            report(arguments, lambda: {"links_ended": True}, ["Every link that was shared works no more."])
    return 0


def _create(database: Database, arguments: argparse.Namespace) -> None:
    name, days = printable_name(arguments.name), arguments.expires
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise UsageError(f"--expires {days}: say 1 to {MOST_DAYS} days, or leave it out.")
    scopes = list(dict.fromkeys(arguments.scope or [Scope.READ, Scope.WRITE]))
    expires_at = times.now() + timedelta(days=days) if days else None
    secret = credentials.new_token()
    made = database.writing(tokens.add, name, credentials.digest(secret), scopes, expires_at)
    report(arguments, lambda: {**_shown(made), "token": secret}, _created(made, secret))


def _created(made: Token, secret: str) -> Iterator[str]:
    yield secret
    if sys.stdout.isatty():
        yield f"That is the token {made.name!r} ({', '.join(made.scopes)}). Keep it now: it is not shown again."


def _list(database: Database, arguments: argparse.Namespace) -> None:
    found = database.reading(tokens.listing)
    report(arguments, lambda: {"items": [_shown(each) for each in found]}, _lines(found))


def _lines(found: Sequence[Token]) -> Iterator[str]:
    for each in found:
        used = f"used {_day(each.last_used_at)}" if each.last_used_at else "never used"
        until = f", until {_day(each.expires_at)}" if each.expires_at else ""
        yield f"{each.id:>4}  {each.state(times.now()):<8}  {'+'.join(each.scopes):<16}  {each.name}  ({used}{until})"
    if not found:
        yield "No tokens."


def _shown(token: Token) -> dict[str, object]:
    return {
        "id": token.id,
        "name": token.name,
        "scopes": list(token.scopes),
        "state": token.state(times.now()),
        "created_at": _rfc3339(token.created_at),
        "expires_at": _rfc3339(token.expires_at),
        "last_used_at": _rfc3339(token.last_used_at),
        "revoked_at": _rfc3339(token.revoked_at),
    }


def _asked() -> str:
    """The new password: typed twice on a terminal, else the first line of standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("New password: ")
    if getpass.getpass("Once more: ") != first:
        raise UsageError("The two are not the same; nothing was changed.")
    return first


def _make_first(database: Database, arguments: argparse.Namespace) -> None:
    """For a server that is started where nobody can be asked, such as a container."""
    if database.reading(entry.anybody_can_enter):
        return
    made = secrets.token_urlsafe(FIRST_PASSWORD_BYTES)
    database.writing(owner.set_password, passwords.hashed(made))
    words = f"The password for the page is {made}\nIt is shown this once. Change it with `musings token password`."
    report(arguments, lambda: {"password": made}, [words])


def _end_links(settings: Settings) -> None:
    SigningKey(where(settings.database).signing_key(), settings.secrets.get("MUSINGS_SECRET_SIGNING_KEY")).renew()


def _rfc3339(time: datetime | None) -> str | None:
    return times.rfc3339(time, timespec="seconds") if time else None


def _day(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M} UTC"
