"""Media prompts by SaveAsScript exports, the whole way: a row in, a real process with a stub ComfyUI, a row out."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from musings import process
from musings.config import Settings
from musings.models import NewPrompt, Prompt
from musings.store import artifacts, attempts, prompts
from musings.store.database import Database
from musings.store.media_root import MediaRoot
from musings.worker import assemble
from tests.comfy.doubles import EXPORT, export, stub_comfyui
from tests.conftest import MakeSettings
from tests.worker.test_comfyui_prompts import wait_for

HOSTILE = [
    "123", "-5", "1e5", "true", "null", "NaN", "[1]", '{"a": 1}', '"quoted"', "   123  ", "--help", "-h", "--", "-c",
    "--text6", "-Infinity", "--text5=--", 'say "hi"', "it's", "two\nlines", "tab\there", "back\\slash", "0123", "%s",
    "{x}", "{x|y}",
    "$(touch /tmp/owned)", "`id`", "; rm -rf ~", "&& true", "| cat", "> out", "é ü ñ ß", "日本語", "🦊🎨",
    "a\u0000b", "\u202eevil", "\ufeffbom", "(((deep:1.2)))", "<lora:x:1>", "// comment", "/* c */", "a" * 100_000,
    "\r\n", "'; DROP TABLE prompts; --",
]  # fmt: skip


@pytest.fixture
def settings(make_settings: MakeSettings, tmp_path: Path) -> Settings:
    return configured(make_settings, tmp_path)


def configured(make_settings: MakeSettings, folder: Path, text: str = EXPORT, **comfyui: Any) -> Settings:
    media = folder / "media"
    media.mkdir(exist_ok=True)
    export(media, text).rename(media / "image_workflow.py")
    stub = folder / "Some install" / "ComfyUI-stable"
    if not stub.exists():
        stub_comfyui(stub)
    return make_settings(
        processing={"backoff_seconds": 0.01, "shutdown_seconds": 0.2},
        media={
            "scripts": {"image": "media/image_workflow.py"},
            "comfyui": {"python": sys.executable, "directory": str(stub), **comfyui},
        },
    )


Run = Callable[..., Prompt]


@pytest.fixture
def run(settings: Settings, database: Database) -> Run:
    return lambda *words, **wanted: drained(settings, database, *words, **wanted)


def drained(settings: Settings, database: Database, text: str = "a red fox", **wanted: Any) -> Prompt:
    prompt, _ = prompts.add(database, NewPrompt(text, "image", **wanted))
    assemble.runner(settings, database).run_queue_processor(drain=True)
    return prompts.get(database, prompt.id)


def seen(database: Database, settings: Settings, prompt: Prompt) -> list[dict[str, Any]]:
    """What the nodes of the stub were given, which it saves in place of a picture."""
    root = MediaRoot(settings.media_root)
    found = artifacts.of_prompts(database, [prompt.id])
    return [json.loads(root.find(each.file_path).read_text(errors="surrogatepass")) for each in found]


def test_an_export_runs_with_our_words_and_seed(run: Run, database: Database, settings: Settings) -> None:
    found = run(parameters={"seed": 7, "width": 96, "negative_prompt": "blurry"})

    assert found.status == "completed", found.error_message
    [given] = seen(database, settings, found)
    assert (given["positive"], given["negative"], given["seed"]) == ("a red fox", "blurry", 7)
    assert given["EmptyLatentImage.width"] == 96
    [artifact] = artifacts.of_prompts(database, [found.id])
    assert (artifact.metadata["backend"], artifact.metadata["seed"]) == ("script:image_workflow.py", 7)
    [attempt] = attempts.of_prompts(database, [found.id])[found.id]
    log = attempt.log_excerpt or ""
    assert "--random-seed-type=fixed" in log
    assert "Saved image to" in log
    assert "4/4" in log


def test_several_get_seeds_and_files_of_their_own(run: Run, database: Database, settings: Settings) -> None:
    found = run(parameters={"seed": 7, "count": 3})

    assert [given["seed"] for given in seen(database, settings, found)] == [7, 8, 9]


def test_hostile_texts_reach_the_node_unchanged(settings: Settings, database: Database) -> None:
    """All of them in one drain: 45 scripts, one after another."""
    wanted = {prompts.add(database, NewPrompt(text, "image"))[0].id: text for text in HOSTILE if text.strip()}
    assemble.runner(settings, database).run_queue_processor(drain=True)
    for prompt_id, text in wanted.items():
        found = prompts.get(database, prompt_id)
        assert found.status == "completed", (text[:40], found.error_message)
        [given] = seen(database, settings, found)
        assert given["positive"] == text
    assert not Path("/tmp/owned").exists()


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        (("fox.safetensors", "fix.safetensors"), "failed", "fix.safetensors"),
        (('parser.add_argument("--ckpt_name1"', 'parser.add_argument("--ckpt_name1'), "failed", "Export the workflow"),
        (("has_manager = False\n", ""), "failed", "has_manager"),
        (("import argparse, json", "import argparse, nothing_here, json"), "failed", "nothing_here"),
        (("print(file=sys.stderr)", "pass"), "completed", ""),
        (("def main():", "def main():\n    raise MemoryError('Allocation on device')"), "failed", "memory"),
        (("def main():", "def main():\n    return"), "failed", "left no file"),
    ],
)
def test_a_script_that_fails_says_why(
    make_settings: MakeSettings, tmp_path: Path, database: Database, change: tuple[str, str], status: str, words: str
) -> None:
    settings = configured(make_settings, tmp_path, EXPORT.replace(*change))
    found = drained(settings, database, workflow="image_workflow")
    assert found.status == status, found.error_message
    assert words in (found.error_message or "")
    if "memory" in words:
        assert found.attempt == 3  # memory may be free the next time


@pytest.mark.parametrize(
    ("comfyui", "words"),
    [
        ({"directory": None}, "media.comfyui.directory is not set"),
        ({"directory": "nowhere"}, "holds no ComfyUI"),
        ({"python": "/nowhere/python"}, "is no program"),
    ],
)
def test_a_missing_comfyui_is_named(
    make_settings: MakeSettings, tmp_path: Path, database: Database, comfyui: dict[str, Any], words: str
) -> None:
    """Nothing is wrong with the prompt: it waits, and says for what."""
    prompt, _ = prompts.add(database, NewPrompt("a fox", "image"))
    runner = assemble.runner(configured(make_settings, tmp_path, **comfyui), database)
    working = threading.Thread(target=runner.run_queue_processor, kwargs={"drain": False})
    working.start()
    try:
        found = wait_for(database, prompt.id, lambda found: found.next_attempt_at is not None)
    finally:
        runner.stop()
        working.join()
    assert (found.status, found.attempts_used) == ("pending", 0)
    assert words in (found.error_message or "")


def test_a_script_of_another_make_is_called_as_its_sidecar_says(
    make_settings: MakeSettings, tmp_path: Path, database: Database
) -> None:
    settings = configured(make_settings, tmp_path)
    media = settings.media.workflows
    (media / "image_own.py").write_text(
        "import json, sys, pathlib\n"
        "out = pathlib.Path(sys.argv[3]) / 'made.txt'\n"
        "out.write_text(sys.argv[1] + sys.argv[2])\n"
        "print('working')\nprint(json.dumps([str(out)]))\n"
    )
    (media / "image_own.form.toml").write_text(
        'title = "My own"\n[fields.prompt]\nlabel = "What"\n[fields.seed]\ntype = "int"\nrole = "seed"\n'
        '[command]\narguments = ["{prompt}", "{seed}", "{output}"]\nreport = "json"\n'
    )
    found = drained(settings, database, "--help", workflow="image_own", parameters={"seed": 3})
    assert found.status == "completed", found.error_message
    [artifact] = artifacts.of_prompts(database, [found.id])
    assert MediaRoot(settings.media_root).find(artifact.file_path).read_text() == "--help3"


def test_cancelling_kills_the_script(make_settings: MakeSettings, tmp_path: Path, database: Database) -> None:
    flag = tmp_path / "started"
    slow = f"def main():\n    import pathlib, time\n    pathlib.Path({str(flag)!r}).write_text('')\n    time.sleep(600)"
    settings = configured(make_settings, tmp_path, EXPORT.replace("def main():", slow))
    prompt, _ = prompts.add(database, NewPrompt("a fox", "image"))
    working = threading.Thread(target=assemble.runner(settings, database).run_queue_processor, kwargs={"drain": True})
    working.start()
    running = wait_for(database, prompt.id, lambda found: found.external_id is not None and flag.exists())
    prompts.cancel(database, prompt.id)
    working.join()
    assert prompts.get(database, prompt.id).status == "cancelled"
    assert not process.alive((running.external_id or "").removeprefix("process:"))


def test_a_killed_worker_leaves_no_script_behind(
    make_settings: MakeSettings, tmp_path: Path, database: Database
) -> None:
    """SIGKILL of the worker: the next one ends the orphan before it runs the script again."""
    flag = tmp_path / "ran"
    once = (
        f"def main():\n    import pathlib, time\n    flag = pathlib.Path({str(flag)!r})\n"
        "    if not flag.exists():\n        flag.write_text('')\n        time.sleep(600)"
    )
    settings = configured(make_settings, tmp_path, EXPORT.replace("def main():", once))
    prompt, _ = prompts.add(database, NewPrompt("a fox", "image"))
    words = [sys.executable, "-m", "musings", "worker", "--drain", "--config", str(settings.file)]
    first = subprocess.Popen(words, stderr=subprocess.DEVNULL)
    running = wait_for(database, prompt.id, lambda found: found.external_id is not None and flag.exists())
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    orphan = (running.external_id or "").removeprefix("process:")
    assert process.alive(orphan)

    subprocess.run(words, check=True, timeout=60, stderr=subprocess.DEVNULL)

    assert not process.alive(orphan)
    found = prompts.get(database, prompt.id)
    assert found.status == "completed", found.error_message
    assert len(artifacts.of_prompts(database, [prompt.id])) == 1
