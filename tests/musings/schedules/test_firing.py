"""Schedules fire once: whoever does it, wherever it is killed, and however long the machine slept."""

import multiprocessing
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import pytest

from musings.chains import states
from musings.chains.starting import RunRequest
from musings.errors import BusyError
from musings.requests.request import PromptRequest
from musings.schedules import acts
from musings.schedules.firing import ASK_AGAIN, CERTAIN_SECONDS, PATIENCE_SECONDS, ScheduleWatch
from musings.schedules.headlines import HeadlineSource
from musings.sqlite import due as front_door
from musings.sqlite.database import open_database
from musings.store import times
from musings.store.queue import pause
from musings.store.schedules import schedules
from tests.musings.schedules import dying
from tests.musings.schedules.newspaper import published
from tests.musings.schedules.planning import Planner
from tests.musings.store.adding import add, shell

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload([dying.__name__])


def test_a_time_that_has_come_makes_a_prompt(planner: Planner) -> None:
    kept = planner.due()
    assert planner.firings.due() == 1
    [made] = planner.prompts()
    assert (made.prompt_text, made.prompt_type) == ("a poem about the morning", "poem")
    assert made.metadata == {"schedule": "morning"}
    row = planner.get(kept.id)
    assert (row.last_prompt_id, row.last_error) == (made.id, None)
    assert row.next_at is not None
    assert row.next_at > times.now()
    assert planner.firings.due() == 0


def test_a_week_of_missed_times_is_made_up_for_once(planner: Planner) -> None:
    kept = planner.due(days=7)
    assert (planner.firings.due(), planner.firings.due()) == (1, 0)
    assert len(planner.prompts()) == 1
    expected = acts.recurrence_of(kept).after(times.now())
    assert planner.get(kept.id).next_at == expected


def test_a_time_that_was_written_by_hand_counts(planner: Planner) -> None:
    planner.keep()
    shell(planner.database, "UPDATE musings_schedules SET next_at = '2026-01-01 06:00:00'")
    assert (planner.firings.due(), planner.firings.due()) == (1, 0)
    assert len(planner.prompts()) == 1


def test_a_chain_is_started(planner: Planner) -> None:
    kept = planner.due(wanted=RunRequest("illustrated-story", "a fox", {"chapters": 2}))
    assert planner.firings.due() == 1
    run_id = planner.get(kept.id).last_musing_id
    assert run_id is not None
    assert planner.database.reading(states.of, run_id).run.idea == "a fox"
    assert len(planner.prompts()) == 1


def test_of_two_who_read_it_one_fires(planner: Planner) -> None:
    row, now = planner.due(), times.now()
    assert planner.firings.fire(row, now)
    assert not planner.firings.fire(row, now)
    assert len(planner.prompts()) == 1


def test_many_at_once_make_one(planner: Planner) -> None:
    row, together = planner.due(), threading.Barrier(4)
    fired = []

    def work() -> None:
        with closing(open_database(planner.database.path or "")) as database:
            together.wait()
            fired.append(Planner(database).firings.fire(row, times.now()))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(fired) == [False, False, False, True]
    assert len(planner.prompts()) == 1


def test_a_change_by_a_person_meanwhile_wins(planner: Planner) -> None:
    row = planner.due()
    acts.change(planner.room, row.id, {"wanted": PromptRequest("another poem", "poem")})
    assert not planner.firings.fire(row, times.now())
    assert planner.firings.due() == 1  # it is due still, with what was asked for now
    assert [each.prompt_text for each in planner.prompts()] == ["another poem"]
    removed = planner.due("noon")
    planner.database.writing(schedules.remove, removed.id)
    assert not planner.firings.fire(removed, times.now())


@pytest.mark.parametrize(
    "wanted", [PromptRequest("a fox", "poem"), RunRequest("illustrated-story", "a fox")], ids=["prompt", "chain"]
)
def test_killed_at_any_statement_it_is_made_once(planner: Planner, wanted: PromptRequest | RunRequest) -> None:
    path, number, killed = planner.database.path, 0, True
    assert path is not None
    while killed:
        number += 1
        kept = planner.due(f"schedule {number}", wanted=wanted)
        before = len(planner.prompts())
        child = FORKS.Process(target=dying.fire, args=(path, number))
        child.start()
        child.join()
        killed = child.exitcode != 0
        made = len(planner.prompts()) - before
        is_moved = planner.get(kept.id).next_at != kept.next_at
        assert (made, is_moved) in ((0, False), (1, True)), f"killed at statement {number}"
        assert planner.firings.due() == (0 if is_moved else 1)
        assert len(planner.prompts()) == before + 1
    assert number > 5, "nothing was killed in the middle"


