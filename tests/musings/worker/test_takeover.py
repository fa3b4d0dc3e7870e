"""What a worker takes up when it begins: that of dead workers, on its own host, and nobody else's."""

import socket

import pytest

from musings import process
from musings.files.media_root import MediaRoot
from musings.models import Kind, NewPrompt, Prompt
from musings.process import Companion, Lifeline, spawn
from musings.store.database import Database
from musings.store.gallery import prompts
from musings.store.queue import claims, in_flight, submission
from musings.store.queue.workers import WorkerIdentity
from musings.worker.takeover import take_over
from tests.waiting import until

HERE = socket.gethostname()


def claimed(database: Database, worker_id: str, host: str = HERE) -> Prompt:
    database.writing(submission.add, NewPrompt("a fox", "image"))
    found = database.writing(claims.claim, list(Kind), by=WorkerIdentity(worker_id, host))
    assert found is not None
    return found


def sleeper() -> Companion:
    return spawn(("sleep", "60"), lifeline=Lifeline())


@pytest.mark.parametrize(("host", "dies"), [(HERE, True), ("elsewhere", False)])
def test_only_a_process_of_this_host_is_killed(
    database: Database, media_root: MediaRoot, host: str, dies: bool
) -> None:
    child = sleeper()
    try:
        made = claimed(database, "dead", host)
        database.writing(in_flight.started_outside, made.id, made.attempt, f"process:{process.identity(child.pid)}")
        assert take_over(database, media_root, 3) == 1
        assert (child.poll() is not None) is dies
        assert database.reading(prompts.get, made.id).status == "pending"
    finally:
        child.kill()
        until(lambda: child.poll() is not None)


def test_what_a_living_worker_has_stays_as_it_is(database: Database, media_root: MediaRoot) -> None:
    lives, lost = claimed(database, "living"), claimed(database, "dead")
    work = [media_root.attempt_directory(each.id, each.attempt) for each in (lives, lost)]
    places = [media_root.placement(Kind.IMAGE, each.id, each.attempt) for each in (lives, lost)]
    for each, directory, place in zip((lives, lost), work, places, strict=True):
        database.writing(in_flight.announce, each.id, each.attempt, place)
        (directory / "a.txt").write_text("x")
        media_root.place(directory, place)
        directory.mkdir(exist_ok=True)
    assert take_over(database, media_root, 3, ["living"]) == 1
    assert [database.reading(prompts.get, each.id).status for each in (lives, lost)] == ["processing", "pending"]
    assert [directory.exists() for directory in work] == [True, False]
    assert [(media_root.folder / place).exists() for place in places] == [True, False]


def test_an_attempt_of_an_older_version_names_no_worker(database: Database, media_root: MediaRoot) -> None:
    database.writing(submission.add, NewPrompt("a fox", "image"))
    assert database.writing(claims.claim, list(Kind)) is not None
    assert take_over(database, media_root, 3, ["living"]) == 1
