"""Taking the next prompt: a look first, admission, the claim, and the place counted before anything else."""

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

import pytest

from musings.engine.base import Room
from musings.engine.claiming import claim
from musings.models import Kind, NewPrompt, Prompt
from musings.store.database import Database
from musings.store.gallery import prompts
from musings.store.queue import pause, submission
from musings.store.queue.admission import admit
from musings.store.queue.workers import WorkerIdentity


@dataclass
class Places:
    """Slots with a room that the test says."""

    now: Room = field(default_factory=lambda: Room(tuple(Kind)))
    taken: list[int] = field(default_factory=list)
    asked: list[Kind] = field(default_factory=list)

    @property
    def running(self) -> int:
        return len(self.taken)

    def kinds(self) -> list[Kind]:
        return list(self.now.kinds)

    def room(self) -> Room:
        return self.now

    def makers_of(self, kind: Kind) -> Callable[[Prompt], str | None]:
        self.asked.append(kind)
        return lambda prompt: f"maker of {prompt.id}"

    def take(self, prompt: Prompt) -> None:
        self.taken.append(prompt.id)

    def on_room(self, tell: Callable[[], None]) -> None:
        pass


@dataclass
class Session:
    """Admits what is in the table, as a worker does, and counts how often it was asked."""

    database: Database
    admitted: int = 0
    identity: WorkerIdentity = field(default_factory=lambda: WorkerIdentity("w1", "here"))

    def open(self, living: Collection[str] = ()) -> AbstractContextManager[None]:
        return nullcontext()

    def admit(self) -> int:
        self.admitted += 1
        return self.database.writing(admit, 3)


def add(database: Database, kind: str = "image", priority: int = 5) -> int:
    return database.writing(submission.add, NewPrompt("a fox", kind, priority))[0].id


def by_another_program(database: Database, priority: int = 5) -> None:
    with database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO prompts (prompt_text, prompt_type, status, priority) VALUES ('x', 'image', 'unprocessed', ?)",
            (priority,),
        )


@pytest.fixture
def session(database: Database) -> Session:
    return Session(database)


def test_the_most_urgent_is_taken_and_its_place_counted(database: Database, session: Session) -> None:
    add(database)
    urgent = add(database, priority=1)
    places = Places()
    taken = claim(database, places, session)
    assert taken is not None
    assert (taken.id, taken.status, taken.attempt) == (urgent, "processing", 1)
    assert places.taken == [urgent]
    assert places.asked == [Kind.IMAGE]


def test_without_room_nothing_is_looked_at_but_other_programs_are_heard(database: Database, session: Session) -> None:
    add(database)
    by_another_program(database)
    places = Places(Room(()))
    assert claim(database, places, session) is None
    assert session.admitted == 1
    assert database.reading(prompts.get, 2).status == "pending"
    places.taken.append(1)  # while something runs, its end will look again
    assert claim(database, places, session) is None
    assert session.admitted == 1


def test_what_was_just_admitted_may_be_the_most_urgent(database: Database, session: Session) -> None:
    add(database)
    by_another_program(database, priority=1)
    taken = claim(database, Places(), session)
    assert taken is not None
    assert taken.id == 2


def test_an_empty_look_admits_nothing_and_takes_no_lock(database: Database, session: Session) -> None:
    assert claim(database, Places(), session) is None
    assert session.admitted == 0


def test_a_paused_queue_gives_nothing(database: Database, session: Session) -> None:
    add(database)
    database.writing(pause.set_paused, True)
    places = Places()
    assert claim(database, places, session) is None
    assert (places.taken, places.asked) == ([], [])


def test_the_room_is_stricter_than_the_caller(database: Database, session: Session) -> None:
    """A suspected prompt runs before any other, whichever an engine was told of."""
    first, second, third = (add(database) for _ in range(3))
    only = claim(database, Places(Room(tuple(Kind), only=second)), session, only=first)
    assert only is not None
    assert only.id == second
    asked = claim(database, Places(), session, only=third)
    assert asked is not None
    assert asked.id == third
    assert claim(database, Places(Room(tuple(Kind), but=frozenset({first}))), session) is None


def test_a_kind_without_room_is_passed_over(database: Database, session: Session) -> None:
    add(database, "image", 1)
    voice = add(database, "voice", 9)
    taken = claim(database, Places(Room((Kind.VOICE,))), session)
    assert taken is not None
    assert taken.id == voice
