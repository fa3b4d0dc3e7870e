"""What a client does when something is in the way: tried again where that is safe, and never twice where it is not."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from musings.client import Client, MusingsError, NotFoundError, ServerUnavailable, TooManyRequests
from musings.remote import operations
from tests.musings.api.conftest import Api
from tests.musings.remote.between import Between, Fault, between
from tests.ports import free_port
from tests.waiting import until


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "FIRST_PAUSE", 0.01)


@pytest.fixture
def way(staffed_api: Api) -> Iterator[Between]:
    with between(staffed_api.address) as found:
        yield found


@pytest.fixture
def client(way: Between) -> Iterator[Client]:
    with Client(way.url, patience=5) as found:
        yield found


def test_a_prompt_whose_answer_was_lost_is_one_prompt(way: Between, client: Client, staffed_api: Api) -> None:
    way.faults.append(Fault("/api/prompts", times=2, lost=True))
    made = client.submit("a fox of whom no answer tells", prompt_type="poem")
    assert way.calls("/api/prompts") == 3
    assert len({headers["idempotency-key"] for _, path, headers in way.seen if path == "/api/prompts"}) == 1
    found = client.prompts(search="whom no answer tells").items
    assert [each.id for each in found] == [made.id]


def test_two_submissions_are_two_prompts(client: Client) -> None:
    assert client.submit("a wren", prompt_type="poem").id != client.submit("a wren", prompt_type="poem").id


def test_one_key_of_the_callers_is_one_prompt(client: Client) -> None:
    made = [client.submit("an owl", prompt_type="poem", idempotency_key="owl-1").id for _ in range(2)]
    assert made[0] == made[1]
    with pytest.raises(MusingsError, match="Idempotency-Key"):
        client.submit("a hawk", prompt_type="poem", idempotency_key="owl-1")


def test_a_cancellation_whose_answer_was_lost_is_not_sent_again(way: Between, client: Client) -> None:
    made = client.submit("a fox", prompt_type="poem")
    client.wait(made.id)
    path = f"/api/prompts/{made.id}/cancel"
    way.faults.append(Fault(path, lost=True))
    with pytest.raises(ServerUnavailable) as caught:
        client.cancel(made.id)
    assert "It may have been done all the same" in caught.value.explained
    assert way.calls(path) == 1


def test_retry_after_is_waited_for(way: Between, client: Client) -> None:
    way.faults.append(Fault("/api/prompts", status=429, headers={"retry-after": "1"}))
    before = len(way.seen)
    assert client.submit("a fox", prompt_type="poem").id
    assert len(way.seen) == before + 2


@pytest.mark.parametrize(("status", "kind"), [(429, TooManyRequests), (503, ServerUnavailable)])
def test_a_wait_beyond_the_patience_is_said(way: Between, client: Client, status: int, kind: type[Exception]) -> None:
    way.faults.append(Fault("/api/prompts", status=status, headers={"retry-after": "3600"}))
    with pytest.raises(kind) as caught:
        client.submit("a fox", prompt_type="poem")
    assert isinstance(caught.value, ServerUnavailable)
    assert caught.value.retry_after == 3600
    assert way.calls("/api/prompts") == 1


def test_no_server_is_said(staffed_api: Api) -> None:
    port = free_port()
    with Client(f"http://127.0.0.1:{port}", patience=0.1) as client, pytest.raises(ServerUnavailable) as caught:
        client.submit("a fox")
    assert f"127.0.0.1:{port}" in caught.value.explained
    assert "Is it running" in caught.value.explained


def test_it_waits_where_no_stream_comes_through(way: Between, client: Client, staffed_api: Api) -> None:
    staffed_api.http.post("/api/queue/pause")
    way.faults.append(Fault("/api/events", times=99, status=404))
    made = client.submit("a haiku about rain", prompt_type="poem")

    def go_on() -> None:
        until(lambda: any(path.startswith(f"/api/prompts/{made.id}?wait=") for _, path, _ in list(way.seen)))
        staffed_api.http.post("/api/queue/resume")

    going = threading.Thread(target=go_on)
    going.start()
    try:
        assert client.wait(made.id).succeeded
        assert way.calls("/api/events") == 2
    finally:
        going.join()
        staffed_api.http.post("/api/queue/resume")


def test_it_waits_on_where_a_stream_breaks_off(way: Between, client: Client, staffed_api: Api) -> None:
    staffed_api.http.post("/api/queue/pause")
    way.faults.append(Fault("/api/events", cut=True))
    made = client.submit("a haiku about snow", prompt_type="poem")
    resumed: list[bool] = []

    def go_on(_queue: object) -> None:
        if way.calls("/api/events") > 1 and not resumed:
            resumed.append(True)
            staffed_api.http.post("/api/queue/resume")

    try:
        assert client.wait(made.id, on_queue=go_on).succeeded
        assert way.calls("/api/events") == 2
    finally:
        staffed_api.http.post("/api/queue/resume")


def test_what_ended_before_is_told_at_once(way: Between, client: Client) -> None:
    made = client.submit("a haiku about rain", prompt_type="poem")
    client.wait(made.id)
    assert client.wait(made.id).succeeded
    assert client.wait(made.id, timeout=0).succeeded


def test_a_prompt_that_was_thrown_away_is_said(client: Client, staffed_api: Api) -> None:
    staffed_api.http.post("/api/queue/pause")
    try:
        made = client.submit("a haiku about rain", prompt_type="poem")
        thrown: list[int] = []

        def throw(_queue: object) -> None:
            if not thrown:
                thrown.append(staffed_api.http.delete(f"/api/prompts/{made.id}").status_code)

        with pytest.raises(NotFoundError):
            client.wait(made.id, on_queue=throw)
        assert thrown == [204]
    finally:
        staffed_api.http.post("/api/queue/resume")


def test_a_file_that_came_in_part_is_fetched_again(way: Between, client: Client, tmp_path: Path) -> None:
    made = client.submit("a fox", prompt_type="image", parameters={"width": 64, "height": 64})
    done = client.wait(made.id)
    path = f"/api/artifacts/{done.artifacts[0].id}"
    way.faults.append(Fault(path, times=2, cut=True))
    [kept] = client.download(done, tmp_path)
    assert kept.stat().st_size == done.artifacts[0].metadata["bytes"]
    assert way.calls(path) == 3


def test_other_bytes_than_were_recorded_are_not_kept(way: Between, client: Client, tmp_path: Path) -> None:
    made = client.submit("a fox", prompt_type="image", parameters={"width": 64, "height": 64})
    done = client.wait(made.id)
    old = client.download(done, tmp_path)[0].read_bytes()
    way.faults.append(Fault(f"/api/artifacts/{done.artifacts[0].id}", status=200, body=b"something else"))
    with pytest.raises(MusingsError, match="other bytes"):
        client.download(done, tmp_path)
    [path] = tmp_path.iterdir()
    assert path.read_bytes() == old
