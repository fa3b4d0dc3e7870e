"""Long polls: a request that is answered when its prompt has ended, or when its time is over.

A waiter is a coroutine and no thread, woken by the watcher of the journal, so hundreds cost next to nothing.
"""

import asyncio
import re

import anyio
from starlette.requests import Request

from musings.api.broadcast import Broadcaster, Waiter, has_ended
from musings.errors import NotFoundError
from musings.store.database import Database
from musings.store.gallery import prompts

MOST_SECONDS = 300
WAIT = re.compile(r'(?:^|[,;\s])wait\s*=\s*"?(\d{1,9})"?\s*(?:[,;]|$)', re.ASCII | re.IGNORECASE)


def preferred(header: str | None) -> int | None:
    """The seconds of ``Prefer: wait=SECONDS`` (RFC 7240, section 4.3), bounded; None without."""
    found = WAIT.search(header or "")
    return None if found is None else min(int(found[1]), MOST_SECONDS)


async def until_ended(
    request: Request, broadcaster: Broadcaster, database: Database, prompt_id: int, seconds: float
) -> None:
    """Return when a prompt has ended or is gone, when the time is over, the client left, or the server stops."""
    waiter = Waiter(asyncio.get_running_loop(), prompt_id)
    try:
        await expect(waiter, broadcaster, database)
        with anyio.move_on_after(seconds):
            async with anyio.create_task_group() as group:
                group.start_soon(_when_left, request, group.cancel_scope)
                await waiter.woken()
                group.cancel_scope.cancel()
    finally:
        broadcaster.forget(waiter)


async def expect(waiter: Waiter, broadcaster: Broadcaster, database: Database) -> None:
    """Have a waiter woken at the end of its prompt: at once, where that is over or gone.

    Whoever waits has the broadcaster forget it.
    """
    await anyio.to_thread.run_sync(broadcaster.expect, waiter)
    # Asked after the watcher was told: what ends in between is seen by one of the two.
    if await anyio.to_thread.run_sync(_over, database, waiter.prompt_id):
        waiter.wake()


def _over(database: Database, prompt_id: int) -> bool:
    try:
        return has_ended(database.reading(prompts.get, prompt_id))
    except NotFoundError:
        return True


async def _when_left(request: Request, waiting: anyio.CancelScope) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
    waiting.cancel()
