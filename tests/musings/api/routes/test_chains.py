"""``/api/chains``: listed, shown, checked, stored as TOML or JSON, removed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from musings.config.settings import Settings
from tests.musings.api.conftest import Api, problem, serving
from tests.musings.chains.studio import TWO


@pytest.fixture
def api(settings: Settings, fresh_database: Path) -> Iterator[Api]:
    with serving(settings, fresh_database) as served:
        yield served


def test_those_that_come_with_musings_are_listed_with_steps_and_parameters(api: Api) -> None:
    found = {each["name"]: each for each in api.http.get("/api/chains").json()["items"]}
    assert set(found) == {"album", "illustrated-story", "musing", "picture-book"}
    assert [each["kind"] for each in found["musing"]["steps"]] == ["text", "image", "music", "voice"]
    assert found["musing"]["steps"][0]["ask"] == "edit"
    assert found["album"]["parameters"][0] == {
        "name": "songs", "title": "How many songs", "default": 3, "choices": [], "minimum": 1.0, "maximum": 12.0,
    }  # fmt: skip


def test_what_is_shown_can_be_stored(api: Api) -> None:
    shown = api.http.get("/api/chains/musing").json()
    answer = api.http.post("/api/chains", json={"chain": shown["definition"]})
    assert answer.status_code == 201, answer.text
    assert answer.json() == {**shown, "source": "own"}


def test_a_toml_file_is_stored_replaced_and_removed(api: Api) -> None:
    first = api.http.post("/api/chains", json={"toml": TWO}).json()
    second = api.http.post("/api/chains", json={"toml": TWO.replace("{{idea}}", "A {{idea}}")}).json()
    assert (first["source"], first["hash"] != second["hash"]) == ("own", True)
    assert api.http.get("/api/chains/two").json() == second
    assert api.http.delete("/api/chains/two").status_code == 204
    problem(api.http.get("/api/chains/two"), 404)
    problem(api.http.delete("/api/chains/two"), 404)
    problem(api.http.delete("/api/chains/musing"), 404)


def test_a_check_tells_every_fault_and_keeps_nothing(api: Api) -> None:
    good = api.http.post("/api/chain-files/check", json={"toml": TWO}).json()
    assert (good["ok"], good["problems"], len(good["hash"])) == (True, [], 64)
    bad = api.http.post("/api/chain-files/check", json={"toml": TWO.replace("poem.", "poen.")}).json()
    assert [each["where"] for each in bad["problems"]] == ["steps.2.prompt", "steps.2.prompt"]
    assert "did you mean poem?" in bad["problems"][0]["what"]
    problem(api.http.get("/api/chains/two"), 404)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"toml": "x", "chain": {}},
        {"toml": "name = "},
        {"chain": {"name": "a"}},
        {"toml": TWO.replace("poem.", "x.")},
    ],
)
def test_what_is_no_chain_is_refused(api: Api, body: dict[str, object]) -> None:
    problem(api.http.post("/api/chains", json=body), 422)
