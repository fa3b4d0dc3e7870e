"""The event stream: in order, nothing missed, and no listener in the way of another."""

import gc
import random
import socket
import sqlite3
import threading
from contextlib import ExitStack

import httpx
import pytest

from musings.models import Kind
from musings.store.gallery import prompts
from musings.store.queue import claims, endings, events, in_flight, workers
from tests.musings.api.conftest import WAIT, Api, problem
from tests.musings.api.streams import Event, stream
from tests.waiting import until


def test_the_stream_begins_with_the_queue_as_it_is(api: Api) -> None:
    api.submit()
    with stream(api.address) as listening:
        first = listening.next()
        assert listening.response.headers["content-type"].startswith("text/event-stream")
        assert listening.response.headers["cache-control"] == "no-cache"
    assert (first.event, first.data["pending"]) == ("queue", 1)
    assert first.data == api.http.get("/api/queue/stats").json() | {
        "oldest_pending_seconds": first.data["oldest_pending_seconds"]
    }


def test_the_life_of_a_prompt_in_order(api: Api) -> None:
    with stream(api.address) as listening:
        listening.next()
        made = api.submit(prompt_type="image")
        assert listening.prompt(1, "pending") == made
        claimed = api.database.writing(claims.claim, [Kind.IMAGE])
        assert claimed is not None
        listening.prompt(1, "processing")
        api.database.writing(in_flight.report_progress, 1, 1, {"value": 1, "max": 4, "stage": "rendering"})
        progress = listening.until(lambda e: e.event == "progress")[-1]
        assert progress.data == {
            "id": 1,
            "progress": {"value": 1, "max": 4, "stage": "rendering", "eta_seconds": None},
        }
        api.database.writing(events.tell, "preview", 1, '{"id": 1, "url": "data:image/png;base64,AA=="}')
        assert listening.until(lambda e: e.event == "preview")[-1].data["url"].startswith("data:image/png")
        api.database.writing(endings.complete, claimed, artifacts=[], writing=None, seconds=1, log="")
        done = listening.prompt(1, "completed")
        assert done == api.http.get("/api/prompts/1").json()


def test_the_queue_is_told_when_it_changes(api: Api) -> None:
    with stream(api.address) as listening:
        assert listening.next().data["paused"] is False
        api.http.post("/api/queue/pause")
        listening.until(lambda e: e.event == "queue" and e.data["paused"])
        api.http.post("/api/queue/resume")
        listening.until(lambda e: e.event == "queue" and not e.data["paused"])
        api.submit()
        listening.until(lambda e: e.event == "queue" and e.data["pending"] == 1)


def test_a_worker_that_comes_or_dies_is_told(api: Api) -> None:
    """It changes no prompt, and its death changes nothing in the database at all."""
    with stream(api.address) as listening:
        assert listening.next().data["worker"] is None
        api.database.writing(workers.sign_in, "w1", "1:not-the-start-time", "text")
        dead = listening.until(lambda e: e.event == "queue" and e.data["worker"] is not None)[-1]
        assert dead.data["worker"]["alive"] is False
        api.database.writing(workers.sign_out, "w1")
        listening.until(lambda e: e.event == "queue" and e.data["worker"] is None)


def test_rows_of_other_programs_appear(api: Api) -> None:
    with stream(api.address) as listening:
        listening.next()
        api.sqlite("INSERT INTO prompts (prompt_text, status) VALUES ('from a shell', 'unprocessed')")
        assert listening.prompt(1, "pending")["prompt_text"] == "from a shell"
        api.sqlite("UPDATE prompts SET status = 'completed' WHERE id = 1")
        listening.prompt(1, "completed")
        api.sqlite("DELETE FROM prompts WHERE id = 1")
        gone = listening.until(lambda e: e.event == "prompt")[-1]
        assert gone.data == {"id": 1, "prompt": None}


def test_what_cannot_be_read_stops_nobody(api: Api) -> None:
    api.submit()
    with stream(api.address) as listening:
        listening.next()
        for value in ("{", '{"value": "many"}', "[1]", '{"value": NaN}'):
            api.sqlite("UPDATE prompts SET progress = ? WHERE id = 1", value)
        api.sqlite("INSERT INTO prompt_events (event) VALUES ('poster')")
        api.sqlite("INSERT INTO prompt_events (event, prompt_id, data) VALUES ('prompt', 1, 'x')")
        api.sqlite("UPDATE prompts SET status = 'completed' WHERE id = 1")
        listening.prompt(1, "completed")


