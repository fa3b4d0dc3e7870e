"""Tokens over real HTTP: made with no more than their maker has, shown once, listed, ended."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import MakeSettings
from tests.musings.api.conftest import Api, problem, serving
from tests.musings.api.entering import Locked


@pytest.fixture
def locked(make_settings: MakeSettings, fresh_database: Path) -> Iterator[Locked]:
    settings = make_settings(server={"port": 0}, security={"require_auth": True})
    with serving(settings, fresh_database) as api:
        yield Locked(api)


def make(locked: Locked, headers: dict[str, str], *scopes: str, name: str = "n8n", **more: Any) -> httpx.Response:
    body = {"name": name, "scopes": list(scopes), **more}
    return locked.api.http.post("/api/tokens", json=body, headers=headers)


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def test_the_owner_makes_one_that_works_until_it_is_ended(locked: Locked) -> None:
    owner = locked.session()
    answer = make(locked, owner, "write", "read", expires_days=30)
    assert answer.status_code == 201
    made = answer.json()
    assert (made["scopes"], made["state"], made["last_used_at"]) == (["read", "write"], "usable", None)
    assert made["expires_at"] > made["created_at"]
    assert locked.api.http.get("/api/prompts", headers=bearer(made["token"])).status_code == 200
    listed = locked.api.http.get("/api/tokens", headers=owner)
    assert made["token"] not in listed.text
    [found] = listed.json()["items"]
    assert (found["name"], found["last_used_at"] is not None) == ("n8n", True)
    assert (listed.json()["needed"], listed.json()["grants"]) == (True, ["read", "write", "admin"])
    assert locked.api.http.delete(f"/api/tokens/{made['id']}", headers=owner).status_code == 204
    assert locked.api.http.delete(f"/api/tokens/{made['id']}", headers=owner).status_code == 204
    problem(locked.api.http.get("/api/prompts", headers=bearer(made["token"])), 401)
    assert locked.api.http.get("/api/tokens", headers=owner).json()["items"][0]["state"] == "revoked"


def test_a_token_makes_none_that_may_more(locked: Locked) -> None:
    admin = locked.token("admin", "read")
    found = problem(make(locked, admin, "read", "write"), 403)
    assert "not write, only admin, read" in found["detail"]
    assert make(locked, admin, "read").json()["scopes"] == ["read"]
    for scopes in (("read",), ("write",), ("read", "write"), ("admin",)):
        problem(make(locked, locked.token(*scopes), "read", name="x"), 403)
        problem(locked.api.http.get("/api/tokens", headers=locked.token(*scopes)), 403)
        problem(locked.api.http.delete("/api/tokens/1", headers=locked.token(*scopes)), 403)


def test_another_site_makes_none(locked: Locked) -> None:
    problem(make(locked, locked.session(csrf=False), "read"), 403)
    problem(make(locked, {**locked.session(), "Origin": "https://evil.example"}, "read"), 403)
    problem(make(locked, {}, "read"), 401)
    assert locked.api.http.get("/api/tokens", headers=locked.session()).json()["items"] == []


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"name": " ", "scopes": ["read"]}, "name"),
        ({"name": "a\nb", "scopes": ["read"]}, "name"),
        ({"name": "a\x1b[31mb", "scopes": ["read"]}, "name"),
        ({"name": "a", "scopes": []}, "scopes"),
        ({"name": "a", "scopes": ["fly"]}, "scopes.0"),
        ({"name": "a", "scopes": ["read"], "expires_days": 0}, "expires_days"),
        ({"name": "a", "scopes": ["read"], "token": "mus_mine"}, "token"),
    ],
)
def test_what_is_wrong_is_named(locked: Locked, body: dict[str, Any], where: str) -> None:
    answer = locked.api.http.post("/api/tokens", json=body, headers=locked.session())
    assert problem(answer, 422)["errors"][0]["where"] == where


def test_a_name_is_used_once(locked: Locked) -> None:
    assert make(locked, locked.session(), "read").status_code == 201
    problem(make(locked, locked.session(), "read"), 409)
    problem(locked.api.http.delete("/api/tokens/999", headers=locked.session()), 404)


def test_where_nobody_is_asked_nobody_is_let_in(api: Api) -> None:
    """Or who reaches a page without a password today would have a token that works when there is one."""
    listed = api.http.get("/api/tokens").json()
    assert (listed["needed"], listed["grants"]) == (False, [])
    found = problem(api.http.post("/api/tokens", json={"name": "x", "scopes": ["read"]}), 403)
    assert "musings token create" in found["detail"]


def test_a_server_that_faces_the_network_says_that_its_doors_ask(
    make_settings: MakeSettings, fresh_database: Path
) -> None:
    settings = make_settings(server={"host": "0.0.0.0", "port": 0}, security={"require_auth": False})
    with serving(settings, fresh_database) as api:
        listed = api.http.get("/api/tokens").json()
        assert (listed["needed"], listed["grants"]) == (True, [])
        problem(api.http.post("/api/tokens", json={"name": "x", "scopes": ["read"]}), 403)
