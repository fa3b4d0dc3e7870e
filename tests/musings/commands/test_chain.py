"""`musings chain`: list, show, check, add, remove, and run to the end without any server."""

import json
from pathlib import Path

import pytest

from musings.chains import library
from tests.musings.chains.studio import TWO
from tests.musings.command_line import Run


@pytest.fixture
def file(tmp_path: Path) -> str:
    made = tmp_path / "two.toml"
    made.write_text(TWO, encoding="utf-8")
    return str(made)


def test_those_there_are_are_listed_and_shown(run: Run) -> None:
    assert "musing  (shipped)  poem → picture → song → voice" in run("chain", "list").out
    shown = run("chain", "show", "album").out
    assert "--set songs=3  How many songs" in shown
    assert "songs: music for each of lyrics" in shown
    assert "poem: poem, edit" in run("chain", "show", "musing").out
    assert json.loads(run("chain", "list", "--json").out)["items"][0]["name"] == "album"
    assert run("chain", "show", "opera").code == 1


def test_a_file_is_checked_added_and_removed(run: Run, file: str) -> None:
    assert run("chain", "check", file).out == "two can be run: 2 steps.\n"
    assert "musings chain run two" in run("chain", "add", file).out
    assert json.loads(run("chain", "show", "two", "--json").out)["source"] == "own"
    assert run("chain", "remove", "two").code == 0
    assert run("chain", "remove", "two").code == 1


def test_each_fault_of_a_file_has_a_line(run: Run, tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text(
        TWO.replace("poem.title", "poem.artifact").replace('kind = "image"', 'kind = "image"\ngate = { ask = "edit" }')
    )
    said = run("chain", "check", str(bad))
    assert (said.code, len(said.out.splitlines())) == (1, 2)
    assert said.out.startswith("steps.2.prompt: {{poem.artifact}}: poem makes text")
    assert json.loads(run("chain", "check", str(bad), "--json").out)["ok"] is False
    assert run("chain", "add", str(bad)).code == 2
    assert run("chain", "check", str(tmp_path / "none.toml")).code == 2


def test_what_is_not_utf_8_is_said(run: Run, tmp_path: Path) -> None:
    odd = tmp_path / "odd.toml"
    odd.write_bytes(b"\xff")
    assert "is not UTF-8" in run("chain", "check", str(odd)).err


def test_one_is_started_with_its_parameters(run: Run) -> None:
    said = run("chain", "run", "illustrated-story", "a fox", "--set", "chapters=2", "--priority", "3", "--json")
    found = json.loads(said.out)
    assert (found["parameters"]["chapters"], found["priority"], found["status"]) == (2, 3, "running")
    assert "Musing 2 has started" in run("chain", "run", "musing", "a fox").out
    assert run("chain", "run", "musing", "a fox", "--set", "colour=3").code == 2
    assert run("chain", "run", "opera", "a fox").code == 1
    assert run("chain", "run", "musing", " ").code == 2


def test_nobody_there_to_wait_for_is_said(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("musings.commands.musing.NO_WORKER_SECONDS", 0.0)
    said = run("chain", "run", "musing", "a fox", "--wait")
    assert (said.code, "Start `musings up`" in said.err) == (3, True)


SMALL = {
    "musing": [],
    "illustrated-story": ["--set", "chapters=2"],
    "picture-book": ["--set", "pages=2"],
    "album": ["--set", "songs=1"],
}


@pytest.mark.parametrize("name", SMALL)
def test_each_that_comes_with_musings_runs_to_its_end_on_a_machine_without_anything(run: Run, name: str) -> None:
    assert {each.chain.name for each in library.shipped()} == set(SMALL)
    assert run("chain", "run", name, "a fox in the snow", *SMALL[name]).code == 0
    assert run("worker", "--drain").code == 0
    found = json.loads(run("musing", "show", "1", "--json").out)
    assert found["status"] == "completed"
    for step in found["steps"]:
        assert step["prompts"], step["name"]
        assert all(each["status"] == "completed" and each["artifacts"] for each in step["prompts"])
