"""Real runs of ``musings worker --drain`` on a machine that lacks something: they end, say what, and lose nothing."""

import json
import subprocess
from pathlib import Path

import pytest

from musings.models import NewPrompt, Prompt
from musings.store.database import Database
from musings.store.gallery import prompts
from musings.store.queue import submission
from tests.disks import fill
from tests.musings.command_line import SECONDS, Run, command, environment

DESCRIPTORS = 18


@pytest.fixture
def made(database: Database) -> int:
    prompt, _ = database.writing(submission.add, NewPrompt("a fox", "image", parameters={"width": 64, "height": 64}))
    return prompt.id


def found(database: Database, prompt_id: int) -> Prompt:
    return database.reading(prompts.get, prompt_id)


def test_without_descriptors(config: Path, database: Database, program: Run, made: int) -> None:
    limited = ["/bin/sh", "-c", f'ulimit -n {DESCRIPTORS}; exec "$@"', "sh", *command("worker", "--drain")]
    done = subprocess.run(
        limited, cwd=config.parent, env=environment(config.parent), capture_output=True, timeout=SECONDS, check=False
    )
    waiting = found(database, made)
    assert (done.returncode, waiting.status, waiting.attempts_used) == (1, "pending", 0), done.stderr.decode()
    assert program("worker", "--drain").code == 0
    assert found(database, made).status == "completed"


def test_on_a_full_disk(config: Path, database: Database, program: Run, made: int, small_disk: Path) -> None:
    media = {"comfyui": {"output_directory": str(small_disk / "media")}, "retention": {"min_free_gigabytes": 0}}
    config.write_text(json.dumps({**json.loads(config.read_text()), "media": media}))
    ballast = fill(small_disk)
    said = program("worker", "--drain")
    assert (said.code, found(database, made).status, found(database, made).attempts_used) == (1, "pending", 0)
    assert "musings: 1 prompt waits: The disk that holds" in said.err
    ballast.unlink()
    assert program("worker", "--drain").code == 0
    assert found(database, made).status == "completed"
