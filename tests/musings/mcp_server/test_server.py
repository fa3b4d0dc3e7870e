"""What an agent is told of the server: tools, resources, prompts."""

import pytest
from mcp import Client, MCPError

from tests.musings.api.conftest import Api
from tests.musings.mcp_server.agents import by_agent
from tests.musings.remote.conftest import staffed_api

__all__ = ["staffed_api"]


def test_what_is_offered(staffed_api: Api) -> None:
    async def doing(client: Client) -> None:
        listed = {each.name: each for each in (await client.list_tools()).tools}
        chains = {"list_chains", "make_musing", "look_musing", "answer_gate"}
        assert set(listed) == {"make", "look", "view", "search", "list_prompts", "list_workflows", "cancel", *chains}
        assert all(each.description and each.annotations for each in listed.values())
        reading = [name for name, each in listed.items() if each.annotations and each.annotations.read_only_hint]
        looking = ["list_chains", "list_prompts", "list_workflows", "look", "look_musing", "search", "view"]
        assert sorted(reading) == looking
        assert "chosen" not in listed["make"].input_schema["properties"]
        templates = [each.uri_template for each in (await client.list_resource_templates()).resource_templates]
        assert templates == ["musings://artifacts/{artifact_id}", "musings://writings/{writing_id}"]
        assert "prompt_id" in (client.instructions or "")

    by_agent(staffed_api.address, doing)


def test_styles_are_prompts(staffed_api: Api) -> None:
    async def doing(client: Client) -> None:
        names = [each.name for each in (await client.list_prompts()).prompts]
        assert {"watercolour", "haiku", "lullaby", "read-aloud"} <= set(names)
        [message] = (await client.get_prompt("watercolour", {"subject": "a {fox}"})).messages
        assert "kind 'image'" in getattr(message.content, "text", "")
        assert "a {fox}, loose watercolour" in getattr(message.content, "text", "")

    by_agent(staffed_api.address, doing)


@pytest.mark.parametrize(
    "uri",
    [
        "musings://artifacts/999999",
        "musings://artifacts/..%2F..%2Fetc",
        "musings://artifacts/1/../2",
        "musings://writings/x",
        "musings://prompts/1",
        "file:///etc/passwd",
    ],
)
def test_what_is_no_resource_is_refused(staffed_api: Api, uri: str) -> None:
    async def doing(client: Client) -> None:
        with pytest.raises(MCPError):
            await client.read_resource(uri)

    by_agent(staffed_api.address, doing)
