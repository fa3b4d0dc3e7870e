"""Crashes: the real runner, killed by SIGKILL anywhere, loses nothing and does nothing twice."""

import random
import signal
import sqlite3
import subprocess
import threading
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from musings import process
from musings.locate import lock_path
from musings.models import Kind, NewPrompt
from musings.store.database import Database
from musings.store.gallery import artifacts, lists
from musings.store.gallery.lists import PromptFilter
from musings.store.queue import attempts, claims, in_flight, recovery, submission
from musings.worker.workshop import STEPS
from tests.musings.worker.conftest import Hall, Program, until

KILLED = -signal.SIGKILL


def assert_whole(hall: Hall, count: int) -> None:
    """Every prompt completed once, every artifact there once, every file named by a row, nothing left lying about."""
    found = hall.database.reading(lists.listing, PromptFilter(), 1000, None).items
    assert Counter(each.status for each in found) == {"completed": count}
    ids = [each.id for each in found]
    rows = hall.database.reading(artifacts.of_prompts, ids)
    assert Counter(each.prompt_id for each in rows) == dict.fromkeys(ids, 1)
    assert hall.files() == sorted(each.file_path for each in rows)
    assert list((hall.settings.media_root / ".attempts").iterdir()) == []
    ended = Counter(
        each.attempt
        for tried in hall.database.reading(attempts.of_prompts, ids).values()
        for each in tried
        if each.status == "completed"
    )
    assert ended.total() == count
    with hall.database.read() as connection:
        writings = connection.exec_driver_sql("SELECT count(*) FROM writings").scalar_one()
    assert writings == sum(each.kind is Kind.TEXT for each in found)


@pytest.mark.parametrize("step", [*STEPS, "running"])
def test_killed_at_each_step(hall: Hall, program: Program, step: str) -> None:
    made = [hall.add("a fox", kind) for kind in ("poem", "image")]
    assert program.run(die_at=step) == KILLED
    assert program.run() == 0
    assert_whole(hall, 2)
    tried = hall.database.reading(attempts.of_prompts, made)
    assert all(len(each) <= 2 for each in tried.values())
    lost = [each.status for tries in tried.values() for each in tries if each.attempt == 1]
    assert lost.count("lost") >= (0 if step == "committed" else 1)
    for each in map(hall.get, made):
        assert (
            f"attempt {each.attempt}"
            in hall.settings.media_root.joinpath(
                hall.database.reading(artifacts.of_prompts, [each.id])[0].file_path
            ).read_text()
        )


def test_killed_twice_at_the_same_step(hall: Hall, program: Program) -> None:
    hall.add("a fox", "image")
    assert [program.run(die_at="placed"), program.run(die_at="placed"), program.run()] == [KILLED, KILLED, 0]
    assert_whole(hall, 1)
    assert hall.get(1).attempt == 3


def test_killed_at_random_while_sixty_prompts_run(hall: Hall, program: Program) -> None:
    chance = random.Random(7)
    for n in range(60):
        hall.add(f"fox {n}", ("poem", "image", "music")[n % 3], max_attempts=100)
    for _ in range(8):
        enough = completed(hall.database) + chance.randrange(1, 7)
        child = program.start()
        until_completed(hall.database, enough)
        child.signal(signal.SIGKILL)
        assert child.end() == KILLED
    assert program.run() == 0
    assert_whole(hall, 60)


def until_completed(database: Database, count: int) -> None:
    until(lambda: completed(database) >= count)


def completed(database: Database) -> int:
    with database.read() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM prompts WHERE status = 'completed'").scalar_one())


def test_of_two_started_together_one_works_and_the_other_says_so(hall: Hall, program: Program) -> None:
    for n in range(10):
        hall.add(f"fox {n}")
    hall.add("hold")
    children = [program.start(hold="hold", drain=False) for _ in range(2)]
    until(lambda: any(child.code is not None for child in children))
    loser = next(child for child in children if child.code is not None)
    winner = next(child for child in children if child is not loser)
    assert loser.end() == 75
    assert f"Another worker (process {winner.pid}) is already working on this queue." in loser.said
    until_completed(hall.database, 10)
    winner.signal(signal.SIGTERM)
    assert winner.end() == 0


