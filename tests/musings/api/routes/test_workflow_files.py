"""A file is looked at, and tried, before it is kept; and what a picture carries is kept."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from comfyui_workflows.envelopes import open_file
from fake_comfyui.server import FakeComfy
from musings.worker import assemble
from tests.comfyui_workflows.carriers import CARRIERS, PROMPT, png
from tests.conftest import MakeSettings
from tests.musings.api.conftest import Api, problem, serving
from tests.musings.makers.comfyui.graphs import filmed, node, painting

TEXT = json.dumps(painting()).encode()
INFOTEXT = "a fox, in the snow\nNegative prompt: blurry\nSteps: 20, Seed: 77, Size: 512x768"


@pytest.fixture
def fake() -> Iterator[FakeComfy]:
    with FakeComfy() as started:
        yield started


@pytest.fixture
def served(fake: FakeComfy, make_settings: MakeSettings, fresh_database: Path) -> Iterator[Api]:
    media = {"comfyui": {"hosts": [fake.url]}}
    with serving(make_settings(server={"port": 0}, media=media), fresh_database) as found:
        yield found


def send(api: Api, path: str, name: str, content: bytes, **fields: str) -> httpx.Response:
    prefix = "/api/workflow-files" if path else "/api/workflows"
    return api.http.post(f"{prefix}{path}", files={"file": (name, content)}, data=fields)


def inspected(api: Api, name: str, content: bytes) -> dict[str, Any]:
    answer = send(api, "/inspect", name, content)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_file_is_shown_with_its_form_and_is_not_kept(served: Api) -> None:
    found = inspected(served, "fox (2).json", TEXT)
    assert (found["file_name"], found["usable"], found["problems"]) == ("fox (2).json", True, [])
    assert len(found["places"]) == 1
    assert {"seed", "steps", "width"} <= {field["name"] for field in found["workflow"]["form"]}
    problem(served.http.get("/api/workflows/fox (2)"), 404)


def test_what_a_server_lacks_is_said_piece_by_piece(served: Api) -> None:
    graph = painting()
    graph["4"]["inputs"]["ckpt_name"] = "fake_image_v2.safetensors"
    graph["20"] = node("VHS_VideoCombine", images=["8", 0])
    found = inspected(served, "fox.json", json.dumps(graph).encode())
    told = {each["kind"]: each for each in found["problems"]}
    assert not found["usable"]
    assert told["missing node"]["pack"] == "ComfyUI-VideoHelperSuite"
    assert told["missing model"]["nearest"] == "fake_image_v1.safetensors"


@pytest.mark.parametrize("name", CARRIERS)
def test_a_picture_a_sound_or_a_film_is_imported_by_what_it_carries(served: Api, name: str) -> None:
    answer = send(served, "", name, CARRIERS[name])
    assert answer.status_code == 201, answer.text
    assert answer.json()["problem"] is None
    stem = name.rpartition(".")[0]
    kept = (served.settings.media.workflows / f"{stem}.json").read_bytes()
    assert open_file("a.json", kept).plain == json.loads(PROMPT)


def test_a_large_picture_is_taken_and_a_large_text_is_not(served: Api) -> None:
    large = CARRIERS["a.png"] + bytes(3_000_000)
    assert send(served, "", "large.png", large).status_code == 201
    problem(send(served, "", "large.json", b" " * 3_000_000), 413)
    problem(send(served, "/inspect", "large.json", b" " * 3_000_000), 413)


def test_a_picture_of_another_program_says_so_and_gives_what_it_was_made_with(served: Api) -> None:
    found = inspected(served, "a.png", png({"parameters": INFOTEXT}))
    assert found["program"] == "AUTOMATIC1111"
    assert found["settings"] == {
        "prompt": "a fox, in the snow", "negative_prompt": "blurry", "seed": 77, "width": 512, "height": 768,
        "steps": 20,
    }  # fmt: skip
    refused = problem(send(served, "", "a.png", png({"parameters": INFOTEXT})), 422)
    assert "AUTOMATIC1111" in refused["errors"][0]["message"]


@pytest.mark.parametrize("content", [png({}), b"\x89PNG\r\n\x1a\n", b"\0" * 64, b""])
def test_a_file_that_carries_nothing_is_refused_in_words(served: Api, content: bytes) -> None:
    assert send(served, "/inspect", "a.png", content).status_code == 422
    assert send(served, "", "a.png", content).status_code == 422


def test_one_prompt_is_made_with_a_file_that_is_not_kept(served: Api) -> None:
    answer = send(served, "/try", "fox.json", TEXT, parameters='{"steps": 2, "seed": 5}')
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["prompt_text"], made["prompt_type"], made["workflow"]) == ("a red fox", "image", "fox")
    assert (made["parameters"]["seed"], made["metadata"]) == (5, {"test_run_of": "fox.json"})
    problem(served.http.get("/api/workflows/fox"), 404)
    assemble.runner(served.settings, served.database).run_queue_processor(drain=True)
    found = served.http.get(f"/api/prompts/{made['id']}").json()
    assert found["status"] == "completed", found["error_message"]
    assert found["artifacts"][0]["metadata"]["parameters"]["steps"] == 2


def test_words_and_values_of_a_test_are_checked(served: Api) -> None:
    path = "/try?prompt_text=a%20hare"
    assert send(served, path, "fox.json", TEXT).json()["prompt_text"] == "a hare"
    problem(send(served, "/try", "fox.json", TEXT, parameters='{"steps": -1}'), 422)
    problem(send(served, "/try", "fox.json", TEXT, parameters="["), 422)
    problem(send(served, "/try", "fox.json", b'{"a": 1}'), 422)
    problem(send(served, "/try", "fox.py", b"import argparse\n"), 422)
    assert served.http.post("/api/workflow-files/try", json={"name": "a", "workflow": {}}).status_code == 415


def test_round_trip_of_a_workflow_through_what_it_made(served: Api) -> None:
    """Import, run, and the film that came out is imported again: the same graph, with the values of that run."""
    first = send(served, "", "clip.json", json.dumps(filmed()).encode()).json()
    assert first["kind"] == "video"
    prompt = served.submit("a hare", prompt_type="video", workflow="clip", parameters={"seed": 9, "steps": 2})
    assemble.runner(served.settings, served.database).run_queue_processor(drain=True)
    [made] = served.http.get(f"/api/prompts/{prompt['id']}").json()["artifacts"]
    assert made["artifact_type"] == "video"
    film = served.http.get(made["file_url"]).content
    again = send(served, "", "again.mp4", film)
    assert again.status_code == 201, again.text
    assert again.json()["kind"] == "video"
    assert [field["name"] for field in again.json()["form"]] == [field["name"] for field in first["form"]]
    kept = (served.settings.media.workflows / "again.json").read_bytes()
    sent = filmed("a hare")
    sent["3"]["inputs"] |= {"seed": 9, "steps": 2}
    carried = open_file("again.json", kept).plain
    assert carried is not None
    assert bare(carried) == bare(sent)


def bare(graph: Any) -> dict[str, Any]:
    """What a graph does, without what names its files."""
    return {
        each: (data["class_type"], {key: value for key, value in data["inputs"].items() if key != "filename_prefix"})
        for each, data in graph.items()
    }