def test_what_cannot_be_made_any_more_says_why_and_disturbs_nothing(planner: Planner) -> None:
    broken, well = planner.due("broken"), planner.due("well")
    shell(
        planner.database,
        "UPDATE musings_schedules SET request = ? WHERE id = ?",
        '{"prompt": {"prompt_text": "x", "prompt_type": "opera"}}',
        broken.id,
    )
    assert planner.firings.due() == 2
    row = planner.get(broken.id)
    assert row.last_error is not None
    assert "opera" in row.last_error
    assert row.next_at is not None
    assert row.next_at > times.now()
    assert planner.get(well.id).last_prompt_id == planner.prompts()[0].id
    # The next time that works takes the words away.
    acts.run_now(planner.room, acts.change(planner.room, broken.id, {"wanted": PromptRequest("x", "poem")}).id)
    assert planner.get(broken.id).last_error is None


def test_a_full_queue_is_said_and_the_next_time_comes(planner: Planner) -> None:
    kept = planner.due()
    add(planner.database)
    planner.max_pending = 1
    assert planner.firings.due() == 1
    assert "wait already" in (planner.get(kept.id).last_error or "")
    assert (len(planner.prompts()), planner.firings.due()) == (1, 0)


def test_a_rule_that_cannot_be_read_any_more_fires_no_more(planner: Planner) -> None:
    kept = planner.due()
    shell(planner.database, "UPDATE musings_schedules SET time_zone = 'Mars/Olympus'")
    assert planner.firings.due() == 1
    row = planner.get(kept.id)
    assert "no time zone" in (row.last_error or "")
    assert (row.next_at, planner.firings.due()) == (None, 0)


def test_the_last_time_of_a_rule_ends_it(planner: Planner) -> None:
    tomorrow = times.now() + timedelta(days=1)
    kept = planner.keep(rule=f"FREQ=DAILY;BYHOUR=0;UNTIL={tomorrow:%Y%m%dT235959Z}")
    shell(planner.database, "UPDATE musings_schedules SET rule = ?", f"FREQ=DAILY;UNTIL={times.now():%Y%m%dT000000Z}")
    planner.set_next(kept.id, times.now() - timedelta(seconds=1))
    assert planner.firings.due() == 1
    assert (planner.get(kept.id).next_at, len(planner.prompts())) == (None, 1)


def test_a_pause_of_the_queue_holds_them_and_is_made_up_for_once(planner: Planner) -> None:
    planner.due(days=2)
    path = str(planner.database.path)
    assert front_door.anything(path, False)
    planner.database.writing(pause.set_paused, True)
    assert not front_door.anything(path, False)
    assert planner.firings.due() == 0
    planner.database.writing(pause.set_paused, False)
    assert planner.firings.due() == 1
    assert len(planner.prompts()) == 1


def test_a_clock_that_was_years_ahead_is_planned_anew(planner: Planner) -> None:
    kept = planner.keep()
    far = times.now() + timedelta(days=800)
    shell(planner.database, "UPDATE musings_schedules SET planned_at = ?", far.strftime(times.FORMAT))
    planner.set_next(kept.id, far)
    assert front_door.anything(str(planner.database.path), False)
    assert planner.firings.due() == 0
    assert planner.get(kept.id).next_at == kept.next_at
    assert planner.prompts() == []
    assert not front_door.anything(str(planner.database.path), False)


def test_a_clock_that_was_set_back_a_little_fires_nothing_twice(planner: Planner) -> None:
    planner.due()
    assert planner.firings.due() == 1
    assert planner.database.reading(schedules.due, times.now() - timedelta(hours=2), 10) == []


class Clock:
    def __init__(self) -> None:
        self.now = 100.0
        self.told: Iterator[bool] = iter(())
        self.asked = 0

    def __call__(self) -> float:
        return self.now

    def changed(self) -> bool:
        self.asked += 1
        return next(self.told, False)

    def wait(self, seconds: float) -> bool:
        raise NotImplementedError

    def wake(self) -> None:
        raise NotImplementedError


