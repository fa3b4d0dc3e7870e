"""Chains by an agent: the official SDK's client over real HTTP before a server with a worker."""

import signal
from pathlib import Path
from typing import Any

import httpx
from mcp import Client, types

from tests.conftest import MakeSettings
from tests.musings.api.conftest import Api, serving
from tests.musings.api.entering import Locked
from tests.musings.command_line import running
from tests.musings.mcp_server.agents import by_agent, facts, words
from tests.musings.remote.conftest import staffed_api
from tests.ports import free_port
from tests.waiting import until

__all__ = ["staffed_api"]

CHAIN = {
    "format": 1,
    "name": "asked",
    "parameters": {"form": {"default": "a haiku"}},
    "steps": [
        {"name": "verse", "kind": "text", "workflow": "sketch-text", "prompt": "{{parameters.form}} about {{idea}}",
         "gate": {"ask": "edit", "question": "Is this the verse?"}},
        {"name": "again", "kind": "text", "workflow": "sketch-text", "prompt": "{{verse.text}}"},
    ],
}  # fmt: skip


def stored(api: Api, headers: dict[str, str] | None = None) -> None:
    assert api.http.post("/api/chains", json={"chain": CHAIN}, headers=headers or {}).status_code == 201


def test_a_chain_is_found_started_asked_about_and_ends(staffed_api: Api) -> None:
    stored(staffed_api)
    asked: list[str] = []

    async def edit(_context: Any, params: Any) -> types.ElicitResult:
        asked.append(params.message)
        return types.ElicitResult(action="accept", content={"action": "edit", "text": "Four lines of my own."})

    async def doing(client: Client) -> dict[str, Any]:
        listed = {each["name"]: each for each in facts(await client.call_tool("list_chains", {}))["items"]}
        assert listed["asked"]["parameters"] == {"form": "a haiku"}
        assert (listed["asked"]["steps"], listed["asked"]["asks"]) == (["verse (text)", "again (text)"], ["verse"])
        told: list[str] = []

        async def tell(progress: float, total: float | None, message: str | None) -> None:
            told.append(message or "")

        begun = await client.call_tool("make_musing", {"idea": "rain", "chain": "asked"}, progress_callback=tell)
        found = facts(begun)
        assert (found["status"], found["steps"][0]["ask"]) == ("asking", "edit")
        assert told[0] == f"Musing {found['musing_id']} has begun."
        assert "Is this the verse?" in words(begun)
        assert found["steps"][0]["prompts"][0]["text"] in words(begun)
        await client.call_tool("answer_gate", {"musing_id": found["musing_id"]})
        return facts(await client.call_tool("look_musing", {"musing_id": found["musing_id"], "wait_seconds": 50}))

    done = by_agent(staffed_api.address, doing, elicitation_callback=edit)
    assert done["status"] == "completed"
    assert done["steps"][1]["prompts"][0]["prompt_text"] == "Four lines of my own."
    assert "Is this the verse?" in asked[0]


def test_a_client_that_cannot_ask_says_it_itself(staffed_api: Api) -> None:
    stored(staffed_api)

    async def doing(client: Client) -> None:
        found = facts(await client.call_tool("make_musing", {"idea": "snow", "chain": "asked"}))
        unsaid = await client.call_tool("answer_gate", {"musing_id": found["musing_id"]})
        assert (unsaid.is_error, "say approve, edit" in words(unsaid)) == (True, True)
        wrong = await client.call_tool("answer_gate", {"musing_id": found["musing_id"], "action": "choose"})
        assert wrong.is_error
        declined = await client.call_tool("answer_gate", {"musing_id": found["musing_id"], "action": "decline"})
        assert (declined.is_error, "is failed" in words(declined)) == (True, True)
        over = await client.call_tool("answer_gate", {"musing_id": found["musing_id"], "action": "approve"})
        assert (over.is_error, "asks nothing" in words(over)) == (True, True)
        none = await client.call_tool("make_musing", {"idea": "snow", "chain": "no-such"})
        assert (none.is_error, "no-such" in words(none)) == (True, True)

    by_agent(staffed_api.address, doing)


def test_a_person_who_says_nothing_leaves_it_waiting(staffed_api: Api) -> None:
    stored(staffed_api)

    async def decline(_context: Any, params: Any) -> types.ElicitResult:
        return types.ElicitResult(action="decline")

    async def doing(client: Client) -> None:
        found = facts(await client.call_tool("make_musing", {"idea": "fog", "chain": "asked"}))
        unsaid = await client.call_tool("answer_gate", {"musing_id": found["musing_id"]})
        assert "goes on waiting" in words(unsaid)
        looked = await client.call_tool("look_musing", {"musing_id": found["musing_id"]})
        assert facts(looked)["status"] == "asking"

    by_agent(staffed_api.address, doing, elicitation_callback=decline)


def test_each_tool_asks_for_its_own_scope(make_settings: MakeSettings, fresh_database: Path) -> None:
    settings = make_settings(server={"port": 0}, security={"require_auth": True})
    with serving(settings, fresh_database) as api:
        locked = Locked(api)
        stored(api, locked.token("read", "write", "admin"))

        def said(scope: str, tool: str, **arguments: Any) -> str:
            async def doing(client: Client) -> str:
                result = await client.call_tool(tool, arguments)
                return words(result) if result.is_error else "ok"

            return by_agent(api.address, doing, locked.token(scope))

        begin = {"idea": "rain", "chain": "asked", "wait_seconds": 0}
        assert "needs the scope write" in said("read", "make_musing", **begin)
        assert said("write", "make_musing", **begin) == "ok"
        assert said("read", "list_chains") == said("read", "look_musing", musing_id=1) == "ok"
        assert "needs the scope read" in said("write", "look_musing", musing_id=1)
        assert "needs the scope write" in said("read", "answer_gate", musing_id=1, step="verse", action="approve")


def test_a_kill_while_a_gate_asks_loses_nothing(config: Path) -> None:
    port = free_port()
    api = f"http://127.0.0.1:{port}"

    async def begin(client: Client) -> int:
        made = facts(await client.call_tool("make_musing", {"idea": "rain", "parameters": {"ask": True}}))
        assert made["status"] == "asking"
        return int(made["musing_id"])

    async def approve(client: Client) -> str:
        await client.call_tool("answer_gate", {"musing_id": number, "action": "approve"})
        found = facts(await client.call_tool("look_musing", {"musing_id": number}))
        return str(found["status"])

    with running(config, "worker"):
        with running(config, "serve", "--port", str(port)) as first:
            until(lambda: answers(port), 60)
            number = by_agent(api, begin)
            first.send_signal(signal.SIGKILL)
            first.wait(30)
        with running(config, "serve", "--port", str(port)):
            until(lambda: answers(port), 60)
            assert by_agent(api, approve) in ("running", "completed")


def answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health").status_code == 200
    except httpx.TransportError:
        return False
