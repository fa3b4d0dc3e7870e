"""An installation whose worker runs in this process, for campaigns that change its surroundings many times a minute."""

import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

from musings.config.settings import load
from musings.makers.comfyui import pipeline
from musings.makers.comfyui.client import ComfyServer
from musings.makers.comfyui.watching import JobLimits
from musings.models import NewPrompt, Prompt
from musings.sqlite import schema
from musings.sqlite.database import open_database
from musings.store.gallery import prompts
from musings.store.queue import submission
from musings.worker import assemble
from tests.musings.makers.comfyui.graphs import Graph

PAUSE_SECONDS = 0.02
JOIN_SECONDS = 60.0


class Inside:
    """``graphs`` are workflows by name, ``image_…`` for pictures and so on; ``comfyui`` are settings of its section."""

    def __init__(
        self, folder: Path, url: str, graphs: Mapping[str, Graph], *, seconds: float, comfyui: Mapping[str, object]
    ) -> None:
        self.folder = folder
        (folder / "media").mkdir(parents=True, exist_ok=True)
        for name, graph in graphs.items():
            (folder / "media" / f"{name}.json").write_text(json.dumps(graph))
        server = {"host": url, "unreachable_seconds": 1.0, "stall_seconds": 2.0, "jobs_per_server": 2, **comfyui}
        config = {
            "processing": {"backoff_seconds": 0.02, "shutdown_seconds": 1, "timeout_seconds": seconds},
            "media": {"comfyui": server, "retention": {"min_free_gigabytes": 0}},
        }
        file = folder / "poets_cron_config.json"
        file.write_text(json.dumps(config))
        self.settings = load(file, {}, folder)
        self.database = open_database(self.settings.database.path)
        schema.ensure(self.database)

    @property
    def media_root(self) -> Path:
        return self.settings.media_root

    def add(self, words: str, kind: str, workflow: str | None = None, *, attempts: int = 2) -> int:
        wanted = NewPrompt(words, kind, workflow=workflow, max_attempts=attempts)
        return self.database.writing(submission.add, wanted)[0].id

    def get(self, prompt_id: int) -> Prompt:
        return self.database.reading(prompts.get, prompt_id)

    def told(self, prompt_id: int, seconds: float) -> Prompt:
        """The prompt, once it has ended or waits with words; or as it is after so many seconds."""
        return self.seen(prompt_id, seconds, lambda each: has_ended(each) or each.waiting_reason is not None)

    def ended(self, prompt_id: int, seconds: float) -> Prompt:
        """The prompt, once it has ended; or as it is after so many seconds."""
        return self.seen(prompt_id, seconds, has_ended)

    def seen(self, prompt_id: int, seconds: float, true: Callable[[Prompt], bool]) -> Prompt:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not true(self.get(prompt_id)):
            time.sleep(PAUSE_SECONDS)
        return self.get(prompt_id)

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """The rows of a query, as another program would read them."""
        address = f"file:{self.settings.database.path}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=30)) as connection:
            return list(connection.execute(query))

    @contextmanager
    def working(self) -> Iterator[None]:
        """With a worker, which is stopped and waited for."""
        runner = assemble.runner(self.settings, self.database)
        thread = threading.Thread(target=runner.run_queue_processor, kwargs={"drain": False}, daemon=True)
        thread.start()
        try:
            yield
        finally:
            runner.stop()
            thread.join(JOIN_SECONDS)
            if thread.is_alive():
                raise RuntimeError("The worker does not stop.")

    def close(self) -> None:
        self.database.close()


def has_ended(prompt: Prompt) -> bool:
    return prompt.status not in ("pending", "processing")


@contextmanager
def short_limits(*, most_file_bytes: int, most_answer_bytes: int, seconds: float) -> Iterator[None]:
    """The same bounds with smaller numbers: a campaign cannot wait minutes for each of hundreds of cases."""
    jobs: dict[str, Any] = {
        "poll_seconds": 0.2,
        "lost_gap_seconds": 0.4,
        "idle_seconds": 1.5,
        "cancel_seconds": 1.0,
        "socket_seconds": 0.5,
        "retry_seconds": 0.05,
        "most_file_bytes": most_file_bytes,
    }
    client = {
        "connect_seconds": seconds,
        "read_seconds": seconds,
        "most_answer_bytes": most_answer_bytes,
        "most_answer_seconds": 2 * seconds,
        "head_seconds": seconds,
    }
    with ExitStack() as changed:
        changed.enter_context(mock.patch.object(pipeline, "JobLimits", partial(JobLimits, **jobs)))
        changed.enter_context(mock.patch.object(pipeline, "TURN_SECONDS", 0.05))
        defaults = ComfyServer.__init__.__kwdefaults__
        changed.enter_context(mock.patch.dict(defaults, client))
        yield