def test_what_was_missed_comes_first(api: Api) -> None:
    with stream(api.address) as listening:
        listening.next()
        api.submit("one")
        listening.prompt(1, "pending")
        last_id = listening.last_id
    api.submit("two")
    api.submit("three")
    api.http.post("/api/prompts/2/cancel")
    with stream(api.address, last_id) as again:
        seen = again.until(lambda e: e.event == "queue")
    told = [(event.data["id"], event.data["prompt"]["status"]) for event in seen[:-1]]
    assert sorted(told) == [(2, "cancelled"), (3, "pending")]
    assert [int(event.id) for event in seen] == sorted(int(event.id) for event in seen)


def test_a_reader_that_cannot_send_a_header_says_it_in_the_address(api: Api) -> None:
    """A page that takes over the stream of another; its own reconnections send the newer header, which counts."""
    with stream(api.address) as listening:
        first = listening.next().id
    api.submit("one")
    api.submit("two")
    with stream(api.address, query=f"?last_event_id={first}") as taken_over:
        assert {event.data["id"] for event in taken_over.until(lambda e: e.event == "queue")[:-1]} == {1, 2}
        last_id = taken_over.last_id
    api.submit("three")
    with stream(api.address, last_id, f"?last_event_id={first}") as again:
        assert [event.data["id"] for event in again.until(lambda e: e.event == "queue")[:-1]] == [3]


@pytest.mark.parametrize("reason", ["forgotten", "too many", "another database"])
def test_reset_when_the_journal_cannot_tell(api: Api, reason: str) -> None:
    for number in range(3):
        api.submit(f"prompt {number}")
    last_id = {"forgotten": "0", "too many": "1", "another database": "999999"}[reason]
    if reason == "forgotten":
        api.sqlite("DELETE FROM prompt_events WHERE id < 3")
    if reason == "too many":
        api.sqlite(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1100)"
            " INSERT INTO prompt_events (event, prompt_id) SELECT 'prompt', 1 FROM n"
        )
    with stream(api.address, last_id) as listening:
        assert [listening.next().event for _ in range(2)] == ["reset", "queue"]
        api.submit("the next")
        listening.prompt(4, "pending")


def test_reconnecting_after_nothing_tells_nothing(api: Api) -> None:
    api.submit()
    with stream(api.address) as listening:
        last_id = listening.next().id
    with stream(api.address, last_id) as again:
        assert again.next().event == "queue"


@pytest.mark.parametrize("last_id", ["-1", "newest", "1.5", "99999999999999999999"])
def test_an_id_that_is_none(lasting_api: Api, last_id: str) -> None:
    problem(lasting_api.http.get("/api/events", headers={"Last-Event-ID": last_id}), 422)
    problem(lasting_api.http.get("/api/events", params={"last_event_id": last_id}), 422)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nothing_is_missed_across_reconnects_while_rows_change(api: Api, seed: int) -> None:
    """Another program changes rows without pause; a reader that is cut off again and again ends with the truth."""
    chance = random.Random(seed)
    with stream(api.address) as listening:
        last_id: str | None = listening.next().id
    writer = threading.Thread(target=_change_rows, args=(api, random.Random(seed)))
    writer.start()
    view: dict[int, str | None] = {}
    try:
        while not _has_seen_the_end(view):
            with stream(api.address, last_id) as listening:
                for _ in range(chance.randint(1, 8)):
                    _apply(view, listening.next())
                    if _has_seen_the_end(view):
                        break
                last_id = listening.last_id
    finally:
        writer.join(WAIT)
    truth = {item["id"]: item["status"] for item in api.http.get("/api/prompts?limit=200").json()["items"]}
    assert {prompt_id: status for prompt_id, status in view.items() if status is not None} == truth


def _change_rows(api: Api, chance: random.Random) -> None:
    connection = sqlite3.connect(str(api.settings.database.path), isolation_level=None, timeout=WAIT)
    for _ in range(120):
        known = [row[0] for row in connection.execute("SELECT id FROM prompts")]
        act = chance.choice(("insert", "insert", "update", "update", "delete"))
        if act == "insert" or not known:
            connection.execute("INSERT INTO prompts (prompt_text) VALUES ('x')")
        elif act == "update":
            status = chance.choice(("pending", "processing", "completed", "failed"))
            connection.execute("UPDATE prompts SET status = ? WHERE id = ?", (status, chance.choice(known)))
        else:
            connection.execute("DELETE FROM prompts WHERE id = ?", (chance.choice(known),))
    connection.execute("INSERT INTO prompts (id, prompt_text, status) VALUES (1000, 'the end', 'completed')")
    connection.close()


