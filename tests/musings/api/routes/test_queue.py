"""The queue over HTTP: pause, resume and its figures."""

import os
import threading

import pytest

from musings.api.broadcast import Broadcaster, Listener, Message
from musings.process import identity
from musings.store.queue import workers
from tests.musings.api.conftest import Api


def sign_in(api: Api) -> None:
    api.database.writing(workers.sign_in, "w1", identity(os.getpid()), "text,image")


def test_pause_and_resume(api: Api) -> None:
    for _ in range(2):
        assert api.http.post("/api/queue/pause").json()["paused"] is True
    for _ in range(2):
        assert api.http.post("/api/queue/resume").json()["paused"] is False


def test_stats_of_an_empty_queue(api: Api) -> None:
    assert api.http.get("/api/queue/stats").json() == {
        "paused": False,
        "by_status": {"pending": 0, "processing": 0, "completed": 0, "failed": 0, "cancelled": 0},
        "by_kind": {},
        "pending": 0,
        "processing": 0,
        "oldest_pending_seconds": None,
        "running": [],
        "rate_per_hour": 0,
        "eta_seconds": {"p50": None, "p90": None},
        "worker": None,
        "disk_low": False,
        "disk_message": None,
        "hours_message": None,
        "engine": {"text": True, "image": True, "music": True, "voice": True, "video": True},
    }


def test_the_eta_follows_what_prompts_took(api: Api) -> None:
    api.keep("image/1_x/a.png", b"x")
    api.sqlite("UPDATE prompts SET processing_duration = 10")
    for _ in range(3):
        api.submit(prompt_type="image")
    assert api.http.get("/api/queue/stats").json()["eta_seconds"] == {"p50": None, "p90": None}  # nobody works
    sign_in(api)
    assert api.http.get("/api/queue/stats").json()["eta_seconds"] == {"p50": 30, "p90": 30}


def test_a_stream_listens_before_its_head_is_sent(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page reads its lists at the head; what happened between that and the listening never reached it."""
    head, came_first = threading.Event(), []
    listen = Broadcaster.open

    def slow(self: Broadcaster, listener: Listener, last_id: int | None) -> list[Message]:
        came_first.append(head.wait(0.5))
        return listen(self, listener, last_id)

    monkeypatch.setattr(Broadcaster, "open", slow)
    with api.http.stream("GET", "/api/events"):
        head.set()
    assert came_first == [False]
