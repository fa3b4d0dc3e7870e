"""Prompts by exports in a warm process, the whole way: the same results as cold runs, and nothing left behind."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from musings import process
from musings.config.settings import Settings
from musings.files.media_root import MediaRoot
from musings.models import Attempt, NewPrompt, Prompt
from musings.store.database import Database
from musings.store.gallery import artifacts, prompts
from musings.store.queue import attempts, cancellation, submission
from musings.worker import assemble
from tests.conftest import MakeSettings
from tests.musings.makers.comfyui.doubles import EXPORT, stub_comfyui
from tests.musings.worker.conftest import until
from tests.musings.worker.script_runs import HOSTILE, configured, drained, seen
from tests.musings.worker.waiting_for import wait_for

WARM = {"enabled": True}


@pytest.fixture
def settings(make_settings: MakeSettings, tmp_path: Path) -> Settings:
    return configured(make_settings, tmp_path, warm_scripts=WARM)


def warm(make_settings: MakeSettings, folder: Path, text: str = EXPORT, **more: Any) -> Settings:
    return configured(make_settings, folder, text, warm_scripts={**WARM, **more})


def last_of(database: Database, prompt_id: int) -> Attempt:
    return database.reading(attempts.of_prompts, [prompt_id])[prompt_id][-1]


def log_of(database: Database, prompt_id: int) -> str:
    return last_of(database, prompt_id).log_excerpt or ""


def identity_of(external_id: str | None) -> str:
    assert external_id is not None
    return external_id.removeprefix("process:")


def process_of(database: Database, prompt: Prompt) -> str:
    return identity_of(last_of(database, prompt.id).external_id)


def test_warm_runs_make_what_cold_runs_make(make_settings: MakeSettings, tmp_path: Path, database: Database) -> None:
    stub_comfyui(tmp_path / "Some install" / "ComfyUI-stable", paints=True)
    wanted: dict[str, Any] = {"parameters": {"seed": 7, "count": 2, "negative_prompt": "blurry"}}
    cold = drained(configured(make_settings, tmp_path), database, "a fox", **wanted)
    settings = warm(make_settings, tmp_path)
    first, second = (database.writing(submission.add, NewPrompt("a fox", "image", **wanted))[0] for _ in range(2))
    assemble.runner(settings, database).run_queue_processor(drain=True)

    made = [database.reading(artifacts.of_prompts, [each.id]) for each in (cold, first, second)]
    pixels = [[each.metadata["pixels_sha256"] for each in files] for files in made]
    assert pixels[0] == pixels[1] == pixels[2]
    assert len(set(pixels[0])) == 2
    assert [each.metadata["sha256"] for each in made[0]] == [each.metadata["sha256"] for each in made[2]]
    assert [each.metadata["seed"] for each in made[2]] == [7, 8]
    assert "running warm" in log_of(database, second.id)
    assert "started a warm process" not in log_of(database, second.id)


def test_one_process_serves_the_queue_and_ends_with_it(settings: Settings, database: Database) -> None:
    wanted = [database.writing(submission.add, NewPrompt(f"fox {number}", "image"))[0] for number in range(4)]
    assemble.runner(settings, database).run_queue_processor(drain=True)
    found = [database.reading(prompts.get, each.id) for each in wanted]
    assert [each.status for each in found] == ["completed"] * 4
    [who] = {process_of(database, each) for each in found}
    assert not process.alive(who)
    assert [seen(database, settings, each)[0]["loads"] for each in found] == [1] * 4
    assert not list((settings.media_root / ".attempts").iterdir())


def test_hostile_texts_reach_the_node_unchanged(settings: Settings, database: Database) -> None:
    wanted = {
        database.writing(submission.add, NewPrompt(text, "image"))[0].id: text for text in HOSTILE if text.strip()
    }
    assemble.runner(settings, database).run_queue_processor(drain=True)
    for prompt_id, text in wanted.items():
        found = database.reading(prompts.get, prompt_id)
        assert found.status == "completed", (text[:40], found.error_message)
        [given] = seen(database, settings, found)
        assert given["positive"] == text
        assert given["loads"] == 1
    assert not Path("/tmp/owned").exists()


def test_a_crash_costs_nothing_but_time(make_settings: MakeSettings, tmp_path: Path, database: Database) -> None:
    flag = tmp_path / "crashed"
    once = (
        f"def main():\n    import pathlib, signal\n    flag = pathlib.Path({str(flag)!r})\n"
        "    if 'crash' in args.text5 and not flag.exists():\n"
        "        flag.write_text('')\n        os.kill(os.getpid(), signal.SIGKILL)"
    )
    settings = warm(make_settings, tmp_path, EXPORT.replace("def main():", once))
    wanted = [database.writing(submission.add, NewPrompt(text, "image"))[0] for text in ("a fox", "a crash", "a hare")]
    assemble.runner(settings, database).run_queue_processor(drain=True)
    found = [database.reading(prompts.get, each.id) for each in wanted]
    assert [(each.status, each.attempt) for each in found] == [("completed", 1)] * 3
    assert flag.exists()
    first, second, third = (process_of(database, each) for each in found)
    assert first != second == third


@pytest.mark.parametrize(
    ("change", "words", "tries"),
    [
        (("fox.safetensors", "fix.safetensors"), "fix.safetensors", 1),
        (("import argparse, json", "import argparse, nothing_here, json"), "nothing_here", 1),
        (("def main():", "def main():\n    raise MemoryError('Allocation on device')"), "memory", 3),
        (("        else:\n            saveimage_9", "        elif ctx:\n            saveimage_9"), "left no file", 1),
    ],
)
def test_a_script_that_fails_says_why(
    make_settings: MakeSettings,
    tmp_path: Path,
    database: Database,
    change: tuple[str, str],
    words: str,
    tries: int,
) -> None:
    found = drained(warm(make_settings, tmp_path, EXPORT.replace(*change)), database)
    assert found.status == "failed"
    assert words in (found.error_message or "")
    assert found.attempt == tries
    assert not process.alive(process_of(database, found))


def test_an_export_of_another_shape_runs_cold(make_settings: MakeSettings, tmp_path: Path, database: Database) -> None:
    settings = warm(make_settings, tmp_path, EXPORT.replace("parser", "words_parser"))
    found = drained(settings, database, "a hare")
    assert found.status == "completed", found.error_message
    assert seen(database, settings, found)[0]["positive"] == "a hare"
    log = log_of(database, found.id)
    assert "no warm process can run this script" in log
    assert "It runs cold" in log


def test_cancelling_kills_the_process(make_settings: MakeSettings, tmp_path: Path, database: Database) -> None:
    flag = tmp_path / "started"
    slow = f"def main():\n    import pathlib, time\n    pathlib.Path({str(flag)!r}).write_text('')\n    time.sleep(600)"
    settings = warm(make_settings, tmp_path, EXPORT.replace("def main():", slow))
    prompt, _ = database.writing(submission.add, NewPrompt("a fox", "image"))
    working = threading.Thread(target=assemble.runner(settings, database).run_queue_processor, kwargs={"drain": True})
    working.start()
    running = wait_for(database, prompt.id, lambda found: found.external_id is not None and flag.exists())
    database.writing(cancellation.cancel, prompt.id)
    working.join()
    assert database.reading(prompts.get, prompt.id).status == "cancelled"
    assert not process.alive(identity_of(running.external_id))


def test_a_killed_worker_takes_its_process_along(
    make_settings: MakeSettings, tmp_path: Path, database: Database
) -> None:
    flag = tmp_path / "ran"
    once = (
        f"def main():\n    import pathlib, time\n    flag = pathlib.Path({str(flag)!r})\n"
        "    if not flag.exists():\n        flag.write_text('')\n        time.sleep(600)"
    )
    settings = warm(make_settings, tmp_path, EXPORT.replace("def main():", once))
    prompt, _ = database.writing(submission.add, NewPrompt("a fox", "image"))
    words = [sys.executable, "-m", "musings", "worker", "--drain", "--config", str(settings.file)]
    first = subprocess.Popen(words, stderr=subprocess.DEVNULL)
    running = wait_for(database, prompt.id, lambda found: found.external_id is not None and flag.exists())
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    until(lambda: not process.alive(identity_of(running.external_id)))

    subprocess.run(words, check=True, timeout=60, stderr=subprocess.DEVNULL)

    found = database.reading(prompts.get, prompt.id)
    assert found.status == "completed", found.error_message
    [artifact] = database.reading(artifacts.of_prompts, [prompt.id])
    given = json.loads(MediaRoot(settings.media_root).find(artifact.file_path).read_text())
    assert given["positive"] == "a fox"
