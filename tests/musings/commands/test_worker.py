"""`musings worker`: one at a time, until the queue is empty or somebody stops it."""

import signal
from pathlib import Path

from musings.config.settings import load
from musings.locate import lock_path
from musings.models import NewPrompt
from musings.store.database import Database
from musings.store.gallery import lists
from musings.store.queue import submission
from tests.musings.command_line import Run, running
from tests.waiting import until


def test_worker_drain_works_through_the_queue_and_ends(program: Run, database: Database) -> None:
    for text in ("a fox", "a wren"):
        database.writing(submission.add, NewPrompt(text, "poem"))
    assert program("worker", "--drain").code == 0
    found = database.reading(lists.listing, lists.PromptFilter(), 5, None).items
    assert [prompt.status for prompt in found] == ["completed", "completed"]


def test_a_second_worker_ends_with_75(config: Path, program: Run, database: Database) -> None:
    lock = Path(lock_path(str(load(config, {}, config.parent).database.path)))
    with running(config, "worker") as first:
        until(lambda: lock.exists() and lock.read_text().strip() == str(first.pid), seconds=30)
        second = program("worker", "--drain")
        assert second.code == 75
        assert "already working on this queue" in second.err
        assert str(first.pid) in second.err
        first.send_signal(signal.SIGINT)
        assert first.wait(30) == 130
