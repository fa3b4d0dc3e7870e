"""``DELETE /api/prompts/{id}`` and its way back, over HTTP."""

import pytest

from tests.musings.api.conftest import Api, problem

NAME = "image/1_20261122T101500/0001.png"


@pytest.fixture
def artifact(api: Api) -> int:
    return api.keep(NAME, b"picture")


def test_deleted_and_back_again(api: Api, artifact: int) -> None:
    before = api.http.get("/api/prompts/1").json()
    assert before["deleted_at"] is None
    assert api.http.delete("/api/prompts/1").status_code == 204
    assert api.http.delete("/api/prompts/1").status_code == 204
    problem(api.http.get("/api/prompts/1"), 404)
    assert api.http.get("/api/prompts").json()["items"] == []
    assert api.http.get("/api/artifacts").json()["items"] == []
    [listed] = api.http.get("/api/prompts?deleted=true").json()["items"]
    assert listed["deleted_at"].endswith("Z")
    assert [each["id"] for each in listed["artifacts"]] == [artifact]
    back = api.http.post("/api/prompts/1/restore")
    assert back.status_code == 200
    assert back.json() == before
    assert api.http.get("/api/prompts?deleted=true").json()["items"] == []


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_files_of_deleted_prompts_are_not_served(api: Api, artifact: int, method: str) -> None:
    addresses = [f"/api/artifacts/{artifact}", f"/media/{NAME}", f"/api/media/{NAME}", f"/media/poets/{NAME}"]
    for deleted, status in ((False, 200), (True, 404), (False, 200)):
        api.http.delete("/api/prompts/1") if deleted else api.http.post("/api/prompts/1/restore")
        assert [api.http.request(method, each).status_code for each in addresses] == [status] * 4


def test_the_way_back_is_closed_after_its_time(api: Api, artifact: int) -> None:
    api.http.delete("/api/prompts/1")
    api.sqlite("UPDATE prompts SET deleted_at = datetime('now', '-31 days')")
    assert "30 days" in problem(api.http.post("/api/prompts/1/restore"), 409)["detail"]


@pytest.mark.parametrize(("method", "path"), [("DELETE", "/api/prompts/7"), ("POST", "/api/prompts/7/restore")])
def test_what_never_was(api: Api, method: str, path: str) -> None:
    problem(api.http.request(method, path), 404)


def test_a_waiting_prompt_can_be_deleted(api: Api) -> None:
    made = api.submit()
    assert api.http.delete(f"/api/prompts/{made['id']}").status_code == 204
    assert api.http.get("/api/queue/stats").json()["pending"] == 0
    assert api.http.post(f"/api/prompts/{made['id']}/restore").json()["status"] == "pending"
