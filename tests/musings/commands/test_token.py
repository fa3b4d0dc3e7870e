"""token: who may use this server; and the refusal to serve other machines before anybody can log in."""

import json
import re
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from musings.commands.serve import refuse_open_door
from musings.config.settings import load
from musings.errors import ConfigError
from musings.security import passwords
from musings.security.credentials import digest
from musings.store.access import owner, sessions, tokens
from musings.store.database import Database
from tests.musings.command_line import Run, running

WORDS = b"correct horse battery staple\n"


def test_a_token_is_shown_once_and_kept_as_a_hash(run: Run, config: Path, database: Database) -> None:
    secret = run("token", "create", "phone", "--scope", "read", "--expires", "30").out.strip()
    assert re.fullmatch(r"mus_[\w-]{43}", secret)
    found = database.reading(tokens.find, digest(secret))
    assert found is not None
    assert found.scopes == ("read",)
    assert found.expires_at is not None
    assert abs(found.expires_at - found.created_at - timedelta(days=30)) < timedelta(seconds=30)
    for words in (("token", "list"), ("token", "list", "--json"), ("token", "--json", "list")):
        listed = run(*words).out
        assert "phone" in listed
        assert secret not in listed
    assert secret.encode() not in (config.parent / "musings.db").read_bytes()


def test_scopes_are_what_was_said(run: Run) -> None:
    assert run("token", "create", "a", "--json").json["scopes"] == ["read", "write"]
    assert run("token", "create", "b", "--json", "--scope", "write").json["scopes"] == ["write"]
    both = run("token", "create", "c", "--scope", "admin", "--scope", "read", "--scope", "admin", "--json").json
    assert both["scopes"] == ["admin", "read"]


def test_revoke_and_list(run: Run, database: Database) -> None:
    assert run("token", "list").out == "No tokens.\n"
    secret = run("token", "create", "phone").out.strip()
    assert run("token", "revoke", "1").out == "The token 'phone' works no more.\n"
    assert database.reading(tokens.find, digest(secret)) is None
    assert re.search(r"1\s+revoked\s+read\+write\s+phone\s+\(never used\)", run("token", "list").out)
    assert run("token", "create", "phone").code == 0


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("create", ""), 2, "NAME"),
        (("create", "x" * 101), 2, "NAME"),
        (("create", "a\nb"), 2, "NAME"),
        (("create", "a", "--expires", "0"), 2, "--expires 0"),
        (("create", "a", "--expires", "4000"), 2, "--expires 4000"),
        (("create", "a", "--scope", "root"), 2, "root"),
        (("revoke", "9"), 1, "no token 9"),
        ((), 2, "ACT"),
    ],
)
def test_what_cannot_be(run: Run, words: tuple[str, ...], code: int, said: str) -> None:
    found = run("token", *words)
    assert found.code == code
    assert said in found.err


def test_a_name_is_taken_once(run: Run) -> None:
    run("token", "create", "phone")
    again = run("token", "create", "phone")
    assert (again.code, again.out) == (1, "")
    assert "is a token 'phone' already" in again.err


def test_the_password_comes_from_standard_input_and_ends_sessions(program: Run, database: Database) -> None:
    database.writing(sessions.begin, digest("x"), "csrf")
    assert program("token", "password", stdin=WORDS).out == "The password is set; sessions ended: 1.\n"
    stored = database.reading(owner.password_hash)
    assert stored is not None
    assert passwords.matches(WORDS.decode().strip(), stored)
    database.writing(sessions.begin, digest("y"), "csrf")
    assert program("token", "end-sessions", "--json").json == {"sessions_ended": 1}
    short = program("token", "password", stdin=b"short\n")
    assert short.code == 2
    assert "needs 10" in short.err
    assert database.reading(owner.password_hash) == stored


def test_a_first_password_is_made_only_when_nobody_could_log_in(run: Run, database: Database) -> None:
    made = run("token", "password", "--first", "--json").json["password"]
    stored = database.reading(owner.password_hash)
    assert stored is not None
    assert passwords.matches(made, stored)
    assert len(made) >= 20
    again = run("token", "password", "--first")
    assert (again.code, again.out) == (0, "")
    assert database.reading(owner.password_hash) == stored


def test_a_first_password_is_not_made_beside_a_token(run: Run, database: Database) -> None:
    run("token", "create", "phone")
    assert run("token", "password", "--first").out == ""
    assert database.reading(owner.password_hash) is None


def test_links_end_by_a_new_key(run: Run, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("token", "end-links").code == 0
    file = config.parent / "musings.db.key"
    first = file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600
    run("token", "end-links")
    assert file.read_text() != first
    monkeypatch.setenv("MUSINGS_SECRET_SIGNING_KEY", "k" * 32)
    assert "MUSINGS_SECRET_SIGNING_KEY" in run("token", "end-links").err


@pytest.mark.parametrize("verb", ["serve", "up"])
@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_other_machines_are_served_once_somebody_can_log_in(run: Run, verb: str, host: str) -> None:
    refused = run(verb, "--host", host, "--port", "0")
    assert (refused.code, refused.out) == (2, "")
    for word in ("musings token password", "musings token create", "security.require_auth"):
        assert word in refused.err


@pytest.mark.parametrize(
    ("means", "opens"),
    [("nothing", False), ("password", True), ("token", True), ("revoked token", False), ("require_auth", True)],
)
def test_what_makes_them_welcome(run: Run, config: Path, database: Database, means: str, opens: bool) -> None:
    security = {"require_auth": False} if means == "require_auth" else {}
    config.write_text(json.dumps({"server": {"host": "0.0.0.0"}, "security": security}))
    if means == "password":
        database.writing(owner.set_password, "a hash")
    elif means.endswith("token"):
        run("token", "create", "phone")
    if means == "revoked token":
        run("token", "revoke", "1")
    with nullcontext() if opens else pytest.raises(ConfigError, match="nobody could log in"):
        refuse_open_door(load(config, {}, config.parent), database)


def test_and_then_they_are_asked_who_they_are(config: Path, program: Run) -> None:
    secret = program("token", "create", "phone").out.strip()
    with running(config, "up", "--host", "0.0.0.0", "--port", "0") as child:
        assert child.stdout is not None
        address = next(found[0] for line in child.stdout if (found := re.search(r"http://[\d.]+:\d+", line)))
        assert httpx.get(f"{address}/api/prompts").status_code == 401
        known = {"Authorization": f"Bearer {secret}"}
        assert httpx.get(f"{address}/api/prompts", headers=known).status_code == 200
        child.terminate()
        assert secret not in child.stdout.read()
        child.wait(30)
    assert not [path for path in (config.parent / "logs").iterdir() if secret in path.read_text()]
