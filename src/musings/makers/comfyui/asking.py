"""Asks several servers at once, so that one that hangs does not delay the answers of the others."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from musings.makers.comfyui.client import ComfyServer

# Short enough for a cancel to be noticed, long enough to cost nothing.
CHECK_SECONDS = 1.0

T = TypeVar("T")


def ask_all(
    servers: Sequence[ComfyServer],
    question: Callable[[ComfyServer], T],
    *,
    enough: Callable[[T], bool],
    grace_seconds: float,
    check: Callable[[], None] = lambda: None,
) -> list[T | Exception | None]:
    """The answer of each server, or what its question raised, in their order.

    Once an answer is ``enough``, the others have ``grace_seconds``; who has not answered by then is None. ``check`` is
    called about once a second, and what it raises ends the wait. A question that is still open goes on on its thread.
    """
    answers: list[T | Exception | None] = [None] * len(servers)
    changed = threading.Condition()

    def ask(place: int, server: ComfyServer) -> None:
        answer: T | Exception
        try:
            answer = question(server)
        except Exception as error:  # noqa: BLE001 (it is the caller's, on another thread)
            answer = error
        with changed:
            answers[place] = answer
            changed.notify_all()

    for place, server in enumerate(servers):
        # Daemons: a question to a server that hangs may outlive us by its whole timeout.
        threading.Thread(target=ask, args=(place, server), daemon=True, name="comfy-question").start()
    end: float | None = None
    while True:
        with changed:
            if all(each is not None for each in answers):
                # A copy: late threads go on writing into their own list.
                return list(answers)
            there = [each for each in answers if each is not None and not isinstance(each, Exception)]
            # The grace begins once: late answers must not prolong it.
            if end is None and any(enough(each) for each in there):
                end = time.monotonic() + grace_seconds
            left = CHECK_SECONDS if end is None else min(CHECK_SECONDS, end - time.monotonic())
            if left <= 0:
                return list(answers)
            if changed.wait(left):
                continue
        # Outside the condition: it may raise, and threads must still be able to deliver.
        check()
