"""Servers that were woken go to sleep again, and no others; the time is the test's."""

import json
import socket
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from musings.errors import CommandError
from musings.makers.base import Sleeper
from musings.models import NewPrompt
from musings.requests.stored_makers import makers_of
from musings.sqlite import schema
from musings.sqlite.database import open_database
from musings.store import tables, times
from musings.store.database import Database
from musings.store.queue import pause, submission, woken_servers
from musings.worker import sleeping_servers
from musings.worker.sleeping_servers import SleepingServers
from tests.conftest import MakeSettings
from tests.fakes.comfy import ROOT
from tests.musings.worker.desks import AWAY, LONG, Desk, configured
from tests.ports import free_port
from tests.waiting import until

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
BOX = "http://box:8188"
WAKE = {"mac": "d8:bb:c1:01:23:45", "sleep_command": ["ssh", "box", "systemctl suspend"], "idle_minutes": 15}


@dataclass
class Box:
    """A server with a clock beside it. ``busy`` and ``broken`` are what comes in between."""

    now: datetime = NOON
    woken: bool = True
    busy: bool = False
    broken: bool = False
    slept: int = 0
    _ids: list[int] = field(default_factory=list)

    def let_sleep(self) -> bool:
        if self.broken:
            raise CommandError("ssh ended with code 255.", command=("ssh",), code=255)
        self.slept += not self.busy
        return not self.busy

    def sleepers(self) -> list[Sleeper]:
        return [Sleeper(BOX, 900.0, self.woken, self.let_sleep)]

    def after(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def database(make_settings: MakeSettings) -> Iterator[Database]:
    database = open_database(make_settings().database.path)
    schema.ensure(database)
    yield database
    database.close()


def care_of(make_settings: MakeSettings, database: Database, box: Box, **more: object) -> SleepingServers:
    settings = make_settings(media={"comfyui": {"hosts": [BOX], "wake": {BOX: WAKE}}}, **more)
    return SleepingServers(settings, database, box.sleepers, clock=lambda: box.now)


def test_one_that_was_woken_sleeps_after_its_idle_time(
    make_settings: MakeSettings, database: Database, box: Box
) -> None:
    care = care_of(make_settings, database, box)
    assert care.look() is None
    box.after(14)
    assert care.look() is None
    box.after(1)
    assert care.look() == {"servers": BOX}
    box.woken = False
    box.after(60)
    assert care.look() is None
    assert box.slept == 1


def test_it_is_remembered_by_the_next_worker(make_settings: MakeSettings, database: Database, box: Box) -> None:
    care_of(make_settings, database, box).look()
    box.woken = False  # another process knows nothing of it
    box.after(15)
    assert care_of(make_settings, database, box).look() == {"servers": BOX}


def test_one_that_somebody_else_has_woken_is_left_alone(
    make_settings: MakeSettings, database: Database, box: Box
) -> None:
    box.woken = False
    care = care_of(make_settings, database, box)
    care.look()
    box.after(600)
    assert care.look() is None
    assert box.slept == 0


def add(database: Database, **values: object) -> int:
    """A picture whose row says so."""
    made = database.writing(submission.add, NewPrompt("a fox", "image"))[0].id
    if values:
        with database.write() as connection:
            connection.execute(tables.prompts.update().where(tables.prompts.c.id == made).values(**values))
    return made


@pytest.mark.parametrize(
    ("values", "keeps"),
    [
        ({"status": "processing"}, True),
        ({}, True),
        ({"next_attempt_at": NOON + timedelta(minutes=20)}, True),
        ({"next_attempt_at": NOON + timedelta(hours=9)}, False),
        ({"waits_for": "comfyui", "next_attempt_at": NOON}, False),
        ({"held": True}, False),
        ({"status": "completed", "completed_at": NOON + timedelta(minutes=10)}, True),
        ({"status": "completed", "completed_at": NOON - timedelta(minutes=10)}, False),
        # A clock that was wrong when it ended does not keep a machine awake for ever.
        ({"status": "failed", "completed_at": NOON + timedelta(days=900)}, True),
        ({"status": "pending", "prompt_type": "text"}, False),
    ],
)
def test_work_keeps_it_awake(
    make_settings: MakeSettings, database: Database, box: Box, values: dict[str, object], keeps: bool
) -> None:
    care = care_of(make_settings, database, box)
    care.look()
    add(database, **values)
    box.after(15)
    assert (care.look() is None) is keeps


def test_what_does_not_run_now_keeps_nobody_awake(make_settings: MakeSettings, database: Database, box: Box) -> None:
    care = care_of(make_settings, database, box)
    care.look()
    add(database)
    database.writing(pause.set_paused, True)
    box.after(15)
    assert care.look() == {"servers": BOX}


def test_neither_does_a_kind_outside_its_hours(make_settings: MakeSettings, database: Database, box: Box) -> None:
    care = care_of(make_settings, database, box, processing={"hours": {"image": "23:00-07:00"}, "time_zone": "UTC"})
    care.look()
    add(database)
    box.after(15)
    assert care.look() == {"servers": BOX}


def test_it_stays_awake_for_others_and_where_the_command_fails(
    make_settings: MakeSettings, database: Database, box: Box
) -> None:
    care = care_of(make_settings, database, box)
    care.look()
    box.after(15)
    box.busy = True
    assert care.look() is None
    box.busy, box.broken = False, True
    assert care.look() is None
    box.broken = False
    assert care.look() == {"servers": BOX}


def test_a_clock_that_was_set_back_begins_the_idle_time_anew(
    make_settings: MakeSettings, database: Database, box: Box
) -> None:
    care = care_of(make_settings, database, box)
    care.look()
    box.after(-600)
    assert care.look() is None
    box.after(15)
    assert care.look() == {"servers": BOX}


def test_without_a_command_there_is_no_duty(make_settings: MakeSettings, database: Database, box: Box) -> None:
    with_one = make_settings(media={"comfyui": {"hosts": [BOX], "wake": {BOX: WAKE}}})
    without = make_settings(media={"comfyui": {"hosts": [BOX], "wake": {BOX: {**WAKE, "sleep_command": []}}}})
    assert len(sleeping_servers.duties(with_one, database, box.sleepers)) == 2
    assert sleeping_servers.duties(without, database, box.sleepers) == []


def test_a_prompt_wakes_the_box_and_waits_for_it(make_settings: MakeSettings, tmp_path: Path) -> None:
    """The whole way: nothing listens, a command starts a ComfyUI, the prompt completes, a command ends it again."""
    port, pid = free_port(), tmp_path / "pid"
    url = f"http://127.0.0.1:{port}"
    said = {
        "port": port,
        "root": str(tmp_path / "box"),
        "executions": str(tmp_path / "runs"),
        "step": 0.0,
        "paid": None,
    }
    server = [sys.executable, "-m", "tests.fakes.comfy", json.dumps(said)]
    # Started apart, as a machine is: a command and what it leaves behind are ended together.
    switch_on = (
        "import json, pathlib, subprocess, sys\n"
        "child = subprocess.Popen(json.loads(sys.argv[2]), cwd=sys.argv[3], start_new_session=True)\n"
        "pathlib.Path(sys.argv[1]).write_text(str(child.pid))\n"
    )
    switch_off = (
        "import os, pathlib, signal, sys\nos.kill(int(pathlib.Path(sys.argv[1]).read_text()), signal.SIGKILL)\n"
    )
    wake = {
        "command": [sys.executable, "-c", switch_on, str(pid), json.dumps(server), str(ROOT)],
        "within_seconds": 60,
        "sleep_command": [sys.executable, "-c", switch_off, str(pid)],
    }
    configured(make_settings, tmp_path, url)
    comfyui = {"hosts": [url], "unreachable_seconds": AWAY, "wake": {url: wake}}
    settings = make_settings(processing={"backoff_seconds": 0.01}, media={"comfyui": comfyui})
    desk = Desk(settings)
    makers = makers_of(settings, desk.database)
    with closing(desk.database), closing(makers):
        with desk.working():
            found = desk.ends(desk.add())
            assert (found.status, found.attempts_used) == ("completed", 1), found.error_message
            until(lambda: url in desk.database.reading(woken_servers.find), LONG)
        later = times.now() + timedelta(minutes=16)
        care = SleepingServers(settings, desk.database, makers.sleepers, clock=lambda: later)
        assert care.look() == {"servers": url}
        assert desk.database.reading(woken_servers.find) == {}
    until(lambda: not is_listening(port))


def is_listening(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True