def test_a_look_asks_the_database_only_when_there_is_a_reason(planner: Planner) -> None:
    clock = Clock()
    watch = ScheduleWatch(planner.firings, clock, lambda: False, clock)
    asked = 0
    real = planner.database.read

    def counting() -> object:
        nonlocal asked
        asked += 1
        return real()

    planner.database.read = counting  # type: ignore[method-assign, assignment]
    watch.look()
    assert asked == 2
    for _ in range(20):
        watch.look()
    assert (asked, clock.asked) == (2, 21)
    planner.due()
    asked, clock.told = 0, iter([True])
    watch.look()
    assert len(planner.prompts()) == 1
    watch.look()  # at once again: more may be due than is read in one go
    asked = 0
    watch.look()
    assert asked == 0
    clock.now += CERTAIN_SECONDS
    watch.look()
    assert asked > 0


def test_a_time_that_comes_is_a_reason(planner: Planner) -> None:
    clock = Clock()
    watch = ScheduleWatch(planner.firings, clock, lambda: False, clock)
    kept = planner.keep()
    planner.set_next(kept.id, times.now() + timedelta(seconds=0.3))
    watch.look()
    pause_ = threading.Event()
    while not planner.prompts():
        pause_.wait(0.02)
        watch.look()
    assert planner.get(kept.id).last_prompt_id is not None


def test_a_database_that_does_not_serve_is_left_alone_for_a_while(planner: Planner) -> None:
    clock = Clock()
    planner.due()
    watch = ScheduleWatch(planner.firings, clock, lambda: False, clock)

    def busy() -> bool:
        raise BusyError("locked")

    clock.changed = busy  # type: ignore[method-assign]
    watch.look()
    del clock.changed
    watch.look()
    assert planner.prompts() == []
    clock.now += PATIENCE_SECONDS
    watch.look()
    assert len(planner.prompts()) == 1


def test_the_headlines_of_that_moment_are_in_what_is_made(planner: Planner) -> None:
    planner.allowed_hosts = ("127.0.0.1",)
    with published() as paper:
        source = HeadlineSource(paper.url, 2)
        planner.due(wanted=PromptRequest("a poem of {{headlines}}", "poem"), headlines=source)
        planner.due("fogs", wanted=RunRequest("musing", "of {{headlines}}"), headlines=source)
        assert planner.firings.due() == 2
    told = "Fog over the harbour; A whale & its calf"
    assert {each.prompt_text for each in planner.prompts()} == {f"a poem of {told}", f"of {told}"}


def test_a_feed_that_is_away_loses_nothing_and_says_so(planner: Planner) -> None:
    planner.allowed_hosts = ("127.0.0.1",)
    with published() as paper:
        source = HeadlineSource(paper.url, 1)
        # Half a day away, so that the regular time does not come first.
        rule = f"FREQ=DAILY;BYHOUR={(times.now().hour + 12) % 24};BYMINUTE=0"
        wanted = PromptRequest("a poem of {{headlines}}", "poem")
        kept = planner.due(wanted=wanted, headlines=source, rule=rule, time_zone="UTC")
        paper.status = 503
        before = times.now() - timedelta(milliseconds=1)
        assert planner.firings.due() == 1
        row = planner.get(kept.id)
        assert (row.last_error or "").endswith("it answered 503. It is asked again every 10 minutes.")
        assert row.next_at is not None
        assert before + ASK_AGAIN <= row.next_at <= times.now() + ASK_AGAIN
        assert planner.prompts() == []
        paper.status = 200
        planner.set_next(kept.id, times.now() - timedelta(seconds=1))
        assert planner.firings.due() == 1
    [made] = planner.prompts()
    assert made.prompt_text == "a poem of Fog over the harbour"
    row = planner.get(kept.id)
    assert (row.last_error, row.last_prompt_id) == (None, made.id)
    assert row.next_at == acts.recurrence_of(row).after(times.now())


def test_the_next_regular_time_comes_first_where_it_is_sooner(planner: Planner) -> None:
    planner.allowed_hosts = ("127.0.0.1",)
    source = HeadlineSource("http://127.0.0.1:9/", 1)
    wanted = PromptRequest("a poem of {{headlines}}", "poem")
    kept = planner.due(wanted=wanted, headlines=source, rule="FREQ=MINUTELY;INTERVAL=2")
    assert planner.firings.due() == 1
    row = planner.get(kept.id)
    assert row.next_at is not None
    assert row.next_at <= times.now() + timedelta(minutes=2)
    assert "does not answer" in (row.last_error or "")


def test_a_source_that_no_version_wrote_is_said(planner: Planner) -> None:
    kept = planner.due()
    shell(
        planner.database,
        """UPDATE musings_schedules SET request = '{"prompt": {"prompt_text": "x"}, "headlines": 1}' WHERE id = ?""",
        kept.id,
    )
    assert planner.firings.due() == 1
    assert "does not know" in (planner.get(kept.id).last_error or "")
