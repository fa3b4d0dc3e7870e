"""Media prompts by SaveAsScript exports, the whole way: a row in, a real process with a stub ComfyUI, a row out."""

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
from musings.config.settings import Settings
from musings.errors import TimedOut
from musings.files.media_root import MediaRoot
from musings.models import NewPrompt, Prompt
from musings.store.database import Database
from musings.store.gallery import artifacts, prompts
from musings.store.queue import attempts, cancellation, submission
from musings.worker import assemble
from musings.worker.context import AttemptContext
from tests.conftest import MakeSettings
from tests.musings.makers.comfyui.doubles import BARE, BARE_NODES, EXPORT, stub_comfyui
from tests.musings.worker.script_runs import HOSTILE, configured, drained, seen
from tests.musings.worker.waiting_for import wait_for


@pytest.fixture
def settings(make_settings: MakeSettings, tmp_path: Path) -> Settings:
    return configured(make_settings, tmp_path)


Run = Callable[..., Prompt]


@pytest.fixture
def run(settings: Settings, database: Database) -> Run:
    return lambda *words, **wanted: drained(settings, database, *words, **wanted)


def test_an_export_runs_with_our_words_and_seed(run: Run, database: Database, settings: Settings) -> None:
    found = run(parameters={"seed": 7, "width": 96, "negative_prompt": "blurry"})

    assert found.status == "completed", found.error_message
    [given] = seen(database, settings, found)
    assert (given["positive"], given["negative"], given["seed"]) == ("a red fox", "blurry", 7)
    assert given["EmptyLatentImage.width"] == 96
    [artifact] = database.reading(artifacts.of_prompts, [found.id])
    assert (artifact.metadata["backend"], artifact.metadata["seed"]) == ("script:image_workflow.py", 7)
    [attempt] = database.reading(attempts.of_prompts, [found.id])[found.id]
    log = attempt.log_excerpt or ""
    assert "--random-seed-type=fixed" in log
    assert "Saved image to" in log
    assert "4/4" in log


def test_several_get_seeds_and_files_of_their_own(run: Run, database: Database, settings: Settings) -> None:
    found = run(parameters={"seed": 7, "count": 3})

    assert [given["seed"] for given in seen(database, settings, found)] == [7, 8, 9]


def test_hostile_texts_reach_the_node_unchanged(settings: Settings, database: Database) -> None:
    """All of them in one drain: 45 scripts, one after another."""
    wanted = {
        database.writing(submission.add, NewPrompt(text, "image"))[0].id: text for text in HOSTILE if text.strip()
    }
    assemble.runner(settings, database).run_queue_processor(drain=True)
    for prompt_id, text in wanted.items():
        found = database.reading(prompts.get, prompt_id)
        assert found.status == "completed", (text[:40], found.error_message)
        [given] = seen(database, settings, found)
        assert given["positive"] == text
    assert not Path("/tmp/owned").exists()


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        (("fox.safetensors", "fix.safetensors"), "failed", "fix.safetensors"),
        (('parser.add_argument("--ckpt_name1"', 'parser.add_argument("--ckpt_name1'), "failed", "Export the workflow"),
        (("has_manager = False\n", ""), "completed", ""),
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
    prompt, _ = database.writing(submission.add, NewPrompt("a fox", "image"))
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
    [artifact] = database.reading(artifacts.of_prompts, [found.id])
    assert MediaRoot(settings.media_root).find(artifact.file_path).read_text() == "--help3"


