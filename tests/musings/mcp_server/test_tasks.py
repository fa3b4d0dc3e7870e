"""Tasks (SEP-2663) over prompts and musings: the official SDK's client before a real server, over HTTP and stdio."""

import asyncio
import signal
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp import Client, MCPError, types
from mcp.client.extension import advertise

from musings.store.database import Database
from tests.conftest import MakeSettings
from tests.musings.api.conftest import Api, serving
from tests.musings.api.entering import Locked
from tests.musings.command_line import running
from tests.musings.mcp_server.agents import SMALL, agent, by_agent, facts, words
from tests.musings.mcp_server.stdio import spoken_to
from tests.musings.mcp_server.task_client import TASKS, CreatedTask, KnowsTasks, asked, begun, ended
from tests.musings.remote.conftest import staffed_api
from tests.ports import free_port
from tests.waiting import until

__all__ = ["staffed_api"]

FOX = {"text": "a fox in the snow", "kind": "image", "parameters": {**SMALL, "seed": 7}}
CHAIN = {
    "format": 1,
    "name": "tasked",
    "steps": [
        {"name": "verse", "kind": "text", "workflow": "sketch-text", "prompt": "a haiku about {{idea}}",
         "gate": {"ask": "edit", "question": "Is this the verse?"}},
        {"name": "again", "kind": "text", "workflow": "sketch-text", "prompt": "{{verse.text}}"},
    ],
}  # fmt: skip


async def unasked(_context: Any, _params: Any) -> types.ElicitResult:
    raise AssertionError("a question of a task is answered by tasks/update")


def test_what_is_made_is_a_task_and_its_result_that_of_the_tool(staffed_api: Api) -> None:
    knows = KnowsTasks()

    async def doing(client: Client) -> None:
        assert client.server_capabilities.extensions == {TASKS: {}}
        made = await client.call_tool("make", FOX)
        looked = await client.call_tool("look", {"prompt_id": facts(made)["prompt_id"]})
        assert (made.structured_content, made.content) == (looked.structured_content, looked.content)
        [link] = [each for each in made.content if isinstance(each, types.ResourceLink)]
        assert (await client.read_resource(link.uri)).contents

    by_agent(staffed_api.address, doing, extensions=[knows])
    [task] = knows.tasks
    assert (task.status, task.ttl_ms, task.poll_interval_ms) == ("working", None, 2000)


def test_a_task_says_how_it_stands_until_it_has_ended(staffed_api: Api) -> None:
    async def doing(client: Client) -> None:
        staffed_api.http.post("/api/queue/pause")
        task = await begun(client, "make", **FOX)
        waiting = await asked(client.session, "tasks/get", task.task_id)
        assert (waiting["resultType"], waiting["status"]) == ("complete", "working")
        assert ("result" in waiting, "inputRequests" in waiting, waiting["ttlMs"]) == (False, False, None)
        assert waiting["createdAt"] == task.created_at
        assert "is pending" in waiting["statusMessage"]
        staffed_api.http.post("/api/queue/resume")
        done = await ended(client.session, task.task_id)
        assert done["status"] == "completed"
        assert done["lastUpdatedAt"] > done["createdAt"]
        assert done["result"]["structuredContent"]["status"] == "completed"

    try:
        by_agent(staffed_api.address, doing, extensions=[KnowsTasks()])
    finally:
        staffed_api.http.post("/api/queue/resume")


def test_who_does_not_know_tasks_is_given_none(staffed_api: Api) -> None:
    async def plain(client: Client) -> str:
        made = await client.call_tool("make", {"text": "an owl", "kind": "text"})
        assert facts(made)["status"] == "completed"
        with pytest.raises(MCPError) as refused:
            await asked(client.session, "tasks/get", f"prompt-{facts(made)['prompt_id']}-{'0' * 32}")
        return f"{refused.value.code} {refused.value.data}"

    said = by_agent(staffed_api.address, plain)
    assert said == f"-32021 {{'requiredCapabilities': {{'extensions': {{'{TASKS}': {{}}}}}}}}"
    assert by_agent(staffed_api.address, plain, mode="legacy").startswith("-32601")


@pytest.mark.parametrize("method", ["tasks/list", "tasks/result"])
def test_what_the_extension_left_out_is_not_there(staffed_api: Api, method: str) -> None:
    async def doing(client: Client) -> int:
        with pytest.raises(MCPError) as refused:
            await asked(client.session, method, "prompt-1")
        return refused.value.code

    assert by_agent(staffed_api.address, doing, extensions=[advertise(TASKS)]) == types.METHOD_NOT_FOUND


def test_who_does_not_wait_is_answered_at_once(staffed_api: Api) -> None:
    knows = KnowsTasks()

    async def doing(client: Client) -> dict[str, Any]:
        return facts(await client.call_tool("make", {**FOX, "wait_seconds": 0}))

    assert by_agent(staffed_api.address, doing, extensions=[knows])["prompt_id"]
    assert knows.tasks == []


