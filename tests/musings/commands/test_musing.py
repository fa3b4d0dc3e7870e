"""`musings musing`: list, show, cancel, pause, resume, retry, priority, and answers at gates."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.musings.chains.studio import TWO
from tests.musings.command_line import Run

GATED = TWO.replace(
    'prompt = "{{idea}}"', 'prompt = "{{idea}}"\ntimes = 2\ngate = { ask = "GATE", question = "Good?" }'
)


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """A chain of two texts, so that a test is quick."""
    made = tmp_path / "two.toml"
    made.write_text(TWO.replace('kind = "image"', 'kind = "text"'))
    return made


def started(run: Run, file: Path) -> None:
    assert run("chain", "add", str(file)).code == 0
    assert run("chain", "run", "two", "a fox").code == 0


def shown(run: Run) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("musing", "show", "1", "--json").out)
    return found


def test_one_is_shown_before_and_after(run: Run, texts: Path) -> None:
    started(run, texts)
    said = run("musing", "show", "1").out
    assert said.splitlines()[0].split()[:4] == ["1", "running", "two", "0/2"]
    assert "poem           running  (prompts 1)" in said
    assert run("worker", "--drain").code == 0
    assert run("musing", "show", "1").out.splitlines()[0].split()[:4] == ["1", "completed", "two", "2/2"]
    assert "No musings." in run("musing", "list", "--chain", "album").out
    assert run("musing", "show", "2").code == 1


def test_they_are_listed_page_by_page(run: Run, texts: Path) -> None:
    for _ in range(2):
        started(run, texts)
    said = run("musing", "list", "--limit", "1").out
    assert (said.split()[0], said.splitlines()[-1]) == ("2", "More: --cursor 2")
    page = json.loads(run("musing", "list", "--limit", "1", "--cursor", "2", "--json").out)
    assert ([each["id"] for each in page["items"]], page["next_cursor"]) == ([1], None)


def test_the_whole_is_paused_moved_resumed_cancelled_and_tried_again(run: Run, texts: Path) -> None:
    started(run, texts)
    assert "paused" in run("musing", "pause", "1").out
    run("worker", "--drain")
    assert shown(run)["steps"][0]["state"] == "running"
    assert "1  paused" in run("musing", "priority", "1", "2").out
    assert shown(run)["priority"] == 2
    assert "running" in run("musing", "resume", "1").out
    assert "cancelled" in run("musing", "cancel", "1").out
    assert "running" in run("musing", "retry", "1").out
    run("worker", "--drain")
    assert shown(run)["status"] == "completed"
    assert run("musing", "retry", "1").code == 1
    assert run("musing", "priority", "1", "11").code == 2
    assert run("musing", "cancel", "no").code == 2


def gated(run: Run, texts: Path, ask: str) -> None:
    texts.write_text(GATED.replace("GATE", ask).replace('kind = "image"', 'kind = "text"'))
    started(run, texts)
    assert run("worker", "--drain").code == 0


def test_what_is_asked_is_shown_with_the_answers_and_a_text_is_edited(run: Run, texts: Path) -> None:
    gated(run, texts, "edit")
    assert "    Good? (edit, approve, decline)" in run("musing", "show", "1").out
    assert run("musing", "choose", "1", "poem", "1").code == 2
    said = run("musing", "edit", "1", "poem", "A hare.", "--number", "2")
    assert (said.code, "picture        running" in said.out) == (0, True)
    assert shown(run)["steps"][1]["prompts"][0]["prompt_text"].endswith("A hare.")
    assert run("musing", "approve", "1", "poem").code == 1


def test_one_is_chosen(run: Run, texts: Path) -> None:
    gated(run, texts, "choose")
    assert run("musing", "choose", "1", "poem", "3").code == 2
    assert run("musing", "choose", "1", "poem", "2").code == 0
    assert shown(run)["steps"][0]["chosen"] == [2]


def test_what_is_declined_is_told_and_made_anew(run: Run, texts: Path) -> None:
    gated(run, texts, "approve")
    said = run("musing", "decline", "1", "poem").out
    assert "poem: It was declined at its gate. `musings musing retry 1 --step poem` makes it anew" in said
    assert run("musing", "retry", "1", "--step", "poem").code == 0
    run("worker", "--drain")
    assert shown(run)["status"] == "asking"
    assert run("musing", "approve", "1", "poem").code == 0