def test_cancelling_kills_the_script(make_settings: MakeSettings, tmp_path: Path, database: Database) -> None:
    flag = tmp_path / "started"
    slow = f"def main():\n    import pathlib, time\n    pathlib.Path({str(flag)!r}).write_text('')\n    time.sleep(600)"
    settings = configured(make_settings, tmp_path, EXPORT.replace("def main():", slow))
    prompt, _ = database.writing(submission.add, NewPrompt("a fox", "image"))
    working = threading.Thread(target=assemble.runner(settings, database).run_queue_processor, kwargs={"drain": True})
    working.start()
    running = wait_for(database, prompt.id, lambda found: found.external_id is not None and flag.exists())
    database.writing(cancellation.cancel, prompt.id)
    working.join()
    assert database.reading(prompts.get, prompt.id).status == "cancelled"
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
    prompt, _ = database.writing(submission.add, NewPrompt("a fox", "image"))
    words = [sys.executable, "-m", "musings", "worker", "--drain", "--config", str(settings.file)]
    first = subprocess.Popen(words, stderr=subprocess.DEVNULL)
    running = wait_for(database, prompt.id, lambda found: found.external_id is not None and flag.exists())
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    orphan = (running.external_id or "").removeprefix("process:")
    assert process.alive(orphan)

    subprocess.run(words, check=True, timeout=60, stderr=subprocess.DEVNULL)

    assert not process.alive(orphan)
    found = database.reading(prompts.get, prompt.id)
    assert found.status == "completed", found.error_message
    assert len(database.reading(artifacts.of_prompts, [prompt.id])) == 1


def log_of(database: Database, prompt: Prompt) -> str:
    return database.reading(attempts.of_prompts, [prompt.id])[prompt.id][-1].log_excerpt or ""


BATCH = (
    EXPORT.replace(
        'parser.add_argument("--queue-size"',
        """parser.add_argument("--batch_size8", default=8,
                    help='Argument 2, input `batch_size` for node "Empty Latent Image" id 5 (autogenerated)')
parser.add_argument("--queue-size\"""",
    )
    .replace("batch_size=1", "batch_size=parse_arg(args.batch_size8)")
    .replace(
        "            saveimage_9 = saveimage.run(\n",
        """            for number in range(int(parse_arg(args.batch_size8))):
                with open(f"{args.output}_{number:05}.png", "w") as file:
                    file.write("a picture")
            saveimage_9 = saveimage.run(\n""",
    )
)
"""A batch: SaveImage writes FILE_00000.png and so on; the stub's own file with what it was given comes on top."""


@pytest.mark.parametrize("warm", [False, True])
@pytest.mark.parametrize(("wanted", "pictures"), [({}, 8), ({"count": 4}, 4)])
def test_a_batch_is_the_count_and_is_run_once(
    make_settings: MakeSettings,
    tmp_path: Path,
    database: Database,
    wanted: dict[str, Any],
    pictures: int,
    warm: bool,
) -> None:
    settings = configured(make_settings, tmp_path, BATCH, warm_scripts={"enabled": warm})
    found = drained(settings, database, parameters=wanted)
    assert found.status == "completed", found.error_message
    assert len(database.reading(artifacts.of_prompts, [found.id])) == pictures + 1
    assert log_of(database, found).count("--batch_size8=") == 1


def test_an_export_that_sets_has_manager_only_where_the_manager_is(
    make_settings: MakeSettings, tmp_path: Path, database: Database
) -> None:
    where = "os.path.join(args.comfyui_directory, 'ComfyUI', 'custom_nodes', 'ComfyUI-Manager', 'glob')"
    text = EXPORT.replace("has_manager = False\n", "").replace(
        "    import_custom_nodes()\n",
        f"    global has_manager\n    if os.path.isdir({where}):\n"
        "        has_manager = True\n    import_custom_nodes()\n",
    )
    settings = configured(make_settings, tmp_path, text)
    found = drained(settings, database)
    assert found.status == "completed", found.error_message
    assert "\nmanager\n" not in log_of(database, found)
    assert settings.media.comfyui.directory is not None
    (settings.media.comfyui.directory / "custom_nodes" / "ComfyUI-Manager" / "glob").mkdir(parents=True)
    found = drained(settings, database)
    assert found.status == "completed", found.error_message
    assert "\nmanager\n" in log_of(database, found)


def test_our_own_link_is_not_another_comfyui(run: Run, database: Database) -> None:
    log = log_of(database, run())
    assert "ComfyUI found: " in log
    assert "warning: the script used" not in log


def test_another_comfyui_is_still_told(make_settings: MakeSettings, tmp_path: Path, database: Database) -> None:
    other = stub_comfyui(tmp_path / "elsewhere" / "ComfyUI")
    text = EXPORT.replace("path = path or args.comfyui_directory", f"path = path or {str(other)!r}")
    found = drained(configured(make_settings, tmp_path, text), database)
    assert f"warning: the script used the ComfyUI in {other}" in log_of(database, found)


