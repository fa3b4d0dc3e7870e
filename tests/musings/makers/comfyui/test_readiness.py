"""How ready servers are for a graph, and which lacks the least."""

from collections.abc import Iterator

import pytest

from fake_comfyui.server import FakeComfy
from musings.errors import UnreachableError
from musings.makers.comfyui.client import ComfyServer
from musings.makers.comfyui.readiness import ServerReadiness, readiness_of, unable
from tests.musings.makers.comfyui.graphs import node, painting, picture


@pytest.fixture
def other() -> Iterator[ComfyServer]:
    with FakeComfy(models=("other.safetensors",)) as fake, ComfyServer(fake.url) as server:
        yield server


def test_each_says_what_it_lacks_and_how_busy_it_is(fake: FakeComfy, server: ComfyServer, other: ComfyServer) -> None:
    fake.faults.on("wedged-worker")
    server.submit(picture(), prompt_id="x", client_id="c")
    mine, others = readiness_of(painting(), [server, other], lambda: None)
    assert isinstance(mine, ServerReadiness)
    assert (mine.remaining, mine.lacking) == (1, [])
    assert isinstance(others, ServerReadiness)
    assert (others.remaining, len(others.lacking)) == (0, 1)


def test_a_wrong_value_is_no_lack(server: ComfyServer) -> None:
    """What the prompt says too much of is told when it runs; only what is not installed makes a server unfit."""
    graph = painting()
    graph["5"]["inputs"]["width"] = 7
    [found] = readiness_of(graph, [server], lambda: None)
    assert isinstance(found, ServerReadiness)
    assert found.lacking == []


def test_one_that_does_not_answer_holds_up_no_other(server: ComfyServer) -> None:
    with ComfyServer("http://127.0.0.1:9") as away:
        found = readiness_of(picture(), [away, server], lambda: None)
    assert isinstance(found[0], UnreachableError)
    assert isinstance(found[1], ServerReadiness)


def test_the_error_names_the_server_that_lacks_the_least(server: ComfyServer, other: ComfyServer) -> None:
    graph = painting() | {"20": node("NobodyHasThis"), "21": node("NorThis")}
    lacking = [
        (each, found.lacking)
        for each, found in zip((other, server), readiness_of(graph, [other, server], lambda: None), strict=True)
        if isinstance(found, ServerReadiness)
    ]
    told = unable(lacking)
    assert str(told).startswith(f"{server.url} (the nearest of 2 servers) cannot run this workflow.")
    assert "NobodyHasThis" in str(told)
    assert "Install what is missing" in (told.hint or "")
    assert "the nearest of" not in str(unable(lacking[:1]))
