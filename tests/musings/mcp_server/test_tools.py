"""Tools, called by the official SDK's client over real HTTP before a server with a worker."""

import asyncio
import base64
import io
import json
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, types
from PIL import Image

from tests.musings.api.conftest import Api
from tests.musings.mcp_server.agents import SMALL, agent, by_agent, facts, words
from tests.musings.remote.conftest import staffed_api

__all__ = ["staffed_api"]

MODES = pytest.mark.parametrize("mode", ["auto", "legacy"])


@MODES
def test_make_look_and_view(staffed_api: Api, mode: str) -> None:
    async def doing(client: Client) -> None:
        told: list[tuple[float, str | None]] = []

        async def tell(progress: float, total: float | None, message: str | None) -> None:
            told.append((progress, message))

        asked = {"text": "a fox in the snow", "kind": "image", "parameters": {**SMALL, "seed": 7}}
        made = facts(await client.call_tool("make", asked, progress_callback=tell))
        assert (made["status"], len(made["artifacts"])) == ("completed", 1)
        assert (made["artifacts"][0]["width"], made["artifacts"][0]["seed"]) == (64, 7)
        assert told[0][1] == f"Prompt {made['prompt_id']} is queued."
        looked = await client.call_tool("look", {"prompt_id": made["prompt_id"]})
        assert facts(looked)["status"] == "completed"
        [link] = [each for each in looked.content if isinstance(each, types.ResourceLink)]
        read = await client.read_resource(link.uri)
        [content] = read.contents
        assert isinstance(content, types.BlobResourceContents)
        assert content.mime_type == "image/png"
        with Image.open(io.BytesIO(base64.b64decode(content.blob))) as found:
            assert found.size == (64, 64)
        for full in (False, True):
            viewed = await client.call_tool("view", {"prompt_id": made["prompt_id"], "full": full})
            [picture] = viewed.content
            assert isinstance(picture, types.ImageContent)
            assert Image.open(io.BytesIO(base64.b64decode(picture.data))).format == ("PNG" if full else "WEBP")

    by_agent(staffed_api.address, doing, mode=mode)


def test_a_text_comes_as_text_and_as_a_resource(staffed_api: Api) -> None:
    async def doing(client: Client) -> None:
        result = await client.call_tool("make", {"text": "a haiku about rain", "kind": "text"})
        made = facts(result)
        assert made["text"]
        assert made["text"] in words(result)
        viewed = await client.call_tool("view", {"prompt_id": made["prompt_id"]})
        assert made["text"].strip().splitlines()[0] in words(viewed)
        hit = next(each for each in facts(await client.call_tool("search", {"words": "rain"}))["items"] if each["uri"])
        [content] = (await client.read_resource(hit["uri"])).contents
        assert isinstance(content, types.TextResourceContents)
        assert (content.mime_type or "").startswith("text/markdown")

    by_agent(staffed_api.address, doing)


def test_sound_is_heard(staffed_api: Api) -> None:
    async def doing(client: Client) -> None:
        made = facts(await client.call_tool("make", {"text": "Good evening.", "kind": "voice"}))
        assert made["artifacts"][0]["duration_seconds"] > 0
        [sound] = (await client.call_tool("view", {"prompt_id": made["prompt_id"]})).content
        assert isinstance(sound, types.AudioContent)
        assert base64.b64decode(sound.data)[:4] == b"fLaC"

    by_agent(staffed_api.address, doing)


def test_a_client_that_gives_up_finds_its_work_later(staffed_api: Api) -> None:
    """It hangs up in the middle of its call; the prompt goes on, and is there once."""

    async def doing() -> None:
        staffed_api.http.post("/api/queue/pause")
        told: list[str] = []
        heard = asyncio.Event()

        async def tell(progress: float, total: float | None, message: str | None) -> None:
            told.append(message or "")
            heard.set()

        async with agent(staffed_api.address) as client:
            asked = {"text": "a very patient wren", "kind": "text"}
            call = asyncio.create_task(client.call_tool("make", asked, progress_callback=tell))
            await asyncio.wait_for(heard.wait(), 20)
            call.cancel()
        staffed_api.http.post("/api/queue/resume")
        number = int(told[0].split()[1])
        async with agent(staffed_api.address) as client:
            later = facts(await client.call_tool("look", {"prompt_id": number, "wait_seconds": 30}))
            assert later["status"] == "completed"
            found = staffed_api.http.get("/api/prompts", params={"q": "very patient wren"}).json()["items"]
            assert [each["id"] for each in found] == [number]

    try:
        asyncio.run(doing())
    finally:
        staffed_api.http.post("/api/queue/resume")


