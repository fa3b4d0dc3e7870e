"""``python -m comfyui_workflows``, as a real process."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from comfyui_workflows.json_types import Json
from fake_comfyui.nodes import classes
from fake_comfyui.server import MODELS
from tests.musings.makers.comfyui.doubles import EXPORT
from tests.musings.makers.comfyui.graphs import painting

SAVED = {
    "nodes": [
        {"id": 6, "type": "CLIPTextEncode", "widgets_values": ["a fox"], "inputs": [], "outputs": []},
        {"id": 7, "type": "Note", "widgets_values": ["do not forget"], "inputs": [], "outputs": []},
    ],
    "links": [],
}
KNOWN = {
    "CLIPTextEncode": {"input": {"required": {"text": ["STRING", {"multiline": True}]}}, "display_name": "Encode"},
    "KSampler": {"input": {"required": {"steps": ["INT", {"min": 1, "max": 40}]}}},
}


@pytest.fixture
def object_info(tmp_path: Path) -> Path:
    path = tmp_path / "object_info.json"
    path.write_text(json.dumps(KNOWN))
    return path


def run(*words: object) -> tuple[int, list[str]]:
    """The exit code, and the lines of stderr."""
    command = [sys.executable, "-m", "comfyui_workflows", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == ""
    return done.returncode, done.stderr.splitlines()


def put(path: Path, content: Json) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def read(path: Path) -> Json:
    return json.loads(path.read_text(encoding="utf-8"))


def test_both_formats_are_converted_into_a_new_folder(object_info: Path, tmp_path: Path) -> None:
    files = [put(tmp_path / "saved.json", SAVED), put(tmp_path / "api.json", {"prompt": painting()})]
    out = tmp_path / "new" / "out"
    assert run("convert", "--object-info", object_info, "--out", out, *files) == (0, [])
    assert read(out / "saved.json") == {
        "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a fox"}, "_meta": {"title": "Encode"}}
    }
    assert read(out / "api.json") == painting()
    assert sorted(path.name for path in out.iterdir()) == ["api.json", "saved.json"]


def test_a_form_has_its_fields_and_their_places(object_info: Path, tmp_path: Path) -> None:
    file = put(tmp_path / "fox.json", painting())
    put(tmp_path / "fox.form.toml", '[fields.prompt]\nlabel = "Was zu malen ist: ein F\u00fcchslein"\n')
    assert run("form", "--out", tmp_path / "out", "--object-info", object_info, file) == (0, [])
    form = read(tmp_path / "out" / "fox.json")
    assert (form["kind"], form["graph"]) == ("image", painting())
    fields = {field["name"]: field for field in form["fields"]}
    assert fields["steps"] == {
        "name": "steps",
        "type": "int",
        "label": "Steps",
        "default": painting()["3"]["inputs"]["steps"],
        "minimum": 1,
        "maximum": 40,
        "step": None,
        "choices": [],
        "help": "KSampler: steps",
        "role": "steps",
        "required": False,
        "advanced": True,
    }
    assert fields["prompt"]["label"] == "Was zu malen ist: ein F\u00fcchslein"
    places = {(each["field"], each["node"], each["input"]) for each in form["bindings"]}
    assert ("steps", "3", "steps") in places


def test_the_form_of_a_script(object_info: Path, tmp_path: Path) -> None:
    script = put(tmp_path / "painting.py", EXPORT)
    assert run("form", "--object-info", object_info, "--out", tmp_path / "out", script) == (0, [])
    assert "prompt" in [field["role"] for field in read(tmp_path / "out" / "painting.json")["fields"]]
    code, lines = run("convert", "--object-info", object_info, "--out", tmp_path / "out", script)
    assert (code, len(lines)) == (1, 1)
    assert "is a script" in lines[0]


def test_what_fails_is_told_and_the_others_are_done(object_info: Path, tmp_path: Path) -> None:
    unknown = {"nodes": [{"id": 1, "type": "CLIPTextEncodeX", "inputs": [{"name": "clip", "link": 1}]}], "links": []}
    unknown["links"] = [[1, 2, 0, 1, 0, "CLIP"]]  # type: ignore[list-item]
    bad = [
        (put(tmp_path / "page.json", "<html>\n<p>Bad gateway\n"), "is a web page"),
        (put(tmp_path / "cut.json", '{"nodes": [\n'), "is not JSON"),
        (put(tmp_path / "unknown.json", unknown), "CLIPTextEncodeX (nearest: CLIPTextEncode)"),
        (tmp_path / "absent.json", "No such file"),
        (tmp_path, "directory"),
    ]
    good = put(tmp_path / "good.json", SAVED)
    out = tmp_path / "out"
    code, lines = run("convert", "--object-info", object_info, "--out", out, *(path for path, _ in bad), good)
    assert code == 1
    assert len(lines) == len(bad)
    for line, (path, words) in zip(lines, bad, strict=True):
        assert line.startswith(str(path))
        assert line.count(path.name) == 1
        assert words in line
    assert "error" not in read(out / "good.json")
    for path, words in bad:
        assert words in read(out / f"{path.stem}.json")["error"]


def test_what_no_file_can_hold_fails_that_file_alone(tmp_path: Path) -> None:
    half = r"""import argparse