TALKING = """def main():
    print("said on stdout")
    for step in range(2000):
        print(f"\\r step {step} of many", end="", file=sys.stderr)
    print("\\nsaid on stderr", file=sys.stderr)
    import pathlib, time
    pathlib.Path(FLAG).write_text("")
    time.sleep(600)"""


@pytest.mark.parametrize("warm", [False, True])
def test_what_a_stopped_script_printed_is_kept(
    make_settings: MakeSettings,
    tmp_path: Path,
    database: Database,
    warm: bool,
) -> None:
    flag = tmp_path / "started"
    text = EXPORT.replace("def main():", TALKING.replace("FLAG", repr(str(flag))))
    settings = configured(make_settings, tmp_path, text, warm_scripts={"enabled": warm})
    prompt, _ = database.writing(submission.add, NewPrompt("a fox", "image"))
    working = threading.Thread(target=assemble.runner(settings, database).run_queue_processor, kwargs={"drain": True})
    working.start()
    wait_for(database, prompt.id, lambda found: found.external_id is not None and flag.exists())
    database.writing(cancellation.cancel, prompt.id)
    working.join()
    log = log_of(database, prompt)
    assert "said on stdout" in log
    assert "said on stderr" in log
    assert "step 1999 of many" in log
    assert "step 1000 of many" not in log


