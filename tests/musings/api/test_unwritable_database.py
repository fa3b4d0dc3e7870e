"""The API on a database that can only be read, and on one whose disk is full: it reads, says why, and goes on."""

from pathlib import Path

import pytest

from tests.conftest import MakeSettings
from tests.disks import fill, remount
from tests.musings.api.conftest import problem, serving, serving_there

READS = (
    "/healthz", "/metrics", "/api/prompts", "/api/prompts/1", "/api/prompts/1/log", "/api/prompts/1/artifacts",
    "/api/prompts?q=fox", "/api/queue/stats", "/api/workflows", "/api/backends", "/api/artifacts", "/api/artifacts/1",
    "/media/image/a.txt", "/api/writings", "/api/search?q=fox", "/api/stats", "/api/session", "/v1/models",
)  # fmt: skip


@pytest.mark.parametrize(("trouble", "status"), [("its disk is mounted read-only", 503), ("is full", 507)])
def test_it_reads_says_why_it_takes_nothing_and_goes_on(
    small_disk: Path, make_settings: MakeSettings, fresh_database: Path, trouble: str, status: int
) -> None:
    settings = make_settings(server={"port": 0}, database={"path": str(small_disk / "musings.db")})
    with serving(settings, fresh_database) as api:
        api.keep("image/a.txt", b"a fox")
    ballast = None
    if status == 503:
        remount(small_disk, "ro")
    else:
        ballast = fill(small_disk)
    with serving_there(settings) as api:
        for path in READS:
            answer = api.http.get(path)
            assert answer.status_code == 200, (path, answer.text)
        ready = api.http.get("/readyz")
        assert (ready.status_code, ready.json()["checks"]["database"]["ok"]) == (503, False)
        assert trouble in ready.json()["checks"]["database"]["detail"]
        refused = [
            api.http.post("/api/prompts", json={"prompt_text": "a hare"}),
            api.http.patch("/api/prompts/1", json={"starred": True}),
            api.http.delete("/api/prompts/1"),
            api.http.post("/api/queue/pause"),
        ]
        for answer in refused:
            assert trouble in problem(answer, status)["detail"]
        remount(small_disk, "rw") if ballast is None else ballast.unlink()
        assert api.submit("a hare")["id"] == 2
        assert api.http.get("/readyz").json()["checks"]["database"]["ok"] is True
