"""The thread beside the prompts: it looks at everything, and nothing that one look raises stops the others."""

import threading

from musings.errors import BusyError
from musings.worker.watchdog import Watchdog
from tests.waiting import until


def test_each_look_is_called_whatever_the_others_raise() -> None:
    called: list[str] = []

    def busy() -> None:
        called.append("busy")
        raise BusyError("The database is held by another program.")

    def broken() -> None:
        called.append("broken")
        raise ZeroDivisionError

    Watchdog([busy, broken, lambda: called.append("fine")]).look()
    assert called == ["busy", "broken", "fine"]


def test_it_looks_every_so_often_until_it_is_closed() -> None:
    looks: list[str] = []
    watchdog = Watchdog([lambda: looks.append(threading.current_thread().name)], look_seconds=0.001)
    watchdog.open()
    until(lambda: len(looks) >= 3)
    watchdog.close()
    assert set(looks) == {"watchdog"}
    assert not watchdog._thread.is_alive()


def test_it_looks_at_once_when_it_is_woken() -> None:
    looked = threading.Event()
    watchdog = Watchdog([looked.set], look_seconds=3600)
    watchdog.open()
    assert not looked.is_set()
    watchdog.wake()
    assert looked.wait(30)
    watchdog.close()
