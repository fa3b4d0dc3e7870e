"""``/mcp``: who may call it and for what, and what is left when its server is killed."""

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp import Client

from tests.conftest import MakeSettings
from tests.musings.api.conftest import Api, problem, serving
from tests.musings.api.entering import Locked
from tests.musings.command_line import running
from tests.musings.mcp_server.agents import by_agent, facts, words
from tests.ports import free_port
from tests.waiting import until

JSON = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}


@pytest.fixture
def locked(make_settings: MakeSettings, fresh_database: Path) -> Iterator[Locked]:
    settings = make_settings(server={"port": 0}, security={"require_auth": True})
    with serving(settings, fresh_database) as api:
        yield Locked(api)


def called(locked: Locked, headers: dict[str, str], tool: str, **arguments: Any) -> str:
    """``ok``, or what the tool said was wrong."""

    async def doing(client: Client) -> str:
        result = await client.call_tool(tool, arguments)
        return words(result) if result.is_error else "ok"

    return by_agent(locked.api.address, doing, headers)


def test_each_tool_asks_for_its_own_scope(locked: Locked) -> None:
    make = {"text": "a fox", "kind": "text", "wait_seconds": 0}
    reader, writer = locked.token("read"), locked.token("write")
    assert called(locked, reader, "list_prompts") == "ok"
    assert "This needs the scope write; the token has read." in called(locked, reader, "make", **make)
    assert locked.api.http.get("/api/prompts", headers=reader).json()["items"] == []
    assert called(locked, writer, "make", **make) == "ok"
    assert "This needs the scope read; the token has write." in called(locked, writer, "look", prompt_id=1)
    assert called(locked, writer, "cancel", prompt_id=1) == "ok"


def test_the_caller_is_the_owner_of_what_it_makes(locked: Locked) -> None:
    token = locked.token("read", "write")
    called(locked, token, "make", text="a fox", kind="text", wait_seconds=0)
    [made] = locked.api.http.get("/api/prompts", headers=token).json()["items"]
    assert made["metadata"]["mcp"]["owner"].endswith("(token 1)")


def test_nobody_comes_in_without_a_token(locked: Locked) -> None:
    mcp = f"{locked.api.address}/mcp"
    problem(posted(mcp, json=PING, headers=JSON), 401)
    assert "Bearer" in posted(mcp, json=PING, headers=JSON).headers["www-authenticate"]
    problem(posted(mcp, json=PING, headers={**JSON, "Authorization": "Bearer mus_x"}), 401)
    problem(posted(mcp, json=PING, headers={**JSON, **locked.token("admin")}), 403)
    problem(posted(mcp, json=PING, headers={**JSON, **locked.token("read"), "Host": "evil.example"}), 421)
    problem(posted(mcp, json=PING, headers={**JSON, "Origin": "http://evil.example"}), 403)


def test_a_server_that_faces_the_network_asks_whatever_it_is_told(
    make_settings: MakeSettings, fresh_database: Path
) -> None:
    """``require_auth: false`` is about the page; the scopes of a token count at the door all the same."""
    settings = make_settings(server={"host": "0.0.0.0", "port": 0}, security={"require_auth": False})
    with serving(settings, fresh_database) as api:
        problem(posted(f"{api.address}/mcp", json=PING, headers=JSON), 401)
        assert api.http.get("/api/prompts").status_code == 200
        reader = Locked(api).token("read")
        assert "the scope write" in called(Locked(api), reader, "make", text="a fox", kind="text", wait_seconds=0)


def test_through_a_proxy_it_asks_as_the_page_does(api: Api) -> None:
    """``auto`` on this machine: nobody is asked but who comes through a proxy, for each tool as well."""
    proxied = {"X-Forwarded-For": "203.0.113.9"}
    problem(posted(f"{api.address}/mcp", json=PING, headers={**JSON, **proxied}), 401)
    reader = {**Locked(api).token("read"), **proxied}
    assert "the scope write" in called(Locked(api), reader, "make", text="a fox", kind="text", wait_seconds=0)
    assert called(Locked(api), {}, "make", text="a fox", kind="text", wait_seconds=0) == "ok"


def test_it_can_be_closed(make_settings: MakeSettings, fresh_database: Path) -> None:
    with serving(make_settings(server={"port": 0}, doors={"mcp": False}), fresh_database) as api:
        found = problem(posted(f"{api.address}/mcp", json=PING, headers=JSON), 404)
        assert "doors.mcp is false" in found["detail"]


def test_too_large_a_message_is_refused(api: Api) -> None:
    problem(posted(f"{api.address}/mcp", content=b"x" * 2_000_001, headers=JSON), 413)


def test_a_kill_between_make_and_look_loses_nothing(config: Path) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"

    async def make(client: Client) -> int:
        made = await client.call_tool("make", {"text": "a fox", "kind": "text", "wait_seconds": 0})
        return int(facts(made)["prompt_id"])

    async def look(client: Client) -> str:
        found = await client.call_tool("look", {"prompt_id": number, "wait_seconds": 60})
        return str(facts(found)["status"])

    with running(config, "serve", "--port", str(port)) as first:
        until(lambda: answers(address), 60)
        number = by_agent(address, make)
        first.send_signal(signal.SIGKILL)
        first.wait(30)
    with running(config, "serve", "--port", str(port)), running(config, "worker"):
        until(lambda: answers(address), 60)
        assert by_agent(address, look) == "completed"


def posted(address: str, headers: dict[str, str], **body: Any) -> httpx.Response:
    return httpx.post(address, headers=headers, timeout=60, **body)


def answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health").status_code == 200
    except httpx.TransportError:
        return False
