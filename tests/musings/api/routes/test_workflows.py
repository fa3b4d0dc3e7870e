"""``/api/workflows``: what can be made with what, and the import of more."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from musings.models import Kind
from tests.conftest import MakeSettings
from tests.musings.api.conftest import Api, problem, serving
from tests.musings.api.entering import Locked
from tests.musings.makers.comfyui.graphs import node, painting
from tests.musings.makers.comfyui.strange_files import FILES, SIDECARS

GRAPH = painting()


def test_the_workflows_have_their_forms(lasting_api: Api) -> None:
    found = lasting_api.http.get("/api/workflows").json()
    assert {item["name"] for item in found["items"]} == {"poets", *(f"sketch-{kind}" for kind in Kind)}
    assert found["next_cursor"] is None
    for item in found["items"]:
        assert lasting_api.http.get(f"/api/workflows/{item['name']}").json() == item
        assert set(item) == {
            "name", "kind", "title", "description", "source", "form", "hash", "problem", "takes_text", "default",
            "usable", "reason", "changes",
        }  # fmt: skip
        assert {"name", "type", "label", "default", "choices", "role", "required"} <= set(item["form"][0])


def test_a_prompt_can_be_asked_for_as_its_form_says(lasting_api: Api) -> None:
    """Every default and bound that a form shows is taken by the check."""
    for item in lasting_api.http.get("/api/workflows").json()["items"]:
        for field in item["form"]:
            for value in (field["default"], field["minimum"], field["maximum"], *field["choices"]):
                answer: httpx.Response = lasting_api.http.post(
                    "/api/prompts",
                    json={"prompt_text": "a fox", "prompt_type": item["kind"], "parameters": {field["name"]: value}},
                )
                assert answer.status_code == 201, (field["name"], value, answer.text)


def test_import_as_json_and_remove(api: Api) -> None:
    answer = api.http.post("/api/workflows", json={"name": "fox", "workflow": GRAPH})
    assert (answer.status_code, answer.headers["Location"]) == (201, "/api/workflows/fox")
    made = answer.json()
    assert (made["name"], made["kind"], made["source"]) == ("fox", "image", "comfyui")
    assert api.http.get("/api/workflows/fox").json() == made
    assert made in api.http.get("/api/workflows").json()["items"]
    assert api.http.delete("/api/workflows/fox").status_code == 204
    problem(api.http.get("/api/workflows/fox"), 404)
    problem(api.http.delete("/api/workflows/fox"), 404)


def test_import_as_a_file(api: Api) -> None:
    files = {"file": ("fox.json", json.dumps(GRAPH).encode(), "application/json")}
    assert api.http.post("/api/workflows", files=files).status_code == 201
    assert api.http.get("/api/workflows/fox").status_code == 200


@pytest.mark.parametrize(
    ("name", "workflow"),
    [
        ("../fox", {}),
        ("a/b.json", {}),
        (".hidden", {}),
        ("", {}),
        ("a\0b", {}),
        ("fox", {}),
        ("fox", {"1": {"class_type": 7}}),
        ("fox", []),
        (7, {}),
    ],
)
def test_what_is_no_workflow(lasting_api: Api, name: Any, workflow: Any) -> None:
    before = lasting_api.http.get("/api/workflows").json()
    problem(lasting_api.http.post("/api/workflows", json={"name": name, "workflow": workflow}), 422)
    assert lasting_api.http.get("/api/workflows").json() == before


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b"{", b"\xff", b'{"name": ' + b"[" * 100_000, b'{"name": "a"}', b"7"]
)
def test_what_is_no_request(lasting_api: Api, body: bytes) -> None:
    problem(lasting_api.http.post("/api/workflows", content=body, headers={"Content-Type": "application/json"}), 422)


def test_forms_that_are_none(lasting_api: Api) -> None:
    problem(lasting_api.http.post("/api/workflows", files={"other": ("a.json", b"{}")}), 422)
    problem(lasting_api.http.post("/api/workflows", files={"file": ("", b"{}")}), 422)
    for content_type in ("multipart/form-data", "multipart/form-data; boundary=x"):
        answer = lasting_api.http.post("/api/workflows", content=b"junk", headers={"Content-Type": content_type})
        assert answer.status_code in (400, 422)
        problem(answer, answer.status_code)


def test_the_built_in_ones_stay(lasting_api: Api) -> None:
    problem(lasting_api.http.delete("/api/workflows/sketch-image"), 409)
    assert lasting_api.http.get("/api/workflows/sketch-image").status_code == 200


def test_one_strange_file_spoils_nothing_else(api: Api) -> None:
    folder = Path(api.settings.media.workflows)
    folder.mkdir(exist_ok=True)
    for name, (content, _) in FILES.items():
        (folder / f"{name}.json").write_bytes(content.encode() if isinstance(content, str) else content)
    for name, (content, _) in SIDECARS.items():
        (folder / f"{name}.json").write_text(json.dumps(GRAPH))
        (folder / f"{name}.form.toml").write_bytes(content.encode() if isinstance(content, str) else content)
    answer = api.http.get("/api/workflows")
    assert answer.status_code == 200, answer.text
    found = {each["name"]: each for each in answer.json()["items"]}
    assert all(found[name]["problem"] for name in (*FILES, *SIDECARS))
    made = api.http.post("/api/prompts", json={"prompt_text": "a fox", "prompt_type": "image"})
    assert made.status_code == 201, made.text
    broken = [name for name in (*FILES, *SIDECARS) if "no ComfyUI answers" not in found[name]["problem"]]
    assert len(broken) > 20
    for name in broken:
        named = {"prompt_text": "a fox", "prompt_type": "image", "workflow": name}
        refused = problem(api.http.post("/api/prompts", json=named), 422)
        assert found[name]["problem"] in refused["errors"][0]["message"]
    for name in ("infinite", "title_is_a_number", "latin_sidecar"):
        checked = api.http.get(f"/api/workflows/{name}/check").json()
        assert not checked["usable"]
        assert checked["problems"]


def test_a_file_as_windows_saves_it(api: Api) -> None:
    files = {"file": ("fox.json", json.dumps(GRAPH).encode("utf-16"), "application/json")}
    answer = api.http.post("/api/workflows", files=files)
    assert answer.status_code == 201, answer.text
    assert answer.json()["problem"] is None


TOOL = {
    "1": node("EmptyImage", width=64, height=64, batch_size=1, color=255),
    "2": node("SaveImage", images=["1", 0], filename_prefix="x"),
}


def test_a_workflow_that_takes_no_words_says_so(api: Api) -> None:
    made = api.http.post("/api/workflows", json={"name": "tool", "workflow": TOOL}).json()
    fox = api.http.post("/api/workflows", json={"name": "fox", "workflow": GRAPH}).json()
    assert (made["takes_text"], fox["takes_text"]) == (False, True)
    found = api.submit(prompt_type="image", workflow="tool", metadata={"mine": 1})
    assert found["metadata"] == {"mine": 1}
    assert found["unused_words"] == "The workflow tool takes no words, so these are not used."
    assert api.http.get(f"/api/prompts/{found['id']}").json()["unused_words"] == found["unused_words"]
    for name in ("fox", "sketch-image"):
        assert api.submit(prompt_type="image", workflow=name)["unused_words"] is None


def default_of(api: Api, kind: str) -> str:
    """The one that says it is the default, and the first of its kind."""
    mine = [item for item in api.http.get("/api/workflows").json()["items"] if item["kind"] == kind]
    assert [item["default"] for item in mine] == [True, *[False] * (len(mine) - 1)]
    name: str = mine[0]["name"]
    return name


def test_the_default_of_a_kind_is_changed(api: Api) -> None:
    assert api.http.post("/api/workflows", json={"name": "fox", "workflow": GRAPH}).status_code == 201
    assert default_of(api, "image") == "sketch-image"  # no ComfyUI answers here
    answer = api.http.put("/api/workflows/fox/default")
    assert (answer.status_code, answer.json()["name"], answer.json()["default"]) == (200, "fox", True)
    assert default_of(api, "image") == "fox"
    prompt = api.submit(prompt_type="image")
    assert (prompt["workflow"], prompt["newer_workflow"]) == (None, False)
    assert prompt["workflow_hash"] == answer.json()["hash"]
    assert api.http.put("/api/workflows/sketch-image/default").status_code == 200
    assert default_of(api, "image") == "sketch-image"
    assert api.http.put("/api/workflows/poets/default").json()["kind"] == "text"
    problem(api.http.put("/api/workflows/none/default"), 404)


def test_a_waiting_prompt_tells_of_a_newer_workflow(api: Api) -> None:
    api.http.post("/api/workflows", json={"name": "fox", "workflow": GRAPH})
    prompt = api.submit(prompt_type="image", workflow="fox")
    (api.settings.media.workflows / "fox.json").write_text(json.dumps(painting(steps=9)))
    shown = api.http.get(f"/api/prompts/{prompt['id']}").json()
    assert (shown["workflow_hash"], shown["newer_workflow"]) == (prompt["workflow_hash"], True)
    api.http.post(f"/api/prompts/{prompt['id']}/cancel")
    assert api.http.post(f"/api/prompts/{prompt['id']}/retry").json()["newer_workflow"] is True
    api.http.post(f"/api/prompts/{prompt['id']}/cancel")
    latest = api.http.post(f"/api/prompts/{prompt['id']}/retry?latest=true").json()
    assert latest["newer_workflow"] is False
    assert latest["workflow_hash"] != prompt["workflow_hash"]


def test_a_default_of_the_configuration_stays(make_settings: MakeSettings, fresh_database: Path) -> None:
    settings = make_settings(server={"port": 0}, media={"scripts": {"image": "media/none.json"}})
    with serving(settings, fresh_database) as api:
        assert default_of(api, "image") == "none"
        item = api.http.get("/api/workflows/none").json()
        assert (item["usable"], "is not there" in item["reason"]) == (False, True)
        assert "media.scripts.image" in problem(api.http.put("/api/workflows/sketch-image/default"), 409)["detail"]
        assert api.submit(prompt_type="image")["workflow_hash"] is None


SCRIPT = b"print('an export of ComfyUI-SaveAsScript')\n"


def test_who_brings_a_script_to_a_machine_that_runs_them_must_be_known(
    make_settings: MakeSettings, fresh_database: Path, tmp_path: Path
) -> None:
    """Other users of the machine reach 127.0.0.1 as well, where nobody is asked to log in."""

    def sent(headers: dict[str, str], name: str = "mine.py", content: bytes = SCRIPT) -> httpx.Response:
        return api.http.post("/api/workflows", files={"file": (name, content)}, headers=headers)

    settings = make_settings(server={"port": 0}, media={"comfyui": {"directory": str(tmp_path)}})
    with serving(settings, fresh_database) as api:
        door = Locked(api)
        for headers in ({}, door.token("read", "write"), {"Authorization": "Bearer mus_wrong"}):
            assert "a script is code" in problem(sent(headers), 403)["detail"].lower()
            assert problem(sent(headers, "MINE.PY"), 403)
        assert sent(door.token("admin")).status_code in (201, 422), "refused only for what it holds"
        assert sent({}, "a.json", json.dumps(GRAPH).encode()).status_code == 201


@pytest.mark.parametrize("name", ["狐", "🦊 im Schnee", "a b%20c", "fox%2f", "#1", "é" * 90, "a;b", "sketch-mine"])
def test_a_name_that_can_be_kept_leads_back_to_what_was_kept(api: Api, name: str) -> None:
    answer = api.http.post("/api/workflows", json={"name": f"{name}.json", "workflow": GRAPH})
    assert (answer.status_code, answer.json()["name"]) == (201, name)
    kept = api.http.get(answer.headers["Location"])
    assert (kept.status_code, kept.json()["name"]) == (200, name)
    assert api.http.delete(answer.headers["Location"]).status_code == 204


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("..", 422), ("../a", 422), ("a/b", 422), ("a\\b", 422), ("a\0b", 422), ("a\nb", 422), ("a\u202eb", 422),
        ("", 422), ("\ud800", 422), ("狐" * 90, 422), ("a" * 300, 422), ("NUL", 422),
        ("sketch-image", 409), ("Poets", 409),
    ],
)  # fmt: skip
def test_a_name_that_cannot_be_used_is_refused_before_anything_is_kept(api: Api, name: str, status: int) -> None:
    folder = Path(api.settings.media.workflows)
    before = sorted(folder.rglob("*")) if folder.is_dir() else []
    body = json.dumps({"name": f"{name}.json", "workflow": GRAPH}).encode()
    sent = api.http.post("/api/workflows", content=body, headers={"content-type": "application/json"})
    problem(sent, status)
    assert (sorted(folder.rglob("*")) if folder.is_dir() else []) == before
