"""How many requests stay open at a time: beyond that, an answer that says when to come again."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from starlette.exceptions import HTTPException

from musings.api.places import COME_AGAIN_SECONDS, MOST_OPEN, Places
from tests.musings.api.conftest import WAIT, Api, problem
from tests.musings.api.streams import stream
from tests.waiting import until


@contextmanager
def opened(api: Api, count: int, target: str = "/api/events") -> Iterator[None]:
    """So many clients that ask, and then say and read nothing more."""
    with ExitStack() as stack:
        for _ in range(count):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", api.port), WAIT))
            client.sendall(f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        yield


def test_streams_without_number_are_told_to_come_again(api: Api) -> None:
    with opened(api, MOST_OPEN + 50):
        until(lambda: api.server.broadcaster.listeners == MOST_OPEN)
        refused = api.http.get("/api/events")
        assert "requests are open already" in problem(refused, 503)["detail"]
        assert refused.headers["Retry-After"] == str(COME_AGAIN_SECONDS)
        assert api.http.get("/healthz").json()["status"] == "ok"
        assert api.submit("a fox")["status"] == "pending"
    until(lambda: api.server.broadcaster.listeners == 0)
    with stream(api.address) as listening:
        assert listening.next().event == "queue"


def test_those_that_wait_for_a_prompt_count_as_well(api: Api) -> None:
    prompt = api.submit()["id"]
    with opened(api, MOST_OPEN, f"/api/prompts/{prompt}?wait=300"):
        until(lambda: api.server.broadcaster.waiters == MOST_OPEN)
        assert problem(api.http.get(f"/api/prompts/{prompt}", params={"wait": 300}), 503)
        assert api.http.get(f"/api/prompts/{prompt}").status_code == 200, "and who does not wait is answered"
        sent = api.http.post("/api/prompts", params={"wait": 300}, json={"prompt_text": "a hare"})
        assert (sent.status_code, sent.json()["status"]) == (201, "pending"), "taken, so it must be told"
    until(lambda: api.server.broadcaster.waiters == 0)


def test_calls_of_another_protocol_need_a_place_as_well(api: Api) -> None:
    with opened(api, MOST_OPEN):
        until(lambda: api.server.broadcaster.listeners == MOST_OPEN)
        refused = api.http.post("/v1/images/generations", json={"prompt": "a fox"})
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, str(COME_AGAIN_SECONDS))
        assert "requests are open already" in refused.json()["error"]["message"]
        assert api.http.get("/v1/models").status_code == 200, "and who does not wait is answered"
    assert api.http.get("/api/prompts").json()["items"] == [], "who is told to come again has begun nothing"
    until(lambda: api.server.broadcaster.listeners == 0)
    for _ in range(MOST_OPEN + 1):
        asked = {"input": "a fox", "background": True}
        assert api.http.post("/v1/responses", json=asked).status_code == 200, "each gives its place back"


def test_a_place_is_given_back() -> None:
    places = Places(1)
    for _ in range(3):
        places.take()
        with pytest.raises(HTTPException):
            places.take()
        places.give_back()
    assert places.taken == 0
