"""``musings workflows`` and ``submit`` with files of one's own."""

import json
from pathlib import Path

from tests.musings.commands.conftest import Run
from tests.musings.makers.comfyui.graphs import painting, picture
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
