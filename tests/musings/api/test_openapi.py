"""The OpenAPI document is true: schemathesis asks what it allows and what it forbids, and compares the answers.

It runs as a program of its own, because its pytest plugin slows every other test down (ADR 3).
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from musings.process import identity
from musings.store.queue import workers
from tests.conftest import MakeSettings
from tests.musings.api.conftest import Api, serving

CONFIG = Path(__file__).with_name("schemathesis.toml")
SECONDS = 120


@pytest.fixture
def api(make_settings: MakeSettings, fresh_database: Path) -> Iterator[Api]:
    """With every channel that the document lets one name: which there are, no document can say."""
    urls = [f"json://127.0.0.1:9/{number}" for number in range(1, 100)]
    with serving(make_settings(server={"port": 0}, alerts={"urls": urls}), fresh_database) as served:
        yield served


def test_every_answer_is_as_the_document_says(api: Api, tmp_path: Path) -> None:
    api.keep("image/1_x/a.png", b"x")
    api.submit()
    api.database.writing(workers.sign_in, "w1", identity(os.getpid()), "text")
    api.sqlite("UPDATE workers SET heartbeat_at = datetime('now', '+1 hour')")  # it stays ready for the whole run
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG), "run"),
        f"{api.address}/openapi.json",
        *("--phases", "examples,coverage,fuzzing", "--max-examples", "6", "--seed", "1"),
        *("--exclude-path", "/api/events", "--suppress-health-check", "all", "--warnings", "off", "--no-color"),
        *("--generation-database", "none", "--no-shrink"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    assert f"Tested: {len(operations(api.http.get('/openapi.json').json())) - 1}" in done.stdout


@pytest.fixture(scope="module")
def openapi(lasting_api: Api) -> dict[str, Any]:
    found: dict[str, Any] = lasting_api.http.get("/openapi.json").json()
    return found


def operations(openapi: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for methods in openapi["paths"].values() for operation in methods.values()]


def test_operation_ids_are_unique(openapi: dict[str, Any]) -> None:
    ids = [operation["operationId"] for operation in operations(openapi)]
    assert len(ids) == len(set(ids))


def test_every_error_is_a_problem_document(openapi: dict[str, Any]) -> None:
    for operation in operations(openapi):
        for status, response in operation["responses"].items():
            if int(status) >= 400 and operation["operationId"] != "ready_readyz_get":
                assert list(response["content"]) == ["application/problem+json"], (operation["operationId"], status)


def test_every_route_says_what_the_guard_may_answer(openapi: dict[str, Any]) -> None:
    for methods in openapi["paths"].values():
        for method, operation in methods.items():
            expected = {"421", "500"} if method == "get" else {"403", "413", "421", "500"}
            assert expected <= set(operation["responses"])


def test_every_route_and_field_of_the_interface_is_there(openapi: dict[str, Any]) -> None:
    found = {f"{method.upper()} {path}" for path, methods in openapi["paths"].items() for method in methods}
    assert found >= {
        "POST /api/prompts",
        "GET /api/prompts",
        "GET /api/prompts/{prompt_id}",
        "PATCH /api/prompts/{prompt_id}",
        "POST /api/prompts/{prompt_id}/cancel",
        "POST /api/prompts/{prompt_id}/retry",
        "GET /api/prompts/{prompt_id}/artifacts",
        "GET /api/prompts/{prompt_id}/log",
        "GET /api/artifacts",
        "GET /api/artifacts/{artifact_id}",
        "GET /media/{file_path}",
        "GET /api/media/{file_path}",
        "GET /api/queue/stats",
        "POST /api/queue/pause",
        "POST /api/queue/resume",
        "GET /api/events",
        "GET /api/workflows",
        "GET /api/workflows/{name}",
        "GET /health",
        "GET /healthz",
        "GET /readyz",
        "GET /metrics",
    }
