"""Before the routes of ComfyUI's protocol: addresses, ways to log in, and errors in its shape."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from musings.api.comfyui_door import one_address
from musings.security.scopes import Scope
from tests.musings.api.comfyui_clients import ComfyUIDoor, comfyui_door


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory, fresh_database: Path) -> Iterator[ComfyUIDoor]:
    """A door that asks for a token."""
    folder = tmp_path_factory.mktemp("locked")
    with comfyui_door(folder, fresh_database, worker=False, security={"require_auth": True}) as found:
        yield found


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("/comfyui", "/comfyui"),
        ("/comfyui/", "/comfyui"),
        ("/comfy/", "/comfyui"),
        ("/comfy/prompt", "/comfyui/prompt"),
        ("/comfyui/api/view", "/comfyui/view"),
        ("/comfy/api/ws", "/comfyui/ws"),
        ("/comfyui/api/jobs", "/comfyui/api/jobs"),
        ("/comfy/api/jobs/x", "/comfyui/api/jobs/x"),
        ("/comfyui/api/jobsx", "/comfyui/jobsx"),
        ("/comfyui/api/v2/jobs", "/comfyui/api/v2/jobs"),
        ("/comfy/api/v2/assets/x", "/comfyui/api/v2/assets/x"),
        ("/comfyui/api/v20", "/comfyui/v20"),
        ("/comfyuis/prompt", "/comfyuis/prompt"),
        ("/api/prompts", "/api/prompts"),
    ],
)
def test_each_route_has_one_address(given: str, meant: str) -> None:
    assert one_address(given) == meant


def test_a_token_may_come_as_the_password_of_the_address(locked: ComfyUIDoor) -> None:
    secret = locked.token(Scope.READ)["Authorization"].removeprefix("Bearer ")
    address = locked.url.replace("://", f"://any:{secret}@")
    assert httpx.get(f"{address}/queue", trust_env=False).status_code == 200
    assert httpx.get(f"{locked.url}/queue", auth=("any", "wrong"), trust_env=False).status_code == 401
    for odd in ("Basic ?", "Basic", "Basic " + base64.b64encode(b"no colon").decode()):
        assert httpx.get(f"{locked.url}/queue", headers={"Authorization": odd}, trust_env=False).status_code == 401
    # Of this door alone.
    assert httpx.get(f"{locked.api.address}/api/prompts", auth=("any", secret), trust_env=False).status_code == 401


def test_a_socket_is_let_in_as_a_request_is(locked: ComfyUIDoor) -> None:
    reader, writer = locked.token(Scope.READ), locked.token(Scope.WRITE)
    address = f"ws{locked.url.removeprefix('http')}/ws?clientId=x"
    with connect(address, additional_headers=reader, proxy=None) as opened:
        assert json.loads(opened.recv(timeout=10))["type"] == "status"
    secret = reader["Authorization"].removeprefix("Bearer ")
    with connect(address.replace("://", f"://any:{secret}@"), proxy=None) as opened:
        assert json.loads(opened.recv(timeout=10))["type"] == "status"
    for headers in ({}, writer, {"Authorization": "Bearer wrong"}):
        with pytest.raises(InvalidStatus) as caught, connect(address, additional_headers=headers, proxy=None):
            pass
        assert caught.value.response.status_code == 403


@pytest.mark.parametrize("headers", [{"Origin": "http://evil.example"}, {"Host": "evil.example"}])
def test_pages_of_other_sites_are_turned_away(tmp_path: Path, fresh_database: Path, headers: dict[str, str]) -> None:
    """Also where nobody is asked who they are."""
    with comfyui_door(tmp_path, fresh_database, worker=False) as door:
        client = door.client(**headers)
        assert client.http.get("/prompt").status_code in (403, 421)
        for path in ("/comfyui/ws", "/api/ws", "/ws"):
            address = f"ws{door.api.address.removeprefix('http')}{path}"
            given = headers if path == "/comfyui/ws" else {}
            with pytest.raises(InvalidStatus), connect(address, additional_headers=given, proxy=None):
                pass


def test_every_error_has_comfyuis_shape(locked: ComfyUIDoor) -> None:
    client = locked.client(**locked.token(Scope.READ, Scope.WRITE))
    for answer in (
        client.http.get("/nothing"),
        client.http.get("/view", params={"filename": "absent.png"}),
        client.http.post("/prompt", content=b"x" * 2_100_000),
        client.http.get("/history", params={"max_items": "many"}),
        locked.client().http.get("/queue"),
    ):
        assert answer.status_code in (400, 401, 403, 404, 413)
        assert set(answer.json()) == {"error", "node_errors"}, answer.text
        assert answer.json()["error"]["message"]
    assert client.http.head("/view", params={"filename": "absent.png"}).content == b""
