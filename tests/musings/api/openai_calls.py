"""A server with a worker behind it, and the official client of OpenAI's protocol before it."""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openai
import pytest

from fake_comfyui.server import FakeComfy
from musings.config.settings import load
from musings.worker import assemble
from tests.fakes.llm import FakeLLM
from tests.musings.api.conftest import Api, serving
from tests.musings.makers.comfyui.graphs import node

KEY = "sk-any"
"""Without auth any key will do, as clients cannot do without one."""
SMALL: dict[str, Any] = {"size": "64x64"}
"""Quickly painted."""


@dataclass
class OpenDoor:
    """``client`` tries nothing twice, so that a test sees every answer."""

    api: Api
    client: openai.OpenAI
    _llm: FakeLLM | None = None

    @property
    def llm(self) -> FakeLLM:
        """The language model server behind the poets."""
        assert self._llm is not None
        return self._llm

    @llm.setter
    def llm(self, server: FakeLLM) -> None:
        self._llm = server

    def calling(self, key: str = KEY, **options: Any) -> openai.OpenAI:
        return client_of(self.api, key, **{"max_retries": 0, **options})

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Every prompt there is, oldest first."""
        return read(self.api, "SELECT * FROM prompts ORDER BY id")

    @property
    def gallery(self) -> list[dict[str, Any]]:
        return read(self.api, "SELECT * FROM prompt_artifacts ORDER BY id")


@contextmanager
def staffed(folder: Path, fresh_database: Path, **sections: Any) -> Iterator[OpenDoor]:
    """A server with a worker, and the client before it; ``sections`` are settings."""
    file = folder / "poets_cron_config.json"
    file.write_text(json.dumps({"server": {"port": 0}, "processing": {"shutdown_seconds": 0.2}, **sections}))
    with serving(load(file, {}, folder), fresh_database) as api, working(api), open_door(api) as door:
        yield door


@contextmanager
def editing_door(folder: Path, fresh_database: Path) -> Iterator[OpenDoor]:
    """``staffed``, with a ComfyUI and a workflow for it, ``image_inverted``, that makes a picture of a picture."""
    (folder / "media").mkdir()
    (folder / "media" / "image_inverted.json").write_text(json.dumps(inverting()))
    with FakeComfy() as fake, staffed(folder, fresh_database, media={"comfyui": {"hosts": [fake.url]}}) as door:
        yield door


def refused(call: Callable[[], object]) -> openai.APIStatusError:
    """The error of a call that must end in one, which has OpenAI's shape."""
    with pytest.raises(openai.APIStatusError) as caught:
        call()
    error = caught.value
    assert isinstance(error.body, dict), error.body
    assert set(error.body) == {"message", "type", "param", "code"}
    assert len(error.message) > 10
    return error


def client_of(api: Api, key: str, **options: Any) -> openai.OpenAI:
    # Dozens of pictures one after the other, on a machine that does other things as well.
    return openai.OpenAI(base_url=f"{api.address}/v1", api_key=key, **{"timeout": 300, **options})


def read(api: Api, query: str) -> list[dict[str, Any]]:
    connection = sqlite3.connect(str(api.settings.database.path), timeout=10)
    connection.row_factory = sqlite3.Row
    try:
        return [dict(row) for row in connection.execute(query)]
    finally:
        connection.close()


@contextmanager
def working(api: Api) -> Iterator[None]:
    """A worker of the queue, on a thread, for as long as the block lasts."""
    runner = assemble.runner(api.settings, api.database)
    thread = threading.Thread(target=runner.run_queue_processor, kwargs={"drain": False}, name="worker")
    thread.start()
    try:
        yield
    finally:
        runner.stop()
        thread.join(30)
        assert not thread.is_alive(), "the worker did not stop"


@contextmanager
def open_door(api: Api) -> Iterator[OpenDoor]:
    with client_of(api, KEY, max_retries=0) as client:
        yield OpenDoor(api, client)


def inverting() -> dict[str, Any]:
    """A graph that makes a picture of a picture, and needs no model."""
    return {
        "1": node("LoadImage", image="example.png"),
        "2": node("ImageInvert", image=["1", 0]),
        "3": node("SaveImage", images=["2", 0], filename_prefix="edit"),
    }
