"""Runs as they are at one moment, one or many."""

import pytest

from musings.chains import states
from musings.errors import NotFoundError
from musings.store.chains import runs
from tests.musings.chains.studio import Studio


def test_many_are_read_as_one_is(studio: Studio) -> None:
    made = [studio.start(idea=f"fox {n}") for n in range(3)]
    studio.make(most=2)
    with studio.database.read() as connection:
        found = states.of_runs(connection, runs.by_ids(connection, made))
    assert found == [studio.state(each) for each in made]


def test_one_that_is_not_there_is_said(studio: Studio) -> None:
    with pytest.raises(NotFoundError, match="no musing 9"):
        studio.state(9)
