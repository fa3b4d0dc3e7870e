"""Liveness, readiness and figures: ready means that a prompt that is taken will be made."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from musings.models import Kind
from musings.process import identity
from musings.store.queue import schedule, workers
from musings.worker.housekeeper import Housekeeper
from tests.conftest import MakeSettings
from tests.musings.api.conftest import WAIT, Api, serving
from tests.waiting import until


@pytest.mark.parametrize("path", ["/health", "/healthz"])
def test_alive(lasting_api: Api, path: str) -> None:
    answer = lasting_api.http.get(path)
    assert answer.json() == {"status": "ok", "version": lasting_api.http.get("/openapi.json").json()["info"]["version"]}
    assert lasting_api.http.head(path).status_code == 200


def ready(api: Api) -> dict[str, bool]:
    answer = api.http.get("/readyz")
    checks = answer.json()["checks"]
    assert answer.json()["status"] == ("ready" if answer.status_code == 200 else "not ready")
    assert (answer.status_code == 200) == all(check["ok"] for check in checks.values())
    assert all(check["detail"] for check in checks.values())
    return {name: check["ok"] for name, check in checks.items()}


def sign_in(api: Api) -> None:
    api.database.writing(workers.sign_in, "w1", identity(os.getpid()), "text,image")


def test_ready_with_a_worker(api: Api) -> None:
    assert ready(api) == {"database": True, "media_root": True, "worker": False}
    sign_in(api)
    assert ready(api) == {"database": True, "media_root": True, "worker": True}
    api.database.writing(workers.sign_out, "w1")
    assert ready(api)["worker"] is False


def test_a_worker_of_another_host_is_believed_until_it_falls_silent(api: Api) -> None:
    sign_in(api)
    api.sqlite("UPDATE workers SET host = 'elsewhere', process = '1:1'")
    assert ready(api)["worker"] is True
    api.sqlite("UPDATE workers SET heartbeat_at = datetime('now', '-16 seconds')")
    assert ready(api)["worker"] is False


def test_ready_while_a_schedule_comes_by(api: Api) -> None:
    api.database.writing(schedule.begin_run, 5)
    api.database.writing(schedule.end_run)
    assert ready(api) == {"database": True, "media_root": True, "worker": True}
    detail = api.http.get("/readyz").json()["checks"]["worker"]["detail"]
    assert detail.startswith("a schedule works on the queue; its next look is due at 20")
    told = api.http.get("/api/queue/stats").json()["worker"]
    assert (told["mode"], told["alive"], told["pid"], told["message"]) == ("scheduled", False, None, detail)
    assert told["last_run_at"] == told["heartbeat_at"]
    assert told["next_run_at"] > told["last_run_at"]
    sign_in(api)
    told = api.http.get("/api/queue/stats").json()["worker"]
    assert (told["mode"], told["alive"], told["pid"]) == ("running", True, os.getpid())


def test_a_run_that_was_killed_does_not_end_its_schedule(api: Api) -> None:
    api.database.writing(schedule.begin_run, 5)
    sign_in(api)
    api.sqlite("UPDATE workers SET process = '99999999:1'")
    told = api.http.get("/api/queue/stats").json()["worker"]
    assert (told["mode"], told["alive"], told["pid"]) == ("scheduled", False, None)
    assert told["heartbeat_at"] == told["last_run_at"]
    assert ready(api)["worker"] is True


def test_a_schedule_that_stopped_is_told_as_such(api: Api) -> None:
    runs = '["2026-01-01 10:00:00.000000", "2026-01-01 10:05:00.000000"]'
    api.sqlite(f"INSERT INTO queue_state VALUES ('schedule', '{{\"runs\": {runs}}}')")
    assert ready(api)["worker"] is False
    detail = api.http.get("/readyz").json()["checks"]["worker"]["detail"]
    assert detail == "the schedule has not run since 2026-01-01 10:05 UTC"
    told = api.http.get("/api/queue/stats").json()["worker"]
    assert (told["mode"], told["alive"], told["next_run_at"]) == ("none", False, None)


def test_a_stuck_worker_is_noticed(api: Api) -> None:
    sign_in(api)
    api.sqlite("UPDATE workers SET heartbeat_at = datetime('now', '-16 seconds')")
    assert ready(api)["worker"] is False
    assert "stuck" in api.http.get("/readyz").json()["checks"]["worker"]["detail"]


def test_a_row_of_a_worker_that_makes_no_sense(api: Api) -> None:
    sign_in(api)
    for process in ("", "x:y", "-1:1", "99999999999999999999:1"):
        api.sqlite("UPDATE workers SET process = ?", process)
        assert ready(api)["worker"] is False


@pytest.fixture
def worker(api: Api) -> Iterator[subprocess.Popen[bytes]]:
    command = (sys.executable, "-m", "musings", "worker", "--config", str(api.settings.file))
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    yield child
    child.kill()
    child.wait()


def test_a_killed_worker_is_noticed_at_once(api: Api, worker: subprocess.Popen[bytes]) -> None:
    until(lambda: ready(api)["worker"], seconds=30)
    worker.send_signal(signal.SIGKILL)
    worker.wait(WAIT)
    assert ready(api)["worker"] is False
    assert str(worker.pid) in api.http.get("/readyz").json()["checks"]["worker"]["detail"]
    assert api.http.get("/api/queue/stats").json()["worker"]["alive"] is False


def test_a_missing_media_root(api: Api) -> None:
    shutil.rmtree(api.media_root.folder)
    assert ready(api)["media_root"] is False
    assert not api.media_root.folder.exists(), "asking must not make it"
    api.media_root.folder.write_text("a file in its place")
    assert ready(api)["media_root"] is False


def test_a_disk_that_is_nearly_full(make_settings: MakeSettings, fresh_database: Path) -> None:
    settings = make_settings(server={"port": 0}, media={"retention": {"min_free_gigabytes": 10**9}})
    with serving(settings, fresh_database) as api:
        assert ready(api)["media_root"] is False
        assert "prompts wait" in api.http.get("/readyz").json()["checks"]["media_root"]["detail"]
        stats = api.http.get("/api/queue/stats").json()
        assert (stats["disk_low"], stats["disk_message"]) == (False, None)
        Housekeeper(settings, api.database).allowed(list(Kind))
        stats = api.http.get("/api/queue/stats").json()
        assert stats["disk_low"] is True
        assert "must stay free (media.retention.min_free_gigabytes)" in stats["disk_message"]


@contextmanager
def as_anybody() -> Iterator[None]:
    """Root may write everywhere, so it becomes somebody else for a while."""
    if os.geteuid() != 0:
        yield
    elif not hasattr(os, "setresuid"):
        pytest.skip("root cannot become somebody else and come back here")
    else:
        os.setresuid(65534, 65534, 0)
        try:
            yield
        finally:
            os.setresuid(0, 0, 0)


def test_a_media_root_that_cannot_be_written(api: Api) -> None:
    api.media_root.folder.chmod(0o500)
    with as_anybody():
        assert ready(api)["media_root"] is False
    api.media_root.folder.chmod(0o700)
    assert ready(api)["media_root"] is True


@pytest.mark.parametrize("harm", ["damage", "remove", "newer", "foreign"])
def test_a_broken_database(api: Api, harm: str) -> None:
    path = api.settings.database.path
    api.database.engine.dispose()
    for part in path.parent.glob("musings.db-*"):
        part.unlink()
    if harm == "damage":
        path.write_bytes(b"This is no database, and it never was one. " * 200)
    elif harm == "remove":
        path.unlink()
        path.mkdir()
    elif harm == "newer":
        api.sqlite("UPDATE musings_schema SET version_num = '9999'")
    else:
        api.sqlite("DROP TABLE musings_schema")
    found = ready(api)
    assert (found["database"], found["media_root"]) == (False, True)
    assert api.http.get("/healthz").status_code == 200
    if harm in ("damage", "remove"):
        answer = api.http.get("/api/prompts")
        assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
        assert "musings_database_up 0.0" in api.http.get("/metrics").text


def test_a_damaged_table_is_not_ready(api: Api) -> None:
    sign_in(api)
    assert ready(api)["database"] is True
    with closing(sqlite3.connect(api.settings.database.path)) as connection:
        connection.executescript(
            "PRAGMA writable_schema = 1; UPDATE sqlite_schema SET rootpage = 999999 WHERE name = 'prompt_artifacts';"
        )
    api.database.engine.dispose()
    assert ready(api)["database"] is False
