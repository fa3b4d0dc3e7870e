"""``musings mcp``: the official SDK's client over real standard input and output."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from musings.store.database import Database
from musings.store.gallery import prompts
from tests.musings.api.conftest import Api
from tests.musings.command_line import Run, running
from tests.musings.mcp_server.agents import SMALL, facts, words
from tests.musings.mcp_server.stdio import spoken_to
from tests.musings.remote.conftest import staffed_api

__all__ = ["staffed_api"]


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_the_queue_of_this_machine(config: Path, database: Database, mode: str) -> None:
    async def run() -> dict[str, Any]:
        async with spoken_to(config.parent, mode=mode) as client:
            asked = {"text": "a fox", "kind": "image", "parameters": SMALL}
            made = facts(await client.call_tool("make", asked))
            viewed = await client.call_tool("view", {"prompt_id": made["prompt_id"]})
            assert viewed.content[0].type == "image"
            return made

    with running(config, "worker"):
        assert asyncio.run(run())["status"] == "completed"
    assert database.reading(prompts.get, 1).status == "completed"


def test_without_a_worker_it_is_queued(config: Path, database: Database) -> None:
    async def run() -> str:
        async with spoken_to(config.parent) as client:
            return words(await client.call_tool("make", {"text": "a fox", "kind": "text", "wait_seconds": 1}))

    assert "Prompt 1 is pending and goes on by itself" in asyncio.run(run())
    assert database.reading(prompts.get, 1).status == "pending"


def test_the_owner_of_a_locked_server_needs_no_token_here(config: Path, database: Database) -> None:
    async def run() -> list[Any]:
        async with spoken_to(config.parent, {"MUSINGS_SECURITY__REQUIRE_AUTH": "true"}) as client:
            found: list[Any] = facts(await client.call_tool("list_prompts", {}))["items"]
            return found

    assert asyncio.run(run()) == []


def test_the_queue_of_another_machine(tmp_path: Path, staffed_api: Api) -> None:
    async def run() -> dict[str, Any]:
        async with spoken_to(tmp_path, {"MUSINGS_URL": staffed_api.address, "MUSINGS_TOKEN": "sk-any"}) as client:
            return facts(await client.call_tool("make", {"text": "a wren", "kind": "text"}))

    assert asyncio.run(run())["status"] == "completed"
    assert not (tmp_path / "musings.db").exists()


def test_it_ends_with_its_input(program: Run) -> None:
    said = program("mcp", stdin=b"")
    assert (said.code, said.out) == (0, "")
