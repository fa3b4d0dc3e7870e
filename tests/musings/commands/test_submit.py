"""`musings submit`: a prompt from the terminal, and waiting for it."""

import signal
from pathlib import Path

import pytest

from musings.store.database import Database
from musings.store.gallery import lists, prompts
from musings.store.queue import changes
from tests.musings.command_line import Run, running
from tests.waiting import until


def test_submit_says_which_prompt_it_is(run: Run, database: Database) -> None:
    said = run("submit", "a fox in the snow")
    assert (said.code, said.out, said.err) == (0, "Prompt 1 is queued.\n", "")
    assert database.reading(prompts.get, 1).prompt_text == "a fox in the snow"


def test_submit_as_json_is_the_apis_document(run: Run) -> None:
    said = run("submit", "a fox", "--type", "image", "--priority", "2", "--count", "3", "--set", "width=512", "--json")
    assert said.code == 0
    assert said.json["parameters"] == {"width": 512, "count": 3}
    assert (said.json["prompt_type"], said.json["priority"], said.json["position"]) == ("image", 2, 1)
    assert said.json["created_at"].endswith("Z")


@pytest.mark.parametrize(
    ("prompt_type", "given", "stored"),
    [
        ("image", "width=512", 512),
        ("image", "seed=9007199254740991", 2**53 - 1),
        ("music", "duration=30.5", 30.5),
        ("voice", "voice=en-us", "en-us"),
        ("voice", "voice=7", "7"),
        ("voice", "voice=a=b", "a=b"),
        ("text", "form=free verse", "free verse"),
    ],
)
def test_set_gives_values_as_the_form_wants_them(run: Run, prompt_type: str, given: str, stored: object) -> None:
    said = run("submit", "a fox", "--type", prompt_type, "--set", given, "--json")
    assert said.json["parameters"] == {given.partition("=")[0]: stored}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--set", "width"), "--set width: write it as name=value"),
        (("--set", "=3"), "write it as name=value"),
        (("--set", "width=wide"), "parameters.width: must be a number from 64 to 2048"),
        (("--set", "width=true"), "parameters.width"),
        (("--set", "width=1e999"), "parameters.width"),
        (("--set", "width=99999"), "parameters.width"),
        (("--set", "widht=512"), "did you mean width"),
        (("--priority", "11"), "priority: must be from 1"),
        (("--count", "0"), "count: must be from 1"),
        (("--count", "99"), "count: must be from 1"),
        (("--type", "poster"), "is no prompt type"),
        (("--workflow", "gone"), "there is no workflow 'gone'"),
    ],
)
def test_submit_refuses_in_one_line(run: Run, database: Database, words: tuple[str, ...], said: str) -> None:
    found = run("submit", "a fox", "--type", "image", *words)
    assert (found.code, found.out) == (2, "")
    assert said in found.err
    assert found.err.count("\n") == 1
    assert database.reading(lists.listing, lists.PromptFilter(), 5, None).items == ()


def test_text_after_two_dashes_may_begin_with_one(run: Run, database: Database) -> None:
    assert run("submit", "--type", "poem", "--", "--help is a poem").code == 0
    assert database.reading(prompts.get, 1).prompt_text == "--help is a poem"


def test_text_from_standard_input(program: Run, database: Database) -> None:
    assert program("submit", "-", stdin="zwei Füchse\nim Schnee 🦊\n".encode()).code == 0
    assert database.reading(prompts.get, 1).prompt_text == "zwei Füchse\nim Schnee 🦊\n"
    for stdin, words in ((b"", "is empty"), (b"f\xfcchse", "not UTF-8"), (b"x" * 2_000_000, "at most 200,000")):
        said = program("submit", "-", stdin=stdin)
        assert said.code == 2
        assert words in said.err


def test_wait_without_a_worker_ends_with_3(run: Run, database: Database) -> None:
    said = run("submit", "a fox", "--wait")
    assert (said.code, said.out) == (3, "")
    assert said.err.startswith("musings: Prompt 1 is queued, but no worker runs.")
    assert database.reading(prompts.get, 1).status == "pending"


def test_wait_for_a_worker(config: Path, database: Database, program: Run) -> None:
    with running(config, "worker") as worker:
        good = program("submit", "a fox", "--type", "poem", "--wait", "--json")
        assert (good.code, good.json["status"]) == (0, "completed")
        assert good.json["writing"]["content"]
        shown = program("submit", "a wren", "--type", "poem", "--wait")
        assert shown.code == 0
        assert "Prompt 2, poem, completed" in shown.out
        assert "attempt 1: completed" in shown.out
        bad = program("submit", "a fox", "--type", "voice", "--set", "voice=klingonish", "--wait")
        assert bad.code == 1
        assert "failed" in bad.out
        assert "klingonish" in bad.out
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(30) == 0


def test_wait_for_the_next_run_of_a_schedule(config: Path, database: Database, program: Run) -> None:
    """Nobody runs while it waits; the schedule that comes by makes the prompt."""
    assert program("worker", "--drain").code == 0
    assert "none runs; a schedule works on the queue" in program("status").out
    with running(config, "submit", "a fox", "--type", "poem", "--wait") as waiting:
        assert waiting.stdout is not None
        assert "prompt 1 waits: a schedule works on the queue; its next look is due" in waiting.stdout.readline()
        assert program("worker", "--drain").code == 0
        assert "Prompt 1, poem, completed" in waiting.communicate(timeout=30)[0]
        assert waiting.returncode == 0


def test_wait_for_a_schedule_that_stopped(run: Run, database: Database) -> None:
    database.writing(changes.put, "schedule", '{"runs": ["2026-01-01 10:00:00", "2026-01-01 10:05:00"]}')
    said = run("submit", "a fox", "--wait")
    assert said.code == 3
    assert "the schedule has not run since 2026-01-01 10:05 UTC" in said.err


def test_a_row_that_another_program_forbids(run: Run, database: Database) -> None:
    with database.write() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER no_foxes BEFORE INSERT ON prompts BEGIN SELECT RAISE(ABORT, 'no foxes here'); END"
        )
    said = run("submit", "a fox")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("musings: The tables of the database refuse this row: no foxes here. Another program")
    assert "INSERT" not in said.err


def test_wait_is_interrupted(config: Path, database: Database) -> None:
    with running(config, "submit", "a fox", "--wait") as waiting:
        until(lambda: database.reading(lists.listing, lists.PromptFilter(), 5, None).items, seconds=30)
        waiting.send_signal(signal.SIGINT)
        assert waiting.communicate(timeout=30)[0] == ""
        assert waiting.returncode == 130
    assert database.reading(prompts.get, 1).status == "pending"