def test_a_failure_of_ours_is_a_result_that_says_so(staffed_api: Api) -> None:
    async def doing(client: Client) -> types.CallToolResult:
        return await client.call_tool("make", {"text": "a fox", "kind": "voice", "parameters": {"voice": "klingonish"}})

    failed = by_agent(staffed_api.address, doing, extensions=[KnowsTasks()])
    assert (failed.is_error, "klingonish" in words(failed)) == (True, True)


def test_a_task_that_is_cancelled_is_a_prompt_that_is_cancelled(staffed_api: Api) -> None:
    async def doing(client: Client) -> None:
        staffed_api.http.post("/api/queue/pause")
        task = await begun(client, "make", text="a very patient wren", kind="text")
        for _ in range(2):  # once more is no error: what has ended need not be cancelled
            assert (await asked(client.session, "tasks/cancel", task.task_id))["resultType"] == "complete"
        assert (await asked(client.session, "tasks/get", task.task_id))["status"] == "cancelled"
        number = int(task.task_id.split("-")[1])
        assert staffed_api.http.get(f"/api/prompts/{number}").json()["status"] == "cancelled"

    try:
        by_agent(staffed_api.address, doing, extensions=[KnowsTasks()])
    finally:
        staffed_api.http.post("/api/queue/resume")


def test_what_is_no_task_is_refused(staffed_api: Api) -> None:
    async def doing(client: Client) -> None:
        task = await begun(client, "make", **FOX)
        number = task.task_id.split("-")[1]
        wrong = [f"prompt-{number}", f"prompt-{number}-{'0' * 32}", f"musing-{number}-{'0' * 32}", "", "../1"]
        for task_id in [*wrong, f"prompt-{'9' * 18}-{'0' * 32}", "prompt-1-" + "x" * 32]:
            for method in ("tasks/get", "tasks/update", "tasks/cancel"):
                with pytest.raises(MCPError) as refused:
                    await asked(client.session, method, task_id, input_responses={})
                assert (refused.value.code, method, task_id) == (types.INVALID_PARAMS, method, task_id)
        with pytest.raises(MCPError) as refused:
            await asked(client.session, "tasks/get", "x" * 201)
        assert refused.value.code == types.INVALID_PARAMS
        await ended(client.session, task.task_id)
        staffed_api.http.delete(f"/api/prompts/{number}")
        with pytest.raises(MCPError, match="thrown away"):
            await asked(client.session, "tasks/get", task.task_id)

    by_agent(staffed_api.address, doing, extensions=[KnowsTasks()])


def stored(api: Api, headers: dict[str, str] | None = None) -> None:
    assert api.http.post("/api/chains", json={"chain": CHAIN}, headers=headers or {}).status_code == 201


def accepted(**content: Any) -> dict[str, Any]:
    return {"action": "accept", "content": content}


def test_a_gate_asks_by_a_task_and_is_answered_by_an_update(staffed_api: Api) -> None:
    stored(staffed_api)

    async def doing(client: Client) -> None:
        task = await begun(client, "make_musing", idea="rain", chain="tasked")
        asks = await ended(client.session, task.task_id, at=("input_required",))
        [(key, question)] = asks["inputRequests"].items()
        assert question["method"] == "elicitation/create"
        assert "Is this the verse?" in question["params"]["message"]
        assert set(question["params"]["requestedSchema"]["properties"]) == {"action", "text", "number"}
        # A person who says nothing, and an answer to what nobody asked, leave the gate as it is.
        for given in ({key: {"action": "decline"}}, {"other-1": accepted(action="approve")}, {}):
            await asked(client.session, "tasks/update", task.task_id, input_responses=given)
        assert (await asked(client.session, "tasks/get", task.task_id))["inputRequests"] == {key: question}
        for wrong in (accepted(action="burn"), accepted(action="choose", number=9)):
            with pytest.raises(MCPError) as refused:
                await asked(client.session, "tasks/update", task.task_id, input_responses={key: wrong})
            assert refused.value.code == types.INVALID_PARAMS
        edited = {key: accepted(action="edit", text="Four lines of my own.")}
        for _ in range(2):  # whoever does not know whether the answer came says it again
            assert await asked(client.session, "tasks/update", task.task_id, input_responses=edited)
        done = await ended(client.session, task.task_id)
        assert done["status"] == "completed"
        steps = done["result"]["structuredContent"]["steps"]
        assert steps[1]["prompts"][0]["prompt_text"] == "Four lines of my own."

    by_agent(staffed_api.address, doing, extensions=[KnowsTasks()], elicitation_callback=unasked)


def test_a_question_that_is_asked_anew_has_another_key(staffed_api: Api) -> None:
    stored(staffed_api)

    async def doing(client: Client) -> None:
        task = await begun(client, "make_musing", idea="snow", chain="tasked")
        first = await ended(client.session, task.task_id, at=("input_required",))
        number = task.task_id.split("-")[1]
        staffed_api.http.post(f"/api/musings/{number}/retry", params={"step": "verse"})
        again = await ended(client.session, task.task_id, at=("input_required",))
        assert set(first["inputRequests"]).isdisjoint(again["inputRequests"])
        await asked(client.session, "tasks/cancel", task.task_id)
        assert (await asked(client.session, "tasks/get", task.task_id))["status"] == "cancelled"

    by_agent(staffed_api.address, doing, extensions=[KnowsTasks()], elicitation_callback=unasked)


