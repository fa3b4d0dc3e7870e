"""When auth is asked for: by configuration, by address, and for what comes through a proxy."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.types import Message, Send

from musings.api import access_control
from musings.api.access_control import Access, AccessDenied, RevalidatedStream
from musings.api.authentication import Authentication
from musings.config.settings import Settings, load
from musings.errors import BusyError
from musings.store.access import tokens
from tests.conftest import MakeSettings
from tests.musings.api.conftest import Api, problem, serving
from tests.musings.api.entering import Locked, locked_api


@pytest.mark.parametrize(
    ("server", "security", "needed"),
    [
        ({}, {}, False),
        ({"host": "localhost"}, {}, False),
        ({"host": "::1"}, {}, False),
        ({"host": "0.0.0.0"}, {}, True),
        ({"host": "192.168.1.7"}, {}, True),
        ({"host": "mac-mini.local"}, {}, True),
        ({"host": ""}, {}, True),
        ({}, {"public_url": "https://studio.example"}, True),
        ({}, {"require_auth": True}, True),
        ({"host": "0.0.0.0"}, {"require_auth": False}, False),
        ({}, {"require_auth": False, "public_url": "https://studio.example"}, False),
    ],
)
def test_when_auth_is_asked_for(
    make_settings: MakeSettings, server: dict[str, str], security: dict[str, object], needed: bool
) -> None:
    assert make_settings(server=server, security=security).needs_auth is needed


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Forwarded"])
def test_a_proxy_on_this_machine_does_not_open_the_door(api: Api, header: str) -> None:
    """nginx sends its own address as ``Host`` unless told otherwise, so only this header tells the world from us."""
    assert api.http.get("/api/prompts").status_code == 200
    problem(api.http.get("/api/prompts", headers={header: "203.0.113.9"}), 401)
    problem(api.http.post("/api/queue/pause", headers={header: ""}), 401)
    assert api.http.get("/api/session", headers={header: "203.0.113.9"}).json()["auth_required"] is True
    assert api.http.get("/healthz", headers={header: "203.0.113.9"}).status_code == 200
    token = Locked(api).token("read")
    assert api.http.get("/api/prompts", headers={header: "203.0.113.9", **token}).status_code == 200


@pytest.fixture
def trusting(tmp_path: Path, fresh_database: Path) -> Iterator[Api]:
    with serving(_settings(tmp_path, '{"require_auth": false}'), fresh_database) as api:
        yield api


def test_unless_its_owner_says_so(trusting: Api) -> None:
    headers = {"X-Forwarded-For": "203.0.113.9"}
    assert trusting.http.get("/api/prompts", headers=headers).status_code == 200
    assert trusting.http.get("/api/session", headers=headers).json()["scopes"] == ["admin", "read", "write"]


def test_without_auth_a_session_and_a_token_are_left_aside(api: Api) -> None:
    """A cookie of an earlier day must not be in the way."""
    door = Locked(api)
    for headers in (door.session(csrf=False), door.token("read"), {"Authorization": "Bearer wrong"}):
        assert api.http.post("/api/queue/resume", headers=headers).status_code == 200


def test_a_query_of_a_thousand_fields_is_just_a_query(api: Api) -> None:
    api.keep("image/1_x/a.png", b"x")
    assert api.http.get("/media/image/1_x/a.png?" + "a&" * 1000).status_code == 200


async def told(send: Send, *bodies: bytes) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for body in bodies:
        await send({"type": "http.response.body", "body": body, "more_body": True})


@pytest.mark.parametrize(
    ("answer", "heard"),
    [
        (None, [b"1", b"2", b"3"]),
        (AccessDenied(401, "revoked"), [b"1", b""]),
        (BusyError("The database is held."), [b"1", b"2", b"3"]),
    ],
)
def test_a_stream_ends_for_who_may_listen_no_more(answer: Exception | None, heard: list[bytes]) -> None:
    """The clock of the test jumps by a minute after the first word."""
    sent: list[Message] = []
    times = iter([0.0, 1.0, 61.0, 61.0, 122.0, 122.0, 183.0])

    async def send(message: Message) -> None:
        sent.append(message)

    def authorize() -> Access:
        if answer is not None:
            raise answer
        return Access(Authentication(), True, False, "")

    asyncio.run(told(RevalidatedStream(send, authorize, lambda: next(times)), b"1", b"2", b"3"))
    assert [message["body"] for message in sent if message["type"] == "http.response.body"] == heard
    assert sent[-1].get("more_body") is not (answer.__class__ is AccessDenied)


def test_a_revoked_token_hears_no_more(locked: Locked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access_control, "ASKED_AGAIN_SECONDS", 0.0)
    api = locked.api
    known = locked.token("read", "write")
    with api.http.stream("GET", "/api/events", headers=known) as stream:
        lines = stream.iter_lines()
        assert next(line for line in lines if line.startswith("event:")) == "event: queue"
        assert api.http.post("/api/prompts", json={"prompt_text": "heard"}, headers=known).status_code == 201
        assert any("heard" in line for line in lines)
        api.database.writing(tokens.revoke, api.database.reading(tokens.listing)[0].id)
        api.sqlite("INSERT INTO prompts (prompt_text) VALUES ('secret')")
        assert not any("secret" in line for line in lines)


@pytest.fixture
def locked(tmp_path: Path, fresh_database: Path) -> Iterator[Locked]:
    with locked_api(tmp_path, fresh_database) as found:
        yield found


def _settings(folder: Path, security: str) -> Settings:
    file = folder / "poets_cron_config.json"
    file.write_text(f'{{"server": {{"port": 0}}, "security": {security}}}')
    return load(file, {}, folder)
