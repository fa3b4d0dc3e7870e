"""``musings workflows`` and ``submit`` with files of one's own."""

import json
from pathlib import Path

from fake_comfyui.server import FakeComfy
from tests.comfyui_workflows.carriers import CARRIERS, png
from tests.comfyui_workflows.saved_files import pictures
from tests.musings.command_line import Run
from tests.musings.makers.comfyui.graphs import painting, picture
from tests.musings.makers.comfyui.renumbering import renumbered
from tests.musings.makers.comfyui.strange_files import FILES, SIDECARS


def keep(config: Path, name: str, content: str | bytes) -> None:
    folder = config.parent / "media"
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)


def test_a_workflow_that_takes_no_words_says_so_before(run: Run, config: Path) -> None:
    keep(config, "tool.json", json.dumps(picture()))
    keep(config, "fox.json", json.dumps(painting()))
    listed = {line.split()[0]: line for line in run("workflows", "list").out.splitlines()}
    assert "takes no words" in listed["tool"]
    assert "takes no words" not in listed["fox"]
    assert "It takes no words" in run("workflows", "show", "tool").out
    checked = run("workflows", "check").out
    assert "tool: CANNOT BE USED; it takes no words" in checked
    assert [each["takes_text"] for each in run("workflows", "check", "tool", "--json").json] == [False]
    said = run("submit", "--type", "image", "--workflow", "tool", "a red fox")
    assert said.code == 0
    assert "The workflow tool takes no words, so these are not used." in said.out
    assert "no words" not in run("submit", "--type", "image", "--workflow", "fox", "a red fox").out


def test_one_strange_file_is_named_and_stops_nothing(run: Run, config: Path) -> None:
    for name, (content, _) in FILES.items():
        keep(config, f"{name}.json", content)
    for name, (content, _) in SIDECARS.items():
        keep(config, f"{name}.json", json.dumps(painting()))
        keep(config, f"{name}.form.toml", content)
    said = run("workflows", "check")
    assert said.code == 1
    for name in (*FILES, *SIDECARS):
        assert f"{name}: CANNOT BE USED" in said.out
    assert run("submit", "--type", "image", "a red fox").code == 0


def test_a_file_is_checked_against_a_server_without_importing_it(run: Run, tmp_path: Path) -> None:
    graph = painting()
    (tmp_path / "good (1).json").write_text(json.dumps(graph))
    graph["4"]["inputs"]["ckpt_name"] = "fake_image_v2.safetensors"
    (tmp_path / "bad.json").write_text(json.dumps(graph))
    with FakeComfy() as fake:
        good = run("workflows", "check", str(tmp_path / "good (1).json"), "--server", fake.url)
        bad = run("workflows", "check", str(tmp_path / "bad.json"), "--server", fake.url, "--json")
        (tmp_path / "saved.json").write_text(json.dumps({"nodes": pictures().nodes, "links": []}))
        saved = run("workflows", "check", str(tmp_path / "saved.json"), "--server", fake.url, "--json")
    assert saved.json["workflow"]["problem"] is None  # read with that server's classes, ours being away
    assert (good.code, bad.code) == (0, 1)
    assert "can be used" in good.out
    assert "steps" in good.out  # the form that it would have
    [problem] = bad.json["problems"]
    assert (problem["kind"], problem["nearest"]) == ("missing model", "fake_image_v1.safetensors")
    assert "good" not in run("workflows", "list").out
    away = run("workflows", "check", str(tmp_path / "bad.json"), "--server", "http://127.0.0.1:9")
    assert away.code == 3
    assert "http://127.0.0.1:9" in away.out
    assert run("workflows", "check", str(tmp_path / "bad.json"), "--server", "gpu").code == 2
    assert run("workflows", "check", str(tmp_path / "none.json")).code == 1


def test_a_picture_is_imported_by_what_it_carries(run: Run, tmp_path: Path) -> None:
    (tmp_path / "fox (2).png").write_bytes(CARRIERS["a.png"])
    assert run("workflows", "import", str(tmp_path / "fox (2).png"), "--json").json["name"] == "fox (2)"
    (tmp_path / "web.png").write_bytes(png({"parameters": "a fox\nSteps: 20, Seed: 77, Size: 64x48"}))
    said = run("workflows", "import", str(tmp_path / "web.png"))
    assert said.code != 0
    assert "AUTOMATIC1111" in said.err
    assert "seed 77" in said.err
    told = run("workflows", "check", str(tmp_path / "web.png"), "--json")
    assert (told.code, told.json["program"], told.json["settings"]["seed"]) == (1, "AUTOMATIC1111", 77)


def test_workflows(run: Run) -> None:
    assert "sketch-image" in run("workflows").out
    names = {item["name"] for item in run("workflows", "list", "--json").json}
    assert {"sketch-text", "sketch-image", "sketch-music", "sketch-voice"} <= names
    said = run("workflows", "show", "sketch-image")
    assert said.out.startswith("sketch-image: ")
    assert "  width " in said.out
    assert run("workflows", "show", "sketch-image", "--json").json["kind"] == "image"
    missing = run("workflows", "show", "sketch-poster")
    assert (missing.code, missing.out) == (1, "")
    assert "sketch-poster" in missing.err


def test_what_a_new_export_moved_is_said_also_in_another_process(run: Run, config: Path) -> None:
    keep(config, "fox.json", json.dumps(painting()))
    assert "changed" not in run("workflows", "list").out
    keep(config, "fox.json", json.dumps(renumbered(painting())))
    assert "its file changed" in run("workflows", "list").out
    for verb in ("show", "check"):
        assert "prompt goes to node 16 now, which was 6." in run("workflows", verb, "fox").out
    assert "prompt goes to node 16 now, which was 6." in run("workflows", "check", "fox", "--json").json[0]["changes"]


def test_values_are_kept_under_a_name_and_used_by_it(run: Run, config: Path) -> None:
    keep(config, "fox.json", json.dumps(painting()))
    assert "has no presets" in run("workflows", "preset", "fox").out
    assert run("workflows", "preset", "fox", "fast", "--set", "steps=4", "--set", "cfg=2.5").code == 0
    assert run("workflows", "preset", "fox").out == "fast: steps=4, cfg=2.5\n"
    graph = renumbered(painting())
    del graph["13"]["inputs"]["cfg"]
    keep(config, "fox.json", json.dumps(graph))
    assert "cfg is gone from the workflow" in run("workflows", "preset", "fox", "fast").out
    submit = ("submit", "--type", "image", "--workflow", "fox", "--preset", "fast", "--json", "a fox")
    said = run(*submit)
    assert "a value for cfg, which is gone" in said.err
    assert said.json["parameters"] == {"steps": 4}
    assert run(*submit, "--set", "steps=7").json["parameters"] == {"steps": 7}
    assert run("submit", "--type", "image", "--preset", "fast", "a fox").code == 2
    assert run("submit", "--type", "image", "--workflow", "fox", "--preset", "slow", "a fox").code == 1
    assert run("workflows", "preset", "fox", "fast", "--remove").code == 0
    assert run("workflows", "preset", "fox", "fast").code == 1
    assert run("workflows", "preset", "nobody").code == 1
    assert run("workflows", "show", "fox", "--remove").code == 2
