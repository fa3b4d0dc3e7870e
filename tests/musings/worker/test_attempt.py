"""One attempt: which fault means what, and the patience with which its end is stored."""

import errno
import threading
from dataclasses import replace

import pytest

from musings import errors
from musings.errors import (
    AttemptError,
    Fault,
    InfrastructureFault,
    InternalFault,
    PassingFault,
    SchemaError,
    StoreError,
)
from musings.files.media_root import MediaRoot
from musings.makers.base import Context
from musings.models import Job, Kind, NewPrompt, Outcome, Prompt
from musings.sqlite.database import open_database
from musings.store.database import Database
from musings.store.gallery import prompts
from musings.store.queue import attempts, claims, submission
from musings.worker.attempt import process
from musings.worker.context import AttemptContext
from musings.worker.faults import as_fault
from musings.worker.giving_up import give_up
from musings.worker.workshop import Workshop
from tests.doubles import Double, pipelines_of
from tests.musings.worker.conftest import Hall


@pytest.fixture
def workshop(database: Database, media_root: MediaRoot) -> Workshop:
    return Workshop(
        database, media_root, pipelines_of(Double()), 3, 0.0, threading.Event(), settle_seconds=(0.001, 0.002)
    )


def claimed(workshop: Workshop, max_attempts: int = 3) -> tuple[Prompt, AttemptContext]:
    workshop.database.writing(submission.add, NewPrompt("a fox", "image", max_attempts=max_attempts))
    taken = workshop.database.writing(claims.claim, list(Kind))
    assert taken is not None
    return taken, AttemptContext(workshop.database, taken, 30)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (errors.UserFault("x"), errors.UserFault),
        (errors.Cancelled("x"), errors.Cancelled),
        (errors.TimedOut("x"), errors.TimedOut),
        (OSError(errno.ENOSPC, "full"), InfrastructureFault),
        (OSError(errno.EDQUOT, "quota"), InfrastructureFault),
        (errors.DiskFullError("x"), InfrastructureFault),
        (errors.BusyError("x"), InfrastructureFault),
        (errors.StoreError("x"), PassingFault),
        (errors.UnreachableError("x"), PassingFault),
        (ConnectionRefusedError("x"), PassingFault),
        (TimeoutError("x"), PassingFault),
        (MemoryError(), PassingFault),
        (ImportError("cannot import name 'A' from partially initialized module 'av'"), PassingFault),
        (ModuleNotFoundError("No module named 'av'"), PassingFault),
        (AttributeError("partially initialized module 'av' has no attribute 'A'"), PassingFault),
        (AttributeError("'Prompt' object has no attribute 'colour'"), InternalFault),
        (errors.CommandError("x", command=("a",), code=1), errors.UserFault),
        (errors.InvalidInputError([Fault("a", "b")]), errors.UserFault),
        (errors.NotFoundError("x"), errors.UserFault),
        (errors.ConfigError("x"), errors.UserFault),
        (errors.PathError("x"), InternalFault),
        (KeyError("x"), InternalFault),
        (SystemExit(1), InternalFault),
    ],
)
def test_whose_fault_it_is(workshop: Workshop, error: BaseException, kind: type[AttemptError]) -> None:
    assert type(as_fault(error, workshop.media_root)) is kind


def test_a_bug_keeps_its_report(workshop: Workshop) -> None:
    fault = as_fault(KeyError("what"), workshop.media_root)
    assert "KeyError: 'what'" in fault.log
    assert "report it" in fault.explained


@pytest.mark.parametrize(
    ("fault", "cap", "status", "used"),
    [
        (PassingFault("busy"), 2, "pending", 1),
        (PassingFault("busy"), 1, "failed", 1),
        (InfrastructureFault("full"), 1, "pending", 0),
        (errors.UserFault("bad"), 9, "failed", 1),
        (errors.TimedOut("late"), 2, "pending", 1),
        (errors.Stopping("bye"), 1, "pending", 0),
        (errors.Cancelled("no"), 9, "cancelled", 1),
    ],
)
def test_what_a_fault_does_to_the_row(
    workshop: Workshop, fault: AttemptError, cap: int, status: str, used: int
) -> None:
    prompt, context = claimed(workshop, max_attempts=cap)
    assert give_up(workshop, prompt, context, fault)
    found = workshop.database.reading(prompts.get, prompt.id)
    assert (found.status, found.attempts_used) == (status, used)


def test_the_words_say_how_often_it_was_tried(workshop: Workshop) -> None:
    for attempt in (1, 2):
        prompt, context = claimed(workshop, max_attempts=2) if attempt == 1 else again(workshop)
        give_up(workshop, prompt, context, PassingFault("The server is down.", hint="Start it."))
        said = workshop.database.reading(prompts.get, prompt.id).error_message
        wanted = ("Attempt 1 of 2: The server is down. Start it.", "The server is down. Start it. (tried 2 times)")
        assert said == wanted[attempt - 1]


def again(workshop: Workshop) -> tuple[Prompt, AttemptContext]:
    taken = workshop.database.writing(claims.claim, list(Kind))
    assert taken is not None
    return taken, AttemptContext(workshop.database, taken, 30)


class Held:
    """A workshop whose database another connection holds from the moment the files are in place."""

    def __init__(self, workshop: Workshop) -> None:
        self._impatient = open_database(workshop.database.path or "", busy_seconds=0.0)
        self._other = open_database(workshop.database.path or "")
        self.workshop = replace(workshop, database=self._impatient, pipelines=pipelines_of(Double()), at_step=self.step)
        self._holding = self._other.write()

    def step(self, name: str) -> None:
        if name == "placed":
            self._holding.__enter__()

    def release(self) -> None:
        self._holding.__exit__(None, None, None)

    def close(self) -> None:
        self._impatient.close()
        self._other.close()