def test_a_lock_that_was_removed_by_hand_lets_no_second_worker_in(hall: Hall, program: Program) -> None:
    made = hall.add("hold")
    first = program.start(hold="hold", drain=False)
    until(lambda: "holding" in first.said)
    lock = Path(lock_path(str(hall.settings.database.path)))
    lock.unlink()
    second = program.start(drain=False)
    assert second.end() == 75
    assert f"Another worker (process {first.pid}) is already working on this queue" in second.said
    assert hall.get(made).status == "processing"
    first.signal(signal.SIGTERM)
    assert first.end() == 0


def test_500_rows_of_another_program_while_the_worker_runs(hall: Hall, program: Program) -> None:
    child = program.start(drain=False)

    def insert() -> None:
        with closing(sqlite3.connect(str(hall.database.path), timeout=30)) as plain:
            for n in range(500):
                with plain:
                    plain.execute("INSERT INTO prompts (prompt_text) VALUES (?)", (f"fox {n}",))

    writer = threading.Thread(target=insert)
    writer.start()
    writer.join()
    until_completed(hall.database, 500)
    child.signal(signal.SIGTERM)
    assert child.end() == 0
    assert_whole(hall, 500)
    with hall.database.read() as connection:
        assert connection.exec_driver_sql("SELECT max(attempt) FROM prompts").scalar_one() == 1


def test_a_prompt_that_kills_the_process_ends_and_the_others_complete(hall: Hall, program: Program) -> None:
    poison = hall.add("poison", "image", priority=1, max_attempts=2)
    others = [hall.add(f"fox {n}", "poem", max_attempts=1) for n in range(5)]
    for death in range(1, 10):
        assert program.run(poison="poison", longest_gap=recovery.GAP_SECONDS) == KILLED
        if death == 5:  # from then on others have their turn before it
            assert {hall.get(each).status for each in others} == {"completed"}
        with hall.database.write() as connection:
            connection.exec_driver_sql("UPDATE prompts SET next_attempt_at = NULL")
    assert program.run(poison="poison") == 0
    found = hall.get(poison)
    assert (found.status, found.attempt) == ("failed", 9)
    assert "9 times in a row while it worked on this prompt" in (found.error_message or "")
    assert {hall.get(each).status for each in others} == {"completed"}


def test_killed_in_the_middle_of_a_prompt_more_often_than_it_has_attempts(hall: Hall, program: Program) -> None:
    made = hall.add("a fox", "image", max_attempts=1)
    assert [program.run(die_at="running") for _ in range(3)] == [KILLED] * 3
    assert program.run() == 0
    assert_whole(hall, 1)
    assert (hall.get(made).attempt, hall.get(made).attempts_used) == (4, 1)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_signal_ends_it_cleanly_and_puts_work_back(
    hall: Hall, program: Program, number: signal.Signals, code: int
) -> None:
    made = hall.add("hold", "image")
    child = program.start(hold="hold", drain=False)
    until(lambda: "holding" in child.said)
    child.signal(number)
    assert child.end() == code
    found = hall.get(made)
    assert (found.status, found.attempts_used) == ("pending", 0)
    [attempt] = hall.database.reading(attempts.of_prompts, [made])[made]
    assert attempt.status == "released"
    assert list((hall.settings.media_root / ".attempts").iterdir()) == []


def test_a_second_signal_ends_it_at_once(hall: Hall, program: Program) -> None:
    file = program.settings.file
    assert file is not None
    file.write_text('{"processing": {"shutdown_seconds": 600}}')
    made = hall.add("hold")
    child = program.start(hold="hold", drain=False)
    until(lambda: "holding" in child.said)
    child.signal(signal.SIGTERM)
    until(lambda: "worker is stopping" in child.said)
    child.signal(signal.SIGTERM)
    assert child.end() == 128 + signal.SIGTERM
    assert hall.get(made).status == "processing"
    assert program.run() == 0
    assert hall.get(made).status == "completed"


def test_an_orphan_of_a_killed_worker_is_killed_by_the_next(hall: Hall, program: Program) -> None:
    """The identity of a child that outlived its worker stands in the row: the next start ends it."""
    child = subprocess.Popen(["sleep", "600"], start_new_session=True)
    hall.database.writing(submission.add, NewPrompt("a fox", "voice"))
    taken = hall.database.writing(claims.claim, list(Kind))
    assert taken is not None
    hall.database.writing(in_flight.started_outside, taken.id, taken.attempt, f"process:{process.identity(child.pid)}")
    assert program.run() == 0
    assert child.wait(10) == -signal.SIGTERM
    assert_whole(hall, 1)