@MODES
def test_a_call_that_does_not_wait_says_which_prompt_it_is(staffed_api: Api, mode: str) -> None:
    async def doing(client: Client) -> None:
        staffed_api.http.post("/api/queue/pause")
        made = facts(await client.call_tool("make", {"text": "an owl", "kind": "text", "wait_seconds": 0}))
        assert made["status"] == "pending"
        listed = facts(await client.call_tool("list_prompts", {"status": "pending"}))["items"]
        assert made["prompt_id"] in [each["prompt_id"] for each in listed]
        gone = facts(await client.call_tool("cancel", {"prompt_id": made["prompt_id"]}))
        assert gone["status"] == "cancelled"

    try:
        by_agent(staffed_api.address, doing, mode=mode)
    finally:
        staffed_api.http.post("/api/queue/resume")


def test_a_missing_kind_is_asked_for(staffed_api: Api) -> None:
    asked: list[str] = []

    async def choose(_context: Any, params: Any) -> types.ElicitResult:
        asked.append(params.message)
        return types.ElicitResult(action="accept", content={"kind": "text"})

    async def decline(_context: Any, params: Any) -> types.ElicitResult:
        return types.ElicitResult(action="decline")

    async def doing(client: Client) -> Any:
        return await client.call_tool("make", {"text": "the sea"})

    made = facts(by_agent(staffed_api.address, doing, elicitation_callback=choose))
    assert (made["kind"], made["status"]) == ("text", "completed")
    assert asked == ["What should Musings make of it?"]
    declined = by_agent(staffed_api.address, doing, elicitation_callback=decline)
    assert declined.is_error
    assert "Nothing was made" in words(declined)
    without = by_agent(staffed_api.address, doing)
    assert without.is_error
    assert "kind is missing: say image, music" in words(without)


def test_the_kind_of_a_workflow_need_not_be_said(staffed_api: Api) -> None:
    async def doing(client: Client) -> None:
        made = await client.call_tool("make", {"text": "a fox", "workflow": "sketch-image", "parameters": SMALL})
        assert facts(made)["kind"] == "image"
        gone = await client.call_tool("make", {"text": "a fox", "workflow": "gone"})
        assert "There is no workflow 'gone'" in words(gone)
        flows = facts(await client.call_tool("list_workflows", {"kind": "image"}))["items"]
        assert next(each for each in flows if each["name"] == "sketch-image")["parameters"]["width"]

    by_agent(staffed_api.address, doing)


def test_what_is_wrong_is_said(staffed_api: Api) -> None:
    async def doing(client: Client) -> None:
        wrong = await client.call_tool("make", {"text": "a fox", "kind": "image", "parameters": {"width": "wide"}})
        assert (wrong.is_error, "parameters.width" in words(wrong)) == (True, True)
        failed = await client.call_tool(
            "make", {"text": "a fox", "kind": "voice", "parameters": {"voice": "klingonish"}}
        )
        assert (failed.is_error, "klingonish" in words(failed)) == (True, True)
        none = await client.call_tool("look", {"prompt_id": 999_999})
        assert (none.is_error, "999999" in words(none)) == (True, True)
        assert (await client.call_tool("view", {"prompt_id": 1, "number": 99})).is_error
        assert (await client.call_tool("look", {"prompt_id": 0})).is_error
        assert json.dumps([each.name for each in (await client.list_tools()).tools])

    by_agent(staffed_api.address, doing)
    assert Path(staffed_api.settings.media_root).exists()
