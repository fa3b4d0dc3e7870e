"""A database that does not serve for a while must not end the runner."""

import pytest

from musings.engine import draining, patience
from musings.engine.patience import Patience
from musings.errors import BusyError, CorruptError, DiskFullError, SchemaError, StoreError


def failing(error: StoreError) -> object:
    raise error


def test_what_serves_answers_at_once() -> None:
    waits: list[float] = []
    assert Patience(waits.append, is_bounded=True)(lambda: 7) == 7
    assert waits == []


def test_one_that_does_not_serve_is_waited_for() -> None:
    waits: list[float] = []
    patient = Patience(waits.append, is_bounded=False)
    assert patient(lambda: failing(BusyError("held"))) is None
    assert waits == [patience.PAUSE_SECONDS]
    assert patient(lambda: 7) == 7


@pytest.mark.parametrize("error", [CorruptError("damaged"), SchemaError("changed")])
def test_what_no_waiting_mends_is_raised(error: StoreError) -> None:
    with pytest.raises(type(error)):
        Patience(lambda seconds: None, is_bounded=False)(lambda: failing(error))


def test_a_drain_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draining, "WAIT_SECONDS", -1.0)
    assert Patience(lambda seconds: None, is_bounded=False)(lambda: failing(BusyError("held"))) is None
    with pytest.raises(BusyError):
        Patience(lambda seconds: None, is_bounded=True)(lambda: failing(BusyError("held")))


def test_a_drain_waits_less_for_a_disk_than_for_a_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draining, "DISK_SECONDS", -1.0)
    patient = Patience(lambda seconds: None, is_bounded=True)
    assert patient(lambda: failing(BusyError("held"))) is None
    with pytest.raises(DiskFullError):
        patient(lambda: failing(DiskFullError("full")))
