"""A real server on a port of its own, spoken to over real HTTP."""

import http.client
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any

import httpx
import pytest

from musings.api.server import HttpServer, make_server
from musings.commands.serve import listening_socket
from musings.config.settings import Settings, load
from musings.files.media_root import MediaRoot
from musings.models import ArtifactType, NewArtifact
from musings.sqlite.database import open_database
from musings.store.database import Database
from musings.store.gallery import artifacts
from tests.conftest import MakeSettings

WAIT = 10.0


@dataclass
class Api:
    """A running server and everything behind it."""

    settings: Settings
    database: Database
    media_root: MediaRoot
    server: HttpServer
    port: int
    http: httpx.Client

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def submit(self, text: str = "a fox in the snow", **fields: Any) -> dict[str, Any]:
        """A prompt that was taken; its PromptResponse."""
        answer = self.http.post("/api/prompts", json={"prompt_text": text, **fields})
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def keep(self, name: str, content: bytes, *, text: str = "a fox in the snow", **metadata: Any) -> int:
        """A file below the media root with its row and its prompt; returns the artifact's id."""
        path = self.media_root.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        prompt = self.submit(text, prompt_type="image")
        [artifact] = self.database.writing(
            artifacts.record_prompt_artifacts, prompt["id"], [NewArtifact(ArtifactType.IMAGE, name, None, metadata)]
        )
        return artifact.id

    def raw(
        self, method: str, target: str, headers: dict[str, str] | None = None, body: bytes | None = None
    ) -> tuple[int, Message, bytes]:
        """A request whose target is sent to the letter: no client tidies ``..`` away."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT)
        try:
            connection.putrequest(method, target, skip_host=bool(headers and "Host" in headers))
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def sqlite(self, statement: str, *values: object) -> None:
        """What another program does: plain sqlite3, a connection of its own."""
        connection = sqlite3.connect(str(self.settings.database.path), timeout=WAIT)
        try:
            with connection:
                connection.execute(statement, values)
        finally:
            connection.close()


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The RFC 9457 document of an answer that must be one."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    found: dict[str, Any] = answer.json()
    assert found["status"] == status
    assert {"type", "title", "detail"} <= set(found) <= {"type", "title", "status", "detail", "errors"}
    assert found["type"].startswith("urn:musings:")
    assert len(found["detail"]) > 10
    return found


@contextmanager
def serving(settings: Settings, fresh_database: Path, clock: Callable[[], float] = time.monotonic) -> Iterator[Api]:
    """The API of an empty database, for as long as the block lasts."""
    shutil.copyfile(fresh_database, settings.database.path)
    with serving_there(settings, clock) as api:
        yield api


@contextmanager
def serving_there(settings: Settings, clock: Callable[[], float] = time.monotonic) -> Iterator[Api]:
    """The API of the database that is there."""
    media_root = MediaRoot(settings.media_root)
    media_root.prepare()
    database = open_database(settings.database.path)
    listener = listening_socket(settings)
    port = int(listener.getsockname()[1])
    server = make_server(settings, database, clock)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="api")
    thread.start()
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=WAIT) as client:
            yield Api(settings, database, media_root, server, port, client)
    finally:
        server.should_exit = True
        thread.join(WAIT)
        listener.close()
        database.close()
        assert not thread.is_alive(), "the server did not stop"


@pytest.fixture
def api(make_settings: MakeSettings, fresh_database: Path) -> Iterator[Api]:
    with serving(make_settings(server={"port": 0}), fresh_database) as served:
        yield served


def serving_in(folder: Path, fresh_database: Path) -> AbstractContextManager[Api]:
    """The same in a folder, for fixtures that outlive a test."""
    file = folder / "poets_cron_config.json"
    file.write_text('{"server": {"port": 0}}')
    return serving(load(file, {}, folder), fresh_database)


@pytest.fixture(scope="session")
def lasting_api(tmp_path_factory: pytest.TempPathFactory, fresh_database: Path) -> Iterator[Api]:
    """One server for all tests that do not mind what others left in it."""
    with serving_in(tmp_path_factory.mktemp("lasting"), fresh_database) as served:
        yield served
