"""The worker's sign of life: there while it lasts, gone at its end."""

import os
import threading

import pytest

from musings.engine.liveness import is_alive
from musings.models import Kind
from musings.store.database import Database
from musings.store.queue import workers
from musings.worker.heartbeat import heartbeat


def test_it_is_signed_in_with_its_process_and_kinds(database: Database) -> None:
    others = set(threading.enumerate())
    with heartbeat(database, "w", os.getpid(), [Kind.TEXT, Kind.IMAGE]):
        found = database.reading(workers.latest)
        assert found is not None
        assert (found.id, found.pid, found.kinds) == ("w", os.getpid(), "text,image")
        assert is_alive(found)
        assert "heartbeat" in [thread.name for thread in set(threading.enumerate()) - others]
    assert database.reading(workers.latest) is None
    assert "heartbeat" not in [thread.name for thread in set(threading.enumerate()) - others]


def test_whatever_ends_it_it_signs_out(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), heartbeat(database, "w", os.getpid(), []):
        raise ZeroDivisionError
    assert database.reading(workers.latest) is None


def test_two_do_not_sign_each_other_out(database: Database) -> None:
    with heartbeat(database, "one", os.getpid(), [Kind.TEXT]):
        with heartbeat(database, "two", os.getpid(), [Kind.IMAGE]):
            pass
        found = database.reading(workers.latest)
        assert found is not None
        assert found.id == "one"
