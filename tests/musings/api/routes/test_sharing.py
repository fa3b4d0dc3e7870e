"""A link to one file: for how long, for what, and under which name."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.musings.api.conftest import problem
from tests.musings.api.entering import Locked, locked_api, share, shared_artifact
from tests.musings.archive.workroom import WHOLE, Workroom


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory, fresh_database: Path) -> Iterator[Locked]:
    with locked_api(tmp_path_factory.mktemp("locked"), fresh_database) as found:
        yield found


@pytest.fixture(scope="module")
def artifact(locked: Locked) -> int:
    return shared_artifact(locked)


@pytest.mark.parametrize("hours", [0, -1, 8761, 1e400, "a while", None])
def test_how_long_a_link_may_last(locked: Locked, artifact: int, hours: object) -> None:
    body = f'{{"hours": {"1e400" if hours == 1e400 else json.dumps(hours)}}}'
    headers = {**locked.token("read", "write"), "Content-Type": "application/json"}
    answer = locked.api.http.post(f"/api/artifacts/{artifact}/share", content=body, headers=headers)
    problem(answer, 422)


def test_there_must_be_something_to_share(locked: Locked, artifact: int) -> None:
    problem(share(locked, 99_999), 404)
    gone = locked.artifact("image/9_x/gone.png")
    (locked.api.media_root.folder / "image/9_x/gone.png").unlink()
    problem(share(locked, gone), 404)


def test_the_link_carries_the_public_name(tmp_path: Path, fresh_database: Path) -> None:
    with locked_api(tmp_path, fresh_database, public_url="https://studio.example/") as door:
        url = share(door, door.artifact("image/1_x/a.png")).json()["url"]
        assert url.startswith("https://studio.example/media/image/1_x/a.png?expires=")


def test_a_musing_is_shared_once_something_of_it_is_done(locked: Locked) -> None:
    workroom = Workroom(locked.api.database, folder=locked.api.media_root.folder)
    musing = workroom.start(WHOLE)
    place, sharer = f"/api/musings/{musing}/share", locked.token("read", "write")
    assert "is done yet" in problem(locked.api.http.post(place, json={}, headers=sharer), 409)["detail"]
    workroom.make()
    shared = locked.api.http.post(place, json={"hours": 2}, headers=sharer)
    assert set(shared.json()) == {"url", "expires_at"}
    problem(locked.api.http.post(place, json={"hours": 0}, headers=sharer), 422)
    problem(locked.api.http.post(place, json={}, headers=locked.token("read")), 403)
    problem(locked.api.http.post("/api/musings/99/share", json={}, headers=sharer), 404)
