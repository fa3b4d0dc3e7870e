"""Prompts that wait for something need not wait for their time when it is there."""

from datetime import timedelta

import pytest

from musings.store import times
from musings.store.database import Database
from musings.store.gallery import prompts
from musings.worker.hastening import Hastening
from tests.musings.store.adding import add, shell

FOR = ("comfyui", "place", "server", "configuration", None)


@pytest.fixture
def waiting(database: Database) -> dict[str | None, int]:
    """A prompt for each thing that one may wait for, put off by an hour."""
    later = (times.now() + timedelta(hours=1)).strftime("%Y-%m-%d %H:%M:%S.%f")
    ids = {}
    for what in FOR:
        ids[what] = add(database).id
        shell(database, "UPDATE prompts SET next_attempt_at = ?, waits_for = ? WHERE id = ?", later, what, ids[what])
    return ids


def due(database: Database, waiting: dict[str | None, int]) -> set[str | None]:
    found = {what: database.reading(prompts.get, prompt_id).next_attempt_at for what, prompt_id in waiting.items()}
    return {what for what, at in found.items() if at is None or at <= times.now()}


def test_at_the_start_everything_may_have_come(database: Database, waiting: dict[str | None, int]) -> None:
    Hastening(database).at_start()
    assert due(database, waiting) == {"comfyui", "place", "server", "configuration"}


def test_a_server_that_changed_is_acted_on_at_the_next_look_and_once(
    database: Database, waiting: dict[str | None, int]
) -> None:
    hastening = Hastening(database)
    hastening.look()
    assert due(database, waiting) == set()
    hastening.servers_changed()
    assert due(database, waiting) == set()
    hastening.look()
    assert due(database, waiting) == {"comfyui", "place"}
    shell(database, "UPDATE prompts SET next_attempt_at = '2999-01-01 00:00:00.000000'")
    hastening.look()
    assert due(database, waiting) == set()


@pytest.mark.parametrize(
    ("how", "frees"),
    [("completed", True), ("UserFault", True), ("PassingFault", True), ("Unavailable", False), ("ServerAway", False)],
)
def test_an_attempt_that_had_a_place_leaves_it(
    database: Database, waiting: dict[str | None, int], how: str, frees: bool
) -> None:
    Hastening(database).left_its_server(how)
    assert due(database, waiting) == ({"place"} if frees else set())
