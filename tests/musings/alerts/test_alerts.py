"""Alerts, with a real webhook at the other end: told once, told when it is over, and by nobody twice."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, update

from musings import logs, process
from musings.alerts import book, channels, conditions, post
from musings.alerts.duty import duties
from musings.alerts.watch import crashed, watching
from musings.config.settings import Settings
from musings.engine.liveness import is_alive
from musings.errors import StoreError, UserFault
from musings.housekeeping.disk import DiskGuard
from musings.housekeeping.duties import Roster
from musings.makers.base import BackendState, Context
from musings.models import Job, Kind, NewPrompt, Outcome
from musings.sqlite import due
from musings.sqlite.database import open_database
from musings.store import times
from musings.store.alerts import notices, outages
from musings.store.alerts.notices import Notice
from musings.store.database import Database
from musings.store.housekeeping import disks
from musings.store.queue import claims, endings, pause, submission, workers
from musings.store.tables import alert_notices, alerts
from musings.store.tables import duties as duty_rows
from musings.worker.housekeeper import Housekeeper
from tests.conftest import MakeSettings
from tests.doubles import made_text
from tests.musings.alerts.webhook import Webhook
from tests.musings.worker.conftest import Hall, hall, until

__all__ = ["hall"]  # the fixture

TROUBLE = conditions.Condition("disk", True, Notice("The disk is nearly full", "0.1 GB", "failure"))
OVER = conditions.Condition("disk", False, Notice("There is room on the disk again", "Go on.", "success"))


def channel_names(settings: Settings) -> list[str]:
    return post.channels_of(settings.alerts.urls)


def deliver(settings: Settings, database: Database) -> int:
    return post.deliver(database, settings.alerts.urls, channels.send)


def hurry(database: Database) -> None:
    """Let the time pass until every notice is due."""
    for found in database.reading(notices.waiting):
        database.writing(notices.settle, found, found.left, times.now() - timedelta(seconds=1))


def put_off(database: Database, duty: str, due_at: datetime) -> None:
    with database.write() as connection:
        connection.execute(insert(duty_rows).values(name=duty, due_at=due_at))


def set_started(database: Database, prompt_id: int, minutes: float) -> None:
    when = (times.now() - timedelta(minutes=minutes)).strftime(times.FORMAT)
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE attempts SET started_at = ? WHERE prompt_id = ?", (when, prompt_id))


class TestTelling:
    def test_each_is_told_once_and_once_when_it_is_over(
        self, settings: Settings, database: Database, webhook: Webhook
    ) -> None:
        for each in (OVER, TROUBLE, TROUBLE, OVER, OVER, TROUBLE):
            book.enter(database, [each], channel_names(settings))
            deliver(settings, database)
        there, gone = "Musings: The disk is nearly full", "Musings: There is room on the disk again"
        assert webhook.titles == [there, gone, there]
        assert [each["type"] for each in webhook.posts] == ["failure", "success", "failure"]
        assert "0.1 GB" in webhook.posts[0]["message"]

    def test_what_cannot_be_told_changes_nothing(self, settings: Settings, database: Database) -> None:
        unknown = conditions.Condition("disk", None, TROUBLE.notice)
        assert book.enter(database, [unknown], channel_names(settings)) == 0
        book.enter(database, [TROUBLE], channel_names(settings))
        assert book.enter(database, [unknown], channel_names(settings)) == 0
        assert list(database.reading(notices.open_alerts)) == ["disk"]

    def test_two_processes_that_see_it_at_once_tell_it_once(
        self, settings: Settings, database: Database, webhook: Webhook
    ) -> None:
        start = threading.Barrier(2)

        def see() -> None:
            own = open_database(settings.database.path)
            start.wait()
            book.enter(own, [TROUBLE], channel_names(settings))
            deliver(settings, own)
            own.close()

        both = [threading.Thread(target=see) for _ in range(2)]
        for each in both:
            each.start()
        for each in both:
            each.join()
        assert len(webhook.posts) == 1


class TestDelivery:
    def test_a_channel_that_is_away_is_tried_again_later(
        self, settings: Settings, database: Database, webhook: Webhook
    ) -> None:
        webhook.status = 503
        book.enter(database, [TROUBLE], channel_names(settings))
        assert deliver(settings, database) == 0
        [waiting] = database.reading(notices.waiting)
        assert (waiting.left, waiting.tries) == (("1:json",), 1)
        assert waiting.at is not None
        assert 25 < (waiting.at - times.now()).total_seconds() <= 30
        assert deliver(settings, database) == 0
        assert webhook.refused == 1, "it is not due yet"
        hurry(database)
        deliver(settings, database)
        [waiting] = database.reading(notices.waiting)
        assert waiting.at is not None
        assert 55 < (waiting.at - times.now()).total_seconds() <= 60
        webhook.status = 200
        hurry(database)
        assert deliver(settings, database) == 1
        assert database.reading(notices.waiting) == []
        assert len(webhook.posts) == 1

    def test_only_the_channel_that_lacks_it_gets_it_again(
        self, make_settings: MakeSettings, database: Database, webhook: Webhook
    ) -> None:
        other = Webhook(status=500)
        other.start()
        settings = make_settings(alerts={"urls": [webhook.url, other.url, "nonsense://x"]})
        book.enter(database, [TROUBLE], channel_names(settings))
        deliver(settings, database)
        assert database.reading(notices.waiting)[0].left == ("2:json", "3:nonsense")
        other.status = 200
        hurry(database)
        deliver(settings, database)
        assert database.reading(notices.waiting)[0].left == ("3:nonsense",)
        assert (len(webhook.posts), len(other.posts)) == (1, 1)
        settings = make_settings(alerts={"urls": [webhook.url, other.url]})
        hurry(database)
        assert deliver(settings, database) == 1
        assert database.reading(notices.waiting) == []
        other.stop()

    def test_it_is_given_up_after_days(self, settings: Settings, database: Database, webhook: Webhook) -> None:
        webhook.status = 500
        book.enter(database, [TROUBLE], channel_names(settings))
        [found] = database.reading(notices.waiting)
        with database.write() as connection:
            connection.execute(
                update(alert_notices)
                .where(alert_notices.c.id == found.id)
                .values({name: times.now() - timedelta(days=4) for name in ("posted_at", "next_try_at")})
            )
        deliver(settings, database)
        assert database.reading(notices.waiting) == []
        assert list(database.reading(notices.open_alerts)) == ["disk"]

    def test_a_clock_set_back_does_not_hold_it_up(
        self, settings: Settings, database: Database, webhook: Webhook
    ) -> None:
        book.enter(database, [TROUBLE], channel_names(settings))
        [found] = database.reading(notices.waiting)
        database.writing(notices.settle, found, found.left, times.now() + timedelta(days=900))
        assert deliver(settings, database) == 1

    def test_addresses_are_repeated_nowhere(
        self, settings: Settings, database: Database, webhook: Webhook, tmp_path: Path
    ) -> None:
        logs.configure(settings.logging.model_copy(update={"level": "DEBUG"}), "musings-worker")
        for webhook.status in (500, 200):
            book.enter(database, [TROUBLE], channel_names(settings))
            hurry(database)
            deliver(settings, database)
        assert len(webhook.posts) == 1
        database.close()
        written = b"".join(
            path.read_bytes() for path in tmp_path.rglob("*") if path.suffix != ".json" and path.is_file()
        )
        assert b"nearly full" in written
        for secret in (b"s3cret-word", b"hook-t0ken"):
            assert secret not in written
        assert "s3cret" not in repr(settings)


class TestConditions:
    def fail(self, hall: Hall, *kinds: str) -> None:
        def fails(job: Job, context: Context) -> Outcome:
            raise UserFault("The model fox.safetensors is missing.")

        hall.double.act = fails
        for kind in kinds:
            hall.add("a fox", kind, max_attempts=1)
        hall.drain()

    def test_three_failures_of_a_kind_in_a_row(self, hall: Hall, webhook: Webhook) -> None:
        """The whole way: a real worker, a real webhook; one notice, then one that it is over."""
        self.fail(hall, "image", "image", "music", "music")
        assert webhook.posts == []
        self.fail(hall, "image_prompt")
        assert webhook.titles == ["Musings: 3 image prompts failed in a row"]
        assert "Prompts 1, 2, 5 failed" in webhook.posts[0]["message"]
        assert "fox.safetensors is missing" in webhook.posts[0]["message"]
        self.fail(hall, "image", "image")
        assert len(webhook.posts) == 1
        hall.double.act = made_text
        hall.add("a fox", "image")
        hall.drain()
        assert webhook.titles[1:] == ["Musings: Image prompts work again"]
        hall.drain()
        assert len(webhook.posts) == 2

    def test_the_last_look_of_a_run_is_a_look(
        self, settings: Settings, hall: Hall, database: Database, webhook: Webhook
    ) -> None:
        """However short ago the look before it was: nobody is there afterwards."""
        made = duties(settings, database, lambda: [])
        house = Housekeeper(settings, database, more=made)
        house.look()
        self.fail(hall, "image", "image", "image")
        with database.write() as connection:
            connection.execute(delete(alerts).where(alerts.c.key == "failures:image"))
        webhook.posts.clear()
        house.look()
        assert webhook.posts == []
        house.look(ending=True)
        assert webhook.titles == ["Musings: 3 image prompts failed in a row"]

    def test_a_notice_that_was_not_taken_is_work_for_the_door(
        self, settings: Settings, database: Database, webhook: Webhook
    ) -> None:
        path = str(database.path)
        for name in ("retention", "upkeep"):
            put_off(database, name, times.now() + timedelta(hours=1))
        assert not due.anything(path, media_only=False)
        webhook.status = 500
        book.enter(database, [TROUBLE], channel_names(settings))
        assert due.anything(path, media_only=False)
        deliver(settings, database)
        assert not due.anything(path, media_only=False), "its time has not come"
        hurry(database)
        assert due.anything(path, media_only=False)

    def test_an_adopted_past_is_no_alert(self, hall: Hall, webhook: Webhook) -> None:
        with hall.database.write() as connection:
            for _ in range(5):
                connection.exec_driver_sql(
                    "INSERT INTO prompts (prompt_text, prompt_type, status, completed_at, max_attempts)"
                    " VALUES ('old', 'image', 'failed', '2024-01-01', 3)"
                )
        hall.drain()
        assert webhook.posts == []

    def test_a_prompt_that_runs_for_long(self, settings: Settings, database: Database) -> None:
        prompt, _ = database.writing(submission.add, NewPrompt("a fox in the snow", "image"))
        taken = database.writing(claims.claim, [Kind.IMAGE])
        assert taken is not None
        set_started(database, prompt.id, 59)
        assert conditions.long_running(database, 60, {}) == []
        set_started(database, prompt.id, 61)
        [found] = conditions.long_running(database, 60, {})
        assert (found.wrong, found.notice.title) == (True, "Prompt 1 runs for more than 60 minutes")
        assert "61 minutes so far: a fox in the snow" in found.notice.body
        book.enter(database, [found], channel_names(settings))
        database.writing(endings.complete, taken, artifacts=[], writing=None, seconds=1, log="")
        [over] = conditions.long_running(database, 60, database.reading(notices.open_alerts))
        assert (over.wrong, over.notice.body) == (False, "It is completed now.")

    def test_a_clock_set_back_makes_nothing_long(self, database: Database) -> None:
        prompt, _ = database.writing(submission.add, NewPrompt("a fox", "image"))
        database.writing(claims.claim, [Kind.IMAGE])
        set_started(database, prompt.id, -10_000)
        assert conditions.long_running(database, 60, {}) == []

    def test_the_disk(self, database: Database, tmp_path: Path) -> None:
        free = [10]
        guard = DiskGuard(database, tmp_path, 1, lambda folder: free[0] * 10**8)
        told = []
        for free[0] in (11, 9, 10, 11):
            guard.is_low()
            told += [(each.wrong, each.notice.title) for each in conditions.low_disk(database)]
        low, room = (True, "The disk is nearly full"), (False, "There is room on the disk again")
        assert told == [room, low, low, room]

    def test_a_backend_is_down_when_it_stays_away_for_a_minute(self, database: Database) -> None:
        def look(reachable: bool, seconds_ago: float = 0) -> conditions.Condition:
            if seconds_ago:
                since = times.now() - timedelta(seconds=seconds_ago)
                database.writing(outages.begin, "http://gpu:8188", since)
            error = None if reachable else "connection refused"
            place = BackendState("comfyui", "http://gpu:8188", reachable, None, None, error)
            [found] = conditions.backends(database, [place], {})
            return found

        assert look(True).wrong is False
        assert look(False).wrong is None
        assert look(False, 59).wrong is None
        found = look(False, 61)
        assert (found.wrong, found.notice.body) == (True, "http://gpu:8188: connection refused")
        assert look(True).wrong is False
        assert look(False).wrong is None, "the minute begins anew"

    def test_a_backend_that_nobody_needs_any_more_is_over(self, settings: Settings, database: Database) -> None:
        wrong = conditions.Condition("backend:http://gpu:8188", True, TROUBLE.notice)
        book.enter(database, [wrong], channel_names(settings))
        [found] = conditions.backends(database, [], database.reading(notices.open_alerts))
        assert (found.key, found.wrong) == ("backend:http://gpu:8188", False)


class TestWorker:
    """Alerts never stand in its way."""

    def test_a_channel_that_hangs_holds_up_no_prompt(self, hall: Hall, webhook: Webhook) -> None:
        webhook.gate.clear()
        book.enter(hall.database, [TROUBLE], channel_names(hall.settings))
        hall.start()
        made = [hall.add(f"fox {n}") for n in range(5)]
        assert {hall.ends(each).status for each in made} == {"completed"}
        assert webhook.posts == []
        webhook.gate.set()

    def test_a_restart_repeats_nothing_and_forgets_nothing(
        self, settings: Settings, database: Database, webhook: Webhook
    ) -> None:
        book.enter(database, [TROUBLE], channel_names(settings))
        for _ in range(3):  # each a process of its own, as it were
            database.writing(disks.note, "here", TROUBLE.notice.body)
            Roster(database, duties(settings, database, list)).do(idle=True)
        assert len(webhook.posts) == 1

    def test_without_a_channel_nothing_is_looked_for(self, make_settings: MakeSettings, database: Database) -> None:
        def probe() -> list[BackendState]:
            raise StoreError("nobody asked")

        assert duties(make_settings(), database, probe) == []


@pytest.fixture
def dead_process() -> str:
    """The identity of a process that has ended."""
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    who = process.identity(child.pid)
    child.kill()
    child.communicate()
    return who


@pytest.fixture
def watched(settings: Settings, database: Database) -> Iterator[None]:
    with watching(settings, database, is_alive, look_seconds=0.05):
        yield


class TestDeadWorker:
    """Only the API can notice it."""

    def set_silent(self, database: Database, seconds: float) -> None:
        when = (times.now() - timedelta(seconds=seconds)).strftime(times.FORMAT)
        with database.write() as connection:
            connection.exec_driver_sql("UPDATE workers SET heartbeat_at = ?", (when,))

    @pytest.mark.usefixtures("watched")
    def test_a_worker_that_was_killed_is_told_and_its_return_too(
        self, database: Database, webhook: Webhook, dead_process: str
    ) -> None:
        database.writing(workers.sign_in, "w1", dead_process, "image")
        self.set_silent(database, 61)
        until(lambda: len(webhook.posts) == 1)
        assert webhook.titles == ["Musings: No worker works on the queue"]
        pid = dead_process.partition(":")[0]
        assert f"The worker (process {pid}) ended without a word at" in webhook.posts[0]["message"]
        database.writing(workers.sign_in, "w2", process.identity(os.getpid()), "image")
        until(lambda: len(webhook.posts) == 2)
        assert webhook.titles[1] == "Musings: Prompts are worked on again"

    def test_a_worker_may_be_away_for_a_moment(self, settings: Settings, database: Database, dead_process: str) -> None:
        database.writing(workers.sign_in, "w1", dead_process, "image")
        for seconds, expected in ((5, None), (59, None), (61, "without a word")):
            self.set_silent(database, seconds)
            said = crashed(database.reading(workers.latest))
            assert (said is None) if expected is None else expected in (said or "")

    @pytest.mark.parametrize(("minutes", "paused", "wrong"), [(14, False, False), (16, False, True), (16, True, False)])
    def test_prompts_that_nobody_takes(
        self, settings: Settings, database: Database, minutes: float, paused: bool, wrong: bool
    ) -> None:
        database.writing(submission.add, NewPrompt("a fox", "image"))
        when = (times.now() - timedelta(minutes=minutes)).strftime(times.FORMAT)
        with database.write() as connection:
            connection.exec_driver_sql("UPDATE prompts SET created_at = ?", (when,))
        database.writing(pause.set_paused, paused)
        [found] = conditions.worker(database, settings, lambda: None, alive=False)
        assert found.wrong is wrong
        assert conditions.worker(database, settings, lambda: None, alive=True)[0].wrong is False

    def test_a_scheduled_run_is_given_its_time(self, make_settings: MakeSettings, database: Database) -> None:
        settings = make_settings(service={"interval_minutes": 60})
        database.writing(submission.add, NewPrompt("a fox", "image"))
        when = (times.now() - timedelta(minutes=170)).strftime(times.FORMAT)
        with database.write() as connection:
            connection.exec_driver_sql("UPDATE prompts SET created_at = ?", (when,))
        assert conditions.worker(database, settings, lambda: None, alive=False)[0].wrong is False
