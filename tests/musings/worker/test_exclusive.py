"""What a host has once: one at a time holds it, the others wait, say so, and can be stopped."""

import json
import threading
from pathlib import Path

import pytest

from musings.errors import Cancelled, TimedOut
from musings.models import Kind
from musings.sqlite.location import Location
from musings.store.database import Database
from musings.store.queue import events
from musings.worker.context import AttemptContext
from musings.worker.standalone import make
from tests.conftest import MakeSettings
from tests.musings.worker.conftest import until
from tests.musings.worker.script_runs import configured


def test_what_the_host_has_once_is_waited_for_and_the_wait_is_said(database: Database, context: AttemptContext) -> None:
    other = database.dialect.host_lock("graphics card")
    other.acquire()
    inside = threading.Event()

    def work() -> None:
        with context.alone("graphics card", "waiting for the card"):
            inside.set()

    waiting = threading.Thread(target=work)
    waiting.start()
    until(lambda: "in use (process" in context.logged)
    assert not inside.is_set()
    told = [json.loads(each.data or "") for each in database.reading(events.after, 0) if each.event == "progress"]
    assert {each["stage"] for each in told} <= {"waiting for the card"}
    other.release()
    waiting.join()
    assert inside.is_set()
    assert context.logged.count("in use") == 1
    assert not other.is_held()


def test_who_waits_for_what_the_host_has_once_can_be_cancelled(database: Database, context: AttemptContext) -> None:
    other = database.dialect.host_lock("graphics card")
    other.acquire()
    context.cancel()
    with pytest.raises(Cancelled), context.alone("graphics card", "waiting for the card"):
        pytest.fail("somebody else holds it")
    assert other.is_held()
    other.release()


def test_what_the_host_has_once_is_free_again_when_the_work_fails(database: Database, context: AttemptContext) -> None:
    with pytest.raises(OSError, match="torn"), context.alone("graphics card", "waiting"):
        raise OSError("torn")
    assert not database.dialect.host_lock("graphics card").is_held()


def test_a_pipeline_that_runs_alone_waits_for_the_workers_script(
    make_settings: MakeSettings, tmp_path: Path, database: Database
) -> None:
    settings = configured(make_settings, tmp_path)
    settings = settings.model_copy(
        update={"processing": settings.processing.model_copy(update={"timeout_seconds": 0.1})}
    )
    worker = Location(settings.database.path).host_lock("graphics card")
    worker.acquire()
    with pytest.raises(TimedOut, match="longer than the limit"):
        make(Kind.IMAGE, {"id": 1, "prompt_text": "a fox"}, settings)
    assert not list(tmp_path.rglob("*.png"))
    worker.release()
