"""Coroutines that wait for no event loop."""

import asyncio

import pytest

from musings.remote.wire import completed


def test_a_coroutine_that_does_not_wait_has_its_result_at_once() -> None:
    async def inner() -> int:
        return 7

    async def outer() -> int:
        return await inner() + 1

    assert completed(outer()) == 8


def test_its_error_comes_out() -> None:
    async def wrong() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        completed(wrong())


def test_one_that_waits_is_a_bug_and_is_closed() -> None:
    closed: list[bool] = []

    async def waiting() -> None:
        try:
            await asyncio.sleep(0)
        finally:
            closed.append(True)

    with pytest.raises(RuntimeError, match="waited for an event loop"):
        completed(waiting())
    assert closed == [True]