def test_a_script_that_takes_too_long_leaves_its_words(
    make_settings: MakeSettings, tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    flag = tmp_path / "started"
    text = EXPORT.replace("def main():", TALKING.replace("FLAG", repr(str(flag))))

    def out_of_time(self: AttemptContext) -> None:
        if flag.exists():  # a real limit would measure the machine
            raise TimedOut("It took longer than the limit.")

    monkeypatch.setattr(AttemptContext, "check", out_of_time)
    found = drained(configured(make_settings, tmp_path, text), database, max_attempts=1)
    assert "took longer than the limit" in (found.error_message or "")
    assert "said on stderr" in log_of(database, found)


def test_a_killed_script_leaves_its_words_and_is_tried_again(
    make_settings: MakeSettings, tmp_path: Path, database: Database
) -> None:
    noise = "print(\"Found backend triton: ImportError: No module named 'triton'\", file=sys.stderr)"
    killed = f"def main():\n    {noise}\n    print('said on stdout')\n    os.kill(os.getpid(), 9)"
    found = drained(configured(make_settings, tmp_path, EXPORT.replace("def main():", killed)), database)
    assert (found.status, found.attempt) == ("failed", 3)
    assert "signal 9" in (found.error_message or "")
    assert log_of(database, found).count("said on stdout") == 1


def test_a_script_that_is_killed_once_costs_no_attempt(
    make_settings: MakeSettings, tmp_path: Path, database: Database
) -> None:
    flag = tmp_path / "killed"
    killed = f"""def main():
    import pathlib
    if not pathlib.Path({str(flag)!r}).exists():
        pathlib.Path({str(flag)!r}).touch()
        os.kill(os.getpid(), 9)"""
    settings = configured(make_settings, tmp_path, EXPORT.replace("def main():", killed))
    found = drained(settings, database, max_attempts=1)
    assert (found.status, found.attempt, flag.exists()) == ("completed", 1, True)


PLAIN = """
import argparse, json, pathlib

parser = argparse.ArgumentParser()
parser.add_argument("--prompt", required=True)
parser.add_argument("--output", required=True)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--width", type=int, default=64)
args = parser.parse_args()
path = pathlib.Path(args.output) / "made.txt"
path.write_text(f"{args.prompt}|{args.seed}|{args.width}")
(pathlib.Path(args.output) / "scratch.txt").write_text("left over")
print("working")
"""


def made_by(settings: Settings, database: Database, prompt: Prompt) -> list[str]:
    root = MediaRoot(settings.media_root)
    return [root.find(each.file_path).read_text() for each in database.reading(artifacts.of_prompts, [prompt.id])]


@pytest.mark.parametrize(
    ("last", "files"),
    [
        ("print(json.dumps([str(path)]))", 1),
        ("print(json.dumps({'files': [{'path': 'made.txt', 'seed': 1}]}))", 1),
        ("print(json.dumps({'path': str(path)}))", 1),
        ("print(json.dumps({'seconds': 3}))", 2),
        ("print(json.dumps(['done']))", 2),
        ("print('[not json')", 2),
        ("", 2),
    ],
)
def test_the_plans_own_example_needs_no_sidecar(
    make_settings: MakeSettings, tmp_path: Path, database: Database, last: str, files: int
) -> None:
    settings = configured(make_settings, tmp_path, PLAIN + last, directory=None)
    found = drained(settings, database, "--help", parameters={"seed": 7, "width": 96})
    assert found.status == "completed", found.error_message
    made = made_by(settings, database, found)
    assert len(made) == files
    assert made[0] == "--help|7|96"


def test_several_runs_get_seeds_of_their_own(make_settings: MakeSettings, tmp_path: Path, database: Database) -> None:
    settings = configured(make_settings, tmp_path, PLAIN + "print(json.dumps([str(path)]))")
    found = drained(settings, database, parameters={"seed": 7, "count": 2})
    assert found.status == "completed", found.error_message
    assert made_by(settings, database, found) == ["a red fox|7|64", "a red fox|8|64"]


def test_words_through_the_environment(make_settings: MakeSettings, tmp_path: Path, database: Database) -> None:
    settings = configured(make_settings, tmp_path)
    (settings.media.workflows / "image_env.py").write_text(
        "import os, pathlib\npathlib.Path(os.environ['TARGET'], 'made.txt').write_text(os.environ['WORDS'])\n"
    )
    (settings.media.workflows / "image_env.form.toml").write_text(
        '[fields.prompt]\n[command]\nenvironment = { WORDS = "{prompt}", TARGET = "{output}" }\n'
    )
    found = drained(settings, database, workflow="image_env")
    assert found.status == "completed", found.error_message
    assert made_by(settings, database, found) == ["a red fox"]


SILENT = EXPORT.replace("text=parse_arg(args.text5)", "text='a fixed hare'").replace(
    "text=parse_arg(args.text4)", "text='watermark'"
)


def test_words_that_were_not_used_are_not_claimed(
    make_settings: MakeSettings, tmp_path: Path, database: Database
) -> None:
    settings = configured(make_settings, tmp_path, SILENT)
    found = drained(settings, database, "a red fox")
    assert found.status == "completed", found.error_message
    [given] = seen(database, settings, found)
    assert given["positive"] == "a fixed hare"
    [artifact] = database.reading(artifacts.of_prompts, [found.id])
    assert artifact.metadata.get("prompt") is None
    assert "takes no words" in log_of(database, found)
    assert artifact.metadata["backend"] == "script:image_workflow.py"


@pytest.mark.parametrize("name", ["ComfyUI", "Another name"])
@pytest.mark.parametrize("warm", [False, True])
def test_an_export_without_options_gets_our_words(
    make_settings: MakeSettings,
    tmp_path: Path,
    database: Database,
    name: str,
    warm: bool,
) -> None:
    comfyui = stub_comfyui(tmp_path / "install" / name)
    (comfyui / "nodes.py").write_text(BARE_NODES)
    settings = configured(
        make_settings, tmp_path, BARE, directory=str(comfyui), arguments=["--cpu"], warm_scripts={"enabled": warm}
    )
    found = drained(settings, database, 'a "hare"\n', parameters={"seed": 7, "width": 96, "cfg": 3.5, "count": 1})
    assert found.status == "completed", found.error_message
    [given] = seen(database, settings, found)
    assert given["KSampler.positive"] == 'a "hare"\n'
    assert (given["KSampler.seed"], given["KSampler.cfg"], given["KSampler.steps"]) == (7, 3.5, 4)
    assert (given["EmptyLatentImage.width"], given["EmptyLatentImage.batch_size"]) == (96, 1)
    assert given["argv"] == ["--cpu"]
    [artifact] = database.reading(artifacts.of_prompts, [found.id])
    assert artifact.metadata["prompt"] == 'a "hare"\n'
    assert not [path for path in (comfyui / "output").rglob("*") if path.is_file()]