def test_a_client_that_cannot_ask_waits_until_somebody_answers(staffed_api: Api) -> None:
    stored(staffed_api)

    async def doing(client: Client) -> None:
        task = await begun(client, "make_musing", idea="fog", chain="tasked")
        number = task.task_id.split("-")[1]
        async with asyncio.timeout(120):
            while (
                "waits for a person"
                not in (told := await asked(client.session, "tasks/get", task.task_id))["statusMessage"]
            ):
                await asyncio.sleep(0.05)
        assert (told["status"], "inputRequests" in told) == ("working", False)
        staffed_api.http.post(f"/api/musings/{number}/gates/verse", json={"action": "decline"})
        over = await ended(client.session, task.task_id)
        assert (over["status"], over["result"]["isError"]) == ("completed", True)
        # What has ended stays what it was.
        await asked(client.session, "tasks/cancel", task.task_id)
        assert (await asked(client.session, "tasks/get", task.task_id))["status"] == "completed"

    by_agent(staffed_api.address, doing, extensions=[KnowsTasks()])


def test_a_task_is_for_who_may_read_the_prompt(make_settings: MakeSettings, fresh_database: Path) -> None:
    settings = make_settings(server={"port": 0}, security={"require_auth": True})
    with serving(settings, fresh_database) as api:
        locked = Locked(api)

        async def make(client: Client) -> str:
            return (await begun(client, "make", text="a fox", kind="text")).task_id

        async def make_plainly(client: Client) -> Any:
            return await client.session.call_tool("make", {"text": "a wren", "kind": "text"}, allow_claimed=True)

        task_id = by_agent(api.address, make, locked.token("read", "write"), extensions=[KnowsTasks()])
        given = by_agent(api.address, make_plainly, locked.token("write"), extensions=[KnowsTasks()])
        assert not isinstance(given, CreatedTask)
        assert facts(given)["prompt_id"]

        def said(scope: str, method: str) -> str:
            async def doing(client: Client) -> str:
                try:
                    return str((await asked(client.session, method, task_id)).get("status", "done"))
                except MCPError as error:
                    return f"{error.code} {error.message}"

            return by_agent(api.address, doing, locked.token(scope), extensions=[advertise(TASKS)])

        assert "-32602 This needs the scope read" in said("write", "tasks/get")
        assert "-32602 This needs the scope write" in said("read", "tasks/cancel")
        assert said("read", "tasks/get") == "working"


def test_a_client_that_goes_finds_its_picture_later(staffed_api: Api) -> None:
    """Its connection ends while the prompt waits; another, which has the id alone, finds what came of it."""

    async def doing() -> dict[str, Any]:
        staffed_api.http.post("/api/queue/pause")
        async with agent(staffed_api.address, extensions=[KnowsTasks()]) as client:
            task_id = (await begun(client, "make", **FOX)).task_id
        staffed_api.http.post("/api/queue/resume")
        async with agent(staffed_api.address, extensions=[advertise(TASKS)]) as client:
            return await ended(client.session, task_id)

    try:
        done = asyncio.run(doing())
    finally:
        staffed_api.http.post("/api/queue/resume")
    assert len(done["result"]["structuredContent"]["artifacts"]) == 1


def test_a_kill_between_create_and_get_loses_nothing(config: Path) -> None:
    port = free_port()
    api = f"http://127.0.0.1:{port}"

    async def begin(client: Client) -> str:
        return (await begun(client, "make", **FOX)).task_id

    async def find(client: Client) -> dict[str, Any]:
        return await ended(client.session, task_id)

    with running(config, "serve", "--port", str(port)) as first:
        until(lambda: answers(port), 60)
        task_id = by_agent(api, begin, extensions=[KnowsTasks()])
        first.send_signal(signal.SIGKILL)
        first.wait(30)
    with running(config, "worker"), running(config, "serve", "--port", str(port)):
        until(lambda: answers(port), 60)
        done = by_agent(api, find, extensions=[advertise(TASKS)])
    assert (done["taskId"], done["result"]["structuredContent"]["status"]) == (task_id, "completed")


def test_a_task_outlives_the_program_on_standard_input(config: Path, database: Database) -> None:
    async def begin() -> str:
        async with spoken_to(config.parent, extensions=[KnowsTasks()]) as client:
            return (await begun(client, "make", **FOX)).task_id

    async def find(task_id: str) -> dict[str, Any]:
        async with spoken_to(config.parent, extensions=[advertise(TASKS)]) as client:
            return await ended(client.session, task_id)

    task_id = asyncio.run(begin())
    with running(config, "worker"):
        done = asyncio.run(find(task_id))
    assert len(done["result"]["structuredContent"]["artifacts"]) == 1


def answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health").status_code == 200
    except httpx.TransportError:
        return False
