"""``/api/workflows/{name}/presets``, and what a changed file moved."""

import json
from pathlib import Path

from tests.musings.api.conftest import Api, problem
from tests.musings.makers.comfyui.graphs import painting
from tests.musings.makers.comfyui.renumbering import renumbered


def folder(api: Api) -> Path:
    found = api.settings.media.workflows
    found.mkdir(parents=True, exist_ok=True)
    return found


def test_values_are_kept_under_a_name_and_follow_their_fields(api: Api) -> None:
    (folder(api) / "fox.json").write_text(json.dumps(painting()))
    address = "/api/workflows/fox/presets"
    assert api.http.get(address).json() == {"items": [], "next_cursor": None}
    answer = api.http.put(f"{address}/fast one", json={"values": {"steps": 4, "cfg": 2.5}})
    assert answer.status_code == 200
    kept = answer.json()
    assert (kept["name"], kept["values"], kept["gone"]) == ("fast one", {"steps": 4, "cfg": 2.5}, [])
    graph = renumbered(painting())
    del graph["13"]["inputs"]["cfg"]
    (folder(api) / "fox.json").write_text(json.dumps(graph))
    [moved] = api.http.get(address).json()["items"]
    assert (moved["values"], moved["gone"]) == ({"steps": 4}, ["cfg"])
    assert api.http.delete(f"{address}/fast one").status_code == 204
    assert api.http.get(address).json()["items"] == []


def test_what_is_wrong_is_said(lasting_api: Api) -> None:
    address = "/api/workflows/sketch-image/presets"
    said = problem(lasting_api.http.put(f"{address}/bad", json={"values": {"sepia": 1}}), 422)
    assert "sepia" in json.dumps(said)
    problem(lasting_api.http.put(f"{address}/bad", json={"values": [1]}), 422)
    problem(lasting_api.http.put(f"{address}/bad", json={}), 422)
    problem(lasting_api.http.put("/api/workflows/nobody/presets/bad", json={"values": {}}), 404)
    problem(lasting_api.http.get("/api/workflows/nobody/presets"), 404)
    problem(lasting_api.http.delete(f"{address}/bad"), 404)


def test_a_workflow_tells_what_its_last_change_moved(api: Api) -> None:
    path = folder(api) / "fox.json"
    path.write_text(json.dumps(painting()))
    assert api.http.get("/api/workflows/fox").json()["changes"] is None
    path.write_text(json.dumps(renumbered(painting())))
    found = api.http.get("/api/workflows/fox").json()["changes"]
    assert "prompt goes to node 16 now, which was 6." in found["said"]
    assert found["since"].endswith("Z")
    listed = {each["name"]: each for each in api.http.get("/api/workflows").json()["items"]}
    assert listed["fox"]["changes"] == found
    assert listed["sketch-image"]["changes"] is None
