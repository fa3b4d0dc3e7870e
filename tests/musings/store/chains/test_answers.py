"""Answers at gates: one for each."""

import pytest

from musings.errors import ConflictError
from musings.store.chains import answers, runs
from musings.store.chains.runs import NewRun
from musings.store.database import Database


def test_the_first_answer_counts_until_it_is_withdrawn(database: Database) -> None:
    run = database.writing(runs.add, NewRun("two", "hash", "a fox", "request"))[0].id
    database.writing(answers.add, run, "poem", {"action": "approve"})
    with pytest.raises(ConflictError, match="answered already"):
        database.writing(answers.add, run, "poem", {"action": "decline"})
    assert database.reading(answers.of_runs, [run]) == {run: {"poem": {"action": "approve"}}}
    database.writing(answers.withdraw, run, "poem")
    database.writing(answers.withdraw, run, "poem")
    assert database.reading(answers.of_runs, [run, 99]) == {run: {}, 99: {}}
