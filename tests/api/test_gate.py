"""When auth is asked for: by configuration, by address, and for what comes through a proxy."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from musings.config import Settings, load
from tests.api.conftest import Api, problem, serving
from tests.api.entering import Locked
from tests.conftest import MakeSettings


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


def _settings(folder: Path, security: str) -> Settings:
    file = folder / "poets_cron_config.json"
    file.write_text(f'{{"server": {{"port": 0}}, "security": {security}}}')
    return load(file, {}, folder)