def _apply(view: dict[int, str | None], event: Event) -> None:
    assert event.event != "reset"
    if event.event == "prompt":
        prompt = event.data["prompt"]
        view[event.data["id"]] = None if prompt is None else prompt["status"]


def _has_seen_the_end(view: dict[int, str | None]) -> bool:
    return 1000 in view


def test_a_burst_larger_than_a_batch_arrives_whole(api: Api) -> None:
    with stream(api.address) as listening:
        listening.next()
        api.sqlite(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900)"
            " INSERT INTO prompts (prompt_text) SELECT 'prompt ' || i FROM n"
        )
        seen = listening.until(lambda e: e.event == "prompt" and e.data["id"] == 900)
    assert {event.data["id"] for event in seen if event.event == "prompt"} == set(range(1, 901))


def test_many_listeners_hear_the_same(api: Api) -> None:
    with ExitStack() as stack:
        streams = [stack.enter_context(stream(api.address)) for _ in range(30)]
        for listening in streams:
            listening.next()
        assert api.server.broadcaster.listeners == 30
        api.submit()
        for listening in streams:
            listening.prompt(1, "pending")
    until(lambda: api.server.broadcaster.listeners == 0)


def test_who_goes_away_is_forgotten(api: Api) -> None:
    with stream(api.address) as listening:
        listening.next()
        assert api.server.broadcaster.listeners == 1
    until(lambda: api.server.broadcaster.listeners == 0)
    until(lambda: not _watchers())
    with stream(api.address) as listening:
        listening.next()
        api.submit()
        listening.prompt(1, "pending")


def test_who_goes_away_in_the_middle_of_events_is_forgotten_at_once(api: Api) -> None:
    """Not when the garbage is collected: until then every event would be made for it."""
    gc.disable()
    try:
        for _ in range(4):
            with ExitStack() as stack:
                streams = [stack.enter_context(stream(api.address)) for _ in range(20)]
                for listening in streams:
                    listening.next()
                for n in range(10):
                    api.submit(f"fox {n}")
                streams[0].next()  # the others have events on their way to them now
            until(lambda: api.server.broadcaster.listeners == 0)
    finally:
        gc.enable()


def _watchers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "events"]


def test_a_slow_listener_is_dropped_and_catches_up(api: Api) -> None:
    with socket.create_connection(("127.0.0.1", api.port), timeout=WAIT) as slow, stream(api.address) as quick:
        slow.sendall(b"GET /api/events HTTP/1.0\r\nHost: localhost\r\n\r\n")
        quick.next()
        until(lambda: api.server.broadcaster.listeners == 2)
        for _ in range(4):
            api.sqlite(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)"
                " INSERT INTO prompts (prompt_text) SELECT 'prompt ' || i || hex(randomblob(5000)) FROM n"
            )
        quick.prompt(1600, "pending")
        received = b""
        while chunk := slow.recv(1 << 20):
            received += chunk
    assert 0 < received.count(b"event: prompt") < 1600
    last_id = received.rpartition(b"\nid: ")[2].split()[0].decode()
    with stream(api.address, last_id) as again:
        assert again.next().event == "reset"


def test_the_server_stops_at_once_with_open_streams(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    with ExitStack() as stack:
        streams = [stack.enter_context(stream(api.address)) for _ in range(5)]
        for listening in streams:
            listening.next()
        api.server.should_exit = True
        for listening in streams:
            listening.rest()
    until(lambda: _refuses(api))
    assert "graceful shutdown exceeded" not in caplog.text, "it waited for the streams, then broke them off"


def _refuses(api: Api) -> bool:
    try:
        httpx.get(f"{api.address}/healthz")
    except httpx.TransportError:
        return True
    return False


def test_the_prompt_of_an_event_is_the_one_of_the_list(api: Api) -> None:
    api.submit(priority=3)
    api.submit(priority=1)
    with stream(api.address, "0") as listening:
        shown = {e.data["id"]: e.data["prompt"] for e in listening.until(lambda e: e.event == "queue")[:-1]}
    assert shown == {item["id"]: item for item in api.http.get("/api/prompts").json()["items"]}
    assert api.database.reading(prompts.by_ids, [1, 2, 3])[0].id == 1
