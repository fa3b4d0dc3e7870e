"""The signals that stop a worker: noted at once, acted on elsewhere, and put back afterwards."""

import os
import signal
import subprocess
import sys
import threading

import pytest

from musings.worker.interrupts import SIGNALS, interrupts

TWICE = """
import os, signal, threading
from musings.worker.interrupts import interrupts
with interrupts(lambda: None):
    os.kill(os.getpid(), signal.{first})
    os.kill(os.getpid(), signal.{second})
    threading.Event().wait(60)
"""


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_stops_on_another_thread(number: signal.Signals) -> None:
    stopped, threads = threading.Event(), []

    def stop() -> None:
        threads.append(threading.current_thread().name)
        stopped.set()

    with interrupts(stop) as met:
        os.kill(os.getpid(), number)
        assert stopped.wait(30)
        assert met == [number]
    assert threads == ["signals"]


def test_a_main_thread_that_holds_a_lock_is_no_obstacle() -> None:
    """``Event.wait`` holds the lock that ``set`` in a handler would wait for."""
    stopping = threading.Event()
    with interrupts(stopping.set):
        threading.Timer(0.01, os.kill, (os.getpid(), signal.SIGTERM)).start()
        assert stopping.wait(30)


@pytest.mark.parametrize(("first", "second", "code"), [("SIGTERM", "SIGINT", 130), ("SIGINT", "SIGTERM", 143)])
def test_a_second_one_ends_the_process_at_once(first: str, second: str, code: int) -> None:
    program = TWICE.format(first=first, second=second)
    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=60).returncode == code


def test_afterwards_signals_are_whose_they_were() -> None:
    before = {number: signal.getsignal(number) for number in SIGNALS}
    woken = signal.set_wakeup_fd(-1)
    try:
        with pytest.raises(KeyError), interrupts(lambda: None):
            raise KeyError
        assert {number: signal.getsignal(number) for number in SIGNALS} == before
        assert signal.set_wakeup_fd(-1) == -1
    finally:
        signal.set_wakeup_fd(woken)
    assert not [each for each in threading.enumerate() if each.name == "signals"]


def test_other_signals_stop_nobody() -> None:
    stopped = threading.Event()
    heard = threading.Event()
    before = signal.signal(signal.SIGUSR1, lambda *_: heard.set())
    try:
        with interrupts(stopped.set) as met:
            os.kill(os.getpid(), signal.SIGUSR1)
            assert heard.wait(30)
        assert met == []
        assert not stopped.is_set()
    finally:
        signal.signal(signal.SIGUSR1, before)
