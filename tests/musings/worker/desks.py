"""A worker with several servers that come and go."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import update

from fake_comfyui.server import FakeComfy
from musings.config.settings import Settings
from musings.models import NewPrompt, Prompt
from musings.sqlite import schema
from musings.sqlite.database import open_database
from musings.store import tables, times
from musings.store.gallery import artifacts, prompts
from musings.store.queue import submission
from musings.worker import assemble
from tests.conftest import MakeSettings
from tests.fakes.comfy import ComfyProcess
from tests.musings.makers.comfyui.graphs import painting
from tests.waiting import until

AWAY = 1.0


LONG = 60.0


SLOW = 0.3


STALL = 4.0


def configured(
    make_settings: MakeSettings, folder: Path, *urls: str, unreachable_seconds: float = AWAY, **more: Any
) -> Settings:
    media = folder / "media"
    media.mkdir(exist_ok=True)
    for kind in ("image", "music"):
        (media / f"{kind}_fox.json").write_text(json.dumps(painting()))
    return make_settings(
        processing={"backoff_seconds": 0.01, "shutdown_seconds": 0.2, **more},
        media={"comfyui": {"hosts": list(urls), "unreachable_seconds": unreachable_seconds, "stall_seconds": STALL}},
    )


class Desk:
    """A database with prompts, and a worker in a thread."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.database = open_database(settings.database.path)
        schema.ensure(self.database)

    def add(self, words: str = "a fox", *, steps: int = 3, **more: Any) -> int:
        wanted = {"workflow": "image_fox", "parameters": {"steps": steps}, **more}
        return self.database.writing(submission.add, NewPrompt(words, "image", **wanted))[0].id

    def get(self, prompt_id: int) -> Prompt:
        return self.database.reading(prompts.get, prompt_id)

    def ends(self, prompt_id: int) -> Prompt:
        until(lambda: self.get(prompt_id).status not in ("pending", "processing"), LONG)
        return self.get(prompt_id)

    def waits(self, prompt_id: int, words: str) -> Prompt:
        """The prompt, when it waits and its row says so."""
        seen: list[Prompt] = []

        def is_waiting() -> bool:
            # One look for both: from time to time it is tried again, and is at work for a moment.
            seen[:] = [self.get(prompt_id)]
            return seen[0].status == "pending" and words in (seen[0].waiting_reason or "")

        until(is_waiting, LONG)
        return seen[0]

    def put_off(self, prompt_id: int, wait: timedelta) -> None:
        """Have a prompt that waits begin only then."""
        at = update(tables.prompts).where(tables.prompts.c.id == prompt_id).values(next_attempt_at=times.now() + wait)
        with self.database.write() as connection:
            connection.execute(at)

    def made(self, prompt_id: int) -> int:
        return len(self.database.reading(artifacts.of_prompts, [prompt_id]))

    def drain(self) -> None:
        assemble.runner(self.settings, self.database).run_queue_processor(drain=True)

    @contextmanager
    def working(self) -> Iterator[None]:
        runner = assemble.runner(self.settings, self.database)
        thread = threading.Thread(target=runner.run_queue_processor, kwargs={"drain": False}, daemon=True)
        thread.start()
        try:
            yield
        finally:
            runner.stop()
            thread.join(LONG)
            assert not thread.is_alive()


@contextmanager
def desk_of(make_settings: MakeSettings, folder: Path, *servers: ComfyProcess | FakeComfy) -> Iterator[Desk]:
    desk = Desk(configured(make_settings, folder, *(each.url for each in servers)))
    try:
        yield desk
    finally:
        desk.database.close()
