"""Waiting until a prompt's row says what a test waits for."""

import threading
from collections.abc import Callable

from musings.models import Prompt
from musings.store.database import Database
from musings.store.gallery import prompts


def wait_for(database: Database, prompt_id: int, ready: Callable[[Prompt], bool], seconds: float = 20) -> Prompt:
    """The prompt as soon as it is as wanted; looks again whenever somebody committed."""
    moment, deadline = threading.Event(), threading.Timer(seconds, lambda: moment.set())
    deadline.start()
    try:
        while not ready(found := database.reading(prompts.get, prompt_id)):
            assert not moment.wait(0.05), f"not in {seconds} s: {found}"
        return found
    finally:
        deadline.cancel()