parser = argparse.ArgumentParser()
parser.add_argument("--prompt")
parser.add_argument("--output")
parser.add_argument("--style", choices=["plain", "\ud800"])
parser.parse_args()
"""
    files = [put(tmp_path / "half.py", half), put(tmp_path / "good.json", painting())]
    code, lines = run("form", "--out", tmp_path / "out", *files)
    assert (code, len(lines)) == (1, 1)
    assert lines[0].startswith(f"{files[0]}: It cannot be understood")
    assert set(read(tmp_path / "out" / "half.json")) == {"error"}
    assert read(tmp_path / "out" / "good.json")["kind"] == "image"


def test_a_file_of_an_earlier_run_or_of_another_file_is_not_taken_for_a_result(
    object_info: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    file = put(tmp_path / "fox.json", SAVED)
    words = ("convert", "--object-info", object_info, "--out")
    assert run(*words, out, file)[0] == 0
    put(file, "not JSON")
    assert run(*words, out, file)[0] == 1
    assert "is not JSON" in read(out / "fox.json")["error"]
    other = tmp_path / "other"
    other.mkdir()
    twice = run(*words, out, put(file, SAVED), put(other / "fox.json", painting()))
    assert (twice[0], len(twice[1])) == (1, 1)
    assert "6" in read(out / "fox.json")
    itself = run(*words, tmp_path, file)
    assert (itself[0], read(file)) == (1, SAVED)


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("convert",),
        ("convert", "fox.json"),
        ("convert", "--object-info", "object_info.json", "fox.json"),
        ("convert", "--object-info", "object_info.json", "--out", "out"),
        ("paint", "--object-info", "object_info.json", "--out", "out", "fox.json"),
        ("form", "--object-info", "absent.json", "--out", "out", "fox.json"),
        ("form", "--object-info", "fox.json", "--out", "out", "fox.json"),
        ("form", "--object-info", "object_info.json", "--out", "fox.json", "fox.json"),
    ],
)
def test_wrong_usage(
    words: tuple[str, ...], object_info: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "fox.json", [painting()])
    code, lines = run(*words)
    assert code == 2
    assert "error: " in lines[-1]
    assert not (tmp_path / "out" / "fox.json").exists()


def test_the_classes_of_a_server_are_taken_as_it_tells_them(tmp_path: Path) -> None:
    told = put(tmp_path / "told.json", {each.name: each.info() for each in classes(MODELS, [], []).values()})
    file = put(tmp_path / "fox.json", painting())
    assert run("form", "--object-info", told, "--out", tmp_path / "out", file) == (0, [])


def test_without_classes_files_in_api_format_are_read_alone(tmp_path: Path) -> None:
    files = [put(tmp_path / "saved.json", SAVED), put(tmp_path / "api.json", painting())]
    for command in ("convert", "form"):
        code, lines = run(command, "--out", tmp_path / command, *files)
        assert (code, len(lines)) == (1, 1)
        assert "ComfyUI server at hand" in read(tmp_path / command / "saved.json")["error"]
    assert read(tmp_path / "convert" / "api.json") == painting()
    form = read(tmp_path / "form" / "api.json")
    assert set(form) == {"kind", "fields", "bindings", "graph"}
    assert "prompt" in [field["name"] for field in form["fields"]]


def test_what_the_page_resolves_is_resolved_or_left(tmp_path: Path) -> None:
    known = {
        "CLIPTextEncode": {"input": {"required": {"text": ["STRING", {"dynamicPrompts": True}]}}},
        "SaveImage": {"input": {"required": {"filename_prefix": ["STRING", {}]}}},
    }
    nodes = [
        {"id": 1, "type": "CLIPTextEncode", "title": "Words", "widgets_values": ["a {red|green} cat // note"]},
        {"id": 2, "type": "SaveImage", "widgets_values": ["%Words.text%_%width%"]},
    ]
    told, file = put(tmp_path / "told.json", known), put(tmp_path / "cat.json", {"nodes": nodes, "links": []})
    assert run("convert", "--object-info", told, "--out", tmp_path / "queued", file) == (0, [])
    graph = read(tmp_path / "queued" / "cat.json")
    assert graph["1"]["inputs"]["text"] == "a red cat "
    assert graph["2"]["inputs"]["filename_prefix"] == "a {red_green} cat __ note_%width%"
    assert run("convert", "--as-saved", "--object-info", told, "--out", tmp_path / "saved", file) == (0, [])
    graph = read(tmp_path / "saved" / "cat.json")
    assert graph["1"]["inputs"]["text"] == "a {red|green} cat // note"
    assert graph["2"]["inputs"]["filename_prefix"] == "%Words.text%_%width%"
