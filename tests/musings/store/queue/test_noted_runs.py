"""How the runs of a schedule are noted."""

import json

import pytest

from musings.store.queue.noted_runs import NOTED_RUNS, with_run


def test_the_last_runs_are_kept() -> None:
    noted: str | None = None
    for number in range(NOTED_RUNS + 3):
        noted = with_run(noted, began=str(number))
    assert json.loads(noted or "")["runs"] == [str(number) for number in range(3, NOTED_RUNS + 3)]


def test_an_end_is_noted_beside_what_else_is_there() -> None:
    assert json.loads(with_run('{"installed": "x"}', ended="y")) == {"installed": "x", "runs": [], "ended": "y"}


@pytest.mark.parametrize("value", [None, "", "[]", "no JSON", "[" * 100_000])
def test_what_cannot_be_read_begins_anew(value: str | None) -> None:
    assert json.loads(with_run(value, began="x")) == {"runs": ["x"]}