def test_a_held_database_is_waited_for(workshop: Workshop) -> None:
    held = Held(workshop)
    prompt, context = claimed(workshop)
    freed = threading.Timer(0.1, held.release)
    thread = threading.Thread(target=process, args=(held.workshop, prompt, context))
    freed.start()
    thread.start()
    thread.join(30)
    freed.join()
    assert workshop.database.reading(prompts.get, prompt.id).status == "completed"
    held.close()


def test_a_worker_that_stops_meanwhile_keeps_the_files_for_the_next_start(
    workshop: Workshop, media_root: MediaRoot
) -> None:
    held = Held(workshop)
    prompt, context = claimed(workshop)
    workshop.stopping.set()
    assert process(held.workshop, prompt, context) == "unsettled"
    held.release()
    assert workshop.database.reading(prompts.get, prompt.id).status == "processing"
    assert len(list(media_root.folder.rglob("*.md"))) == 1
    held.close()


def test_a_lost_fence_drops_the_result(workshop: Workshop, media_root: MediaRoot) -> None:
    def act(job: Job, context: Context) -> Outcome:
        with workshop.database.write() as connection:
            connection.exec_driver_sql("UPDATE prompts SET attempt = attempt + 1")
        (job.directory / "a.md").write_text("x")
        return Double().act(job, context)

    prompt, context = claimed(workshop)
    assert process(replace(workshop, pipelines=pipelines_of(Double(act))), prompt, context) == "Cancelled"
    assert [path for path in media_root.folder.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("step", ["announced", "placed"])
def test_a_fence_lost_later_drops_it_too(workshop: Workshop, media_root: MediaRoot, step: str) -> None:
    def take_over(name: str) -> None:
        if name == step:
            with workshop.database.write() as connection:
                connection.exec_driver_sql("UPDATE prompts SET attempt = attempt + 1")

    prompt, context = claimed(workshop)
    assert process(replace(workshop, at_step=take_over), prompt, context) == "dropped"
    assert [path for path in media_root.folder.rglob("*") if path.is_file()] == []


def test_a_commit_that_was_made_but_not_heard_of_keeps_its_files(workshop: Workshop) -> None:
    """The statement is done, the answer is lost: whatever is raised then, the row names the files."""

    told: list[str] = []

    def lose(name: str) -> None:
        if name == "committed":
            told.append(name)
            raise StoreError("the connection broke") if len(told) == 1 else RuntimeError("and again")

    prompt, context = claimed(workshop)
    process(replace(workshop, at_step=lose), prompt, context)
    assert len(told) == 2
    found = workshop.database.reading(prompts.get, prompt.id)
    assert found.status == "completed"
    assert found.artifact_metadata is not None
    assert workshop.media_root.find(str(found.artifact_metadata["primary"])).is_file()


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (
            "CREATE TRIGGER lost AFTER INSERT ON writings BEGIN INSERT INTO gone VALUES (1); END",
            "The tables of the database are not as Musings made them: no such table: main.gone.",
        ),
        ("ALTER TABLE writings RENAME TO poems", "The tables of the database are not as Musings made them: "),
        (
            "CREATE TRIGGER hush BEFORE INSERT ON writings BEGIN SELECT RAISE(IGNORE); END",
            "A trigger of another program left out this row of writings.",
        ),
    ],
)
def test_tables_that_another_program_broke_end_the_prompt_in_words(hall: Hall, broken: str, words: str) -> None:
    """Waiting would not mend them, and a run of the queue would never end."""
    with hall.database.write() as connection:
        connection.exec_driver_sql(broken)
    number = hall.add("a fox")
    assert hall.drain().ended == {"UserFault": 1}
    ended = hall.get(number)
    assert ended.status == "failed"
    assert (ended.error_message or "").startswith(words)


def test_rows_that_cannot_end_do_not_end_the_worker(hall: Hall) -> None:
    with hall.database.write() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER never BEFORE UPDATE OF status ON prompts WHEN new.status IN ('completed', 'failed')"
            " BEGIN SELECT RAISE(ABORT, 'never'); END"
        )
    number = hall.add("a fox")
    assert hall.drain().ended == {"unsettled": 1}
    with hall.database.write() as connection:
        connection.exec_driver_sql("DROP TRIGGER never")
    hall.drain()
    assert hall.get(number).status == "completed"


def test_tables_of_the_queue_that_are_gone_end_a_drain_in_words(hall: Hall) -> None:
    hall.add("a fox")
    with hall.database.write() as connection:
        connection.exec_driver_sql("CREATE TRIGGER lost AFTER UPDATE ON prompts BEGIN INSERT INTO gone VALUES (1); END")
    with pytest.raises(SchemaError, match=r"no such table: main\.gone"):
        hall.drain()


def test_a_row_that_another_program_forbids_is_told_in_plain_words(hall: Hall) -> None:
    """Neither the statement nor its values are for the owner's eyes; and trying again would not help."""
    with hall.database.write() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER no_foxes BEFORE INSERT ON prompt_artifacts BEGIN SELECT RAISE(ABORT, 'no foxes here'); END"
        )
    number = hall.add("a fox", "image")
    hall.drain()
    ended = hall.get(number)
    assert (ended.status, ended.artifact_status) == ("failed", "error")
    assert ended.error_message is not None
    assert ended.error_message.startswith("The tables of the database refuse this row: no foxes here.")
    [attempt] = hall.database.reading(attempts.of_prompts, [number])[number]
    for words in (ended.error_message, attempt.error or "", attempt.log_excerpt or ""):
        assert not any(part in words for part in ("INSERT", "SQL", "prompt_artifacts"))
