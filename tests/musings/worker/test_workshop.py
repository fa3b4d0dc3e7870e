"""What every attempt of a worker needs, and the steps that a test can end it at."""

import threading
from dataclasses import FrozenInstanceError

import pytest

from musings.worker.workshop import STEPS, Workshop
from tests.doubles import Double, pipelines_of
from tests.musings.worker.conftest import Hall


def test_every_step_is_reached_in_this_order(hall: Hall) -> None:
    steps: list[str] = []
    hall.add(prompt_type="image")
    hall.drain(at_step=steps.append)
    assert tuple(steps) == STEPS


def test_it_cannot_be_changed_under_an_attempt(hall: Hall) -> None:
    found = Workshop(hall.database, None, pipelines_of(Double()), 3, 0.0, threading.Event())  # type: ignore[arg-type]
    with pytest.raises(FrozenInstanceError):
        found.max_attempts = 4  # type: ignore[misc]


def test_without_secrets_nothing_is_taken_out_and_waits_grow() -> None:
    found = Workshop(None, None, None, 3, 0.0, threading.Event())  # type: ignore[arg-type]
    assert found.redact("as it is") == "as it is"
    assert list(found.settle_seconds) == sorted(found.settle_seconds)
