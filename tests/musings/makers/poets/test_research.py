"""Web search as a tool of the agents, against a scripted service; its failure never fails a run."""

from collections.abc import Iterator

import pytest

from musings.makers.poets.research import Research, from_settings
from musings.makers.poets.server import LanguageServer
from musings.makers.poets.team import AutoGenTeam
from tests.conftest import MakeSettings
from tests.fakes.llm import FakeLLM, Reply, a_good_team, in_order
from tests.fakes.server import FakeServer, Handler, Seen
from tests.musings.makers.poets.conftest import Assign, Watcher


class FakeTavily(FakeServer):
    status = 200

    def serve(self, handler: Handler, seen: Seen) -> None:
        result = {"title": "Tides", "url": "http://sea", "content": "Twice a day."}
        handler.answer_json(self.status, {"results": [result]})


@pytest.fixture
def tavily() -> Iterator[FakeTavily]:
    server = FakeTavily()
    yield server
    server.close()


def research(url: str) -> Research:
    return Research(url, "tvly-key", max_results=3, timeout_seconds=2)


def test_a_search_is_made_and_told(llm: FakeLLM, server: LanguageServer, assign: Assign, tavily: FakeTavily) -> None:
    good = a_good_team()
    first = in_order([Reply(tool=("search_web", {"query": "tides"}))])
    llm.script = lambda seen: first(seen) if len(llm.chats) == 1 else good(seen)

    found = AutoGenTeam(research(tavily.url)).run(assign(), server, Watcher())

    assert tavily.requests[0].body == {"query": "tides", "max_results": 3}
    assert tavily.requests[0].headers["authorization"] == "Bearer tvly-key"
    assert found.turns[0].notes == ('asked search_web({"query": "tides"})', "found 31 characters")
    assert found.approved
    assert "Twice a day." in str(llm.chats[1].body["messages"])
    assert llm.chats[0].body["tools"][0]["function"]["name"] == "search_web"


def test_a_model_without_tools_writes_without_the_web(
    llm: FakeLLM, server: LanguageServer, assign: Assign, tavily: FakeTavily
) -> None:
    good = a_good_team()
    refused = Reply("poetic does not support tools", status=400)
    llm.script = lambda seen: refused if "tools" in seen.body else good(seen)

    found = AutoGenTeam(research(tavily.url)).run(assign(), server, Watcher())

    assert found.approved
    assert found.turns[0].notes == ("this model takes no tools, so it writes without the web",)
    assert tavily.requests == []


def test_a_search_that_fails_is_said_to_the_agent(tavily: FakeTavily) -> None:
    tavily.status = 500
    assert "Go on without it" in research(tavily.url).search("x")
    assert "Go on without it" in research("http://127.0.0.1:1").search("x")


def test_without_a_key_there_is_no_search(make_settings: MakeSettings) -> None:
    settings = make_settings(research={"enabled": True})
    assert from_settings(settings) is None
    with_key = settings.model_copy(update={"secrets": {"TAVILY_API_KEY": "k"}})
    assert from_settings(with_key) is not None
    assert "'k'" not in repr(from_settings(with_key))
    assert from_settings(make_settings().model_copy(update={"secrets": {"TAVILY_API_KEY": "k"}})) is None


def test_without_research_no_tool_is_offered(llm: FakeLLM, server: LanguageServer, assign: Assign) -> None:
    AutoGenTeam().run(assign(), server, Watcher())
    assert all("tools" not in chat.body for chat in llm.chats)
