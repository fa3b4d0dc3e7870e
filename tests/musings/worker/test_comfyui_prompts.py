"""Media prompts on ComfyUI servers, the whole way: a row in, a real server over HTTP, artifacts and a row out."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from fake_comfyui.running import Pace
from fake_comfyui.server import FakeComfy
from musings.config.settings import Settings
from musings.files.media_root import MediaRoot
from musings.models import Artifact, Kind, NewPrompt, Prompt
from musings.sqlite import schema
from musings.sqlite.database import open_database
from musings.store.database import Database
from musings.store.gallery import artifacts, prompts, reproduction
from musings.store.queue import attempts, cancellation, recovery, submission
from musings.store.tables import prompt_artifacts
from musings.worker import assemble
from musings.worker.runner import Runner
from tests.conftest import MakeSettings
from tests.musings.makers.comfyui.graphs import film, painting, picture, sounds
from tests.musings.worker.waiting_for import wait_for

pytestmark = pytest.mark.usefixtures("quick_looks")
STALL = {"stall_seconds": 5}


@pytest.fixture(scope="module")
def listening() -> Iterator[FakeComfy]:
    with FakeComfy() as started:
        yield started


@pytest.fixture
def fake(listening: FakeComfy) -> FakeComfy:
    listening.reset()
    return listening


@pytest.fixture
def settings(make_settings: MakeSettings, fake: FakeComfy, tmp_path: Path) -> Settings:
    return configured(make_settings, tmp_path, fake.url)


def configured(make_settings: MakeSettings, folder: Path, *urls: str, **more: Any) -> Settings:
    media = folder / "media"
    media.mkdir(exist_ok=True)
    (media / "image_single.form.toml").write_text("[fields.count]\nhidden = true\n")
    for name, graph in {
        "image_single": painting(),
        "image_workflow": painting(),
        "music_workflow": sounds(),
        "image_batch": picture(batch=3, prefix="deep/er/b"),
        "image_film": film(),
        "image_missing": painting()
        | {"4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "fux.ckpt"}}},
    }.items():
        (media / f"{name}.json").write_text(json.dumps(graph))
    return make_settings(
        processing={"backoff_seconds": 0.01, "shutdown_seconds": 0.2, "timeout_seconds": 30, **more},
        media={
            "scripts": {"image": "media/image_workflow.json", "music": "media/music_workflow.json"},
            "comfyui": {"hosts": list(urls), **STALL},
        },
    )


Run = Callable[..., Prompt]


@pytest.fixture
def run(settings: Settings, database: Database) -> Run:
    def drained(text: str = "a red fox", prompt_type: str = "image", **wanted: Any) -> Prompt:
        prompt, _ = database.writing(submission.add, NewPrompt(text, prompt_type, **wanted))
        assemble.runner(settings, database).run_queue_processor(drain=True)
        return database.reading(prompts.get, prompt.id)

    return drained


def files_of(database: Database, settings: Settings, prompt: Prompt) -> list[Path]:
    root = MediaRoot(settings.media_root)
    return [root.find(each.file_path) for each in database.reading(artifacts.of_prompts, [prompt.id])]


def test_the_configured_workflow_serves(run: Run, database: Database, settings: Settings, fake: FakeComfy) -> None:
    found = run(parameters={"seed": 7, "steps": 4})

    assert (found.status, found.artifact_status, found.error_message) == ("completed", "ready", None)
    [artifact] = database.reading(artifacts.of_prompts, [found.id])
    facts = artifact.metadata
    assert (facts["prompt"], facts["seed"], facts["workflow"]) == ("a red fox", 7, "image_workflow")
    assert (facts["backend"], facts["engine"]) == (fake.url, "comfyui")
    assert facts["parameters"]["steps"] == 4
    assert len(facts["workflow_hash"]) == 64
    assert facts["comfyui_version"]
    assert facts["width"] > 0
    assert artifact.preview_path
    assert sum(fake.counts.executions.values()) == 1
    [attempt] = database.reading(attempts.of_prompts, [found.id])[found.id]
    assert attempt.backend == "comfyui"
    assert attempt.workflow_hash == facts["workflow_hash"]
    log = attempt.log_excerpt or ""
    for words in (
        f"workflow image_workflow ({facts['workflow_hash'][:12]}) on {fake.url}",
        f"submitted job {facts['comfyui_prompt_id']} to {fake.url}",
        "fetched output/fox_00001_.png: ",
        f"job {facts['comfyui_prompt_id']} done in ",
    ):
        assert words in log


def test_several_are_run_one_by_one_with_seeds_of_their_own(run: Run, database: Database, fake: FakeComfy) -> None:
    found = run(parameters={"seed": 7, "count": 3}, workflow="image_single")

    assert [each.metadata["seed"] for each in database.reading(artifacts.of_prompts, [found.id])] == [7, 8, 9]
    assert sum(fake.counts.executions.values()) == 3


def test_every_kind_of_output_arrives(run: Run, database: Database, settings: Settings) -> None:
    batch = run(workflow="image_batch")
    assert len(files_of(database, settings, batch)) == 3

    music = run("drums", "music")
    kinds = [
        (each.artifact_type, each.metadata["codec"]) for each in database.reading(artifacts.of_prompts, [music.id])
    ]
    assert kinds == [("audio", "flac"), ("audio", "mp3"), ("audio", "opus")]
    assert all(each.preview_path for each in database.reading(artifacts.of_prompts, [music.id]))

    film = run(workflow="image_film")
    [artifact] = database.reading(artifacts.of_prompts, [film.id])
    assert (artifact.artifact_type, artifact.metadata["width"]) == ("video", 64)


def test_a_missing_model_is_named_with_the_nearest(run: Run, fake: FakeComfy) -> None:
    found = run(workflow="image_missing")

    assert found.status == "failed"
    assert "fux.ckpt" in (found.error_message or "")
    assert found.attempt == 1
    assert not fake.counts.posts


@pytest.mark.parametrize(
    ("fault", "status", "executions", "words"),
    [
        ("deaf-socket", "completed", 1, ""),
        ("silent-socket", "completed", 1, ""),
        ("no-socket", "completed", 1, ""),
        ("restart-mid-job", "completed", 2, ""),
        ("lost-queue", "completed", 1, ""),
        ("lost-reply", "completed", 1, ""),
        ("oom-once", "completed", 2, ""),
        ("truncated-view=1", "completed", 1, ""),
        ("nan", "completed", 1, ""),
        ("huge-frames", "completed", 1, ""),
        ("interrupted-by-other", "completed", 2, ""),
        ("oom-always", "failed", None, "memory"),
        ("execution-error", "failed", 1, ""),
        ("partial-acceptance", "failed", None, "part"),
        ("400-value-not-in-list", "failed", 0, ""),
        ("auth-required", "failed", 0, "401"),
    ],
)
def test_each_fault_ends_in_the_row(
    run: Run, database: Database, fake: FakeComfy, fault: str, status: str, executions: int | None, words: str
) -> None:
    name, _, times = fault.partition("=")
    fake.faults.on(name, int(times) if times else None)

    found = run()

    assert found.status == status, found.error_message
    assert len(database.reading(artifacts.of_prompts, [found.id])) == (1 if status == "completed" else 0)
    assert words in (found.error_message or "")
    if executions is not None:
        assert sum(fake.counts.executions.values()) == executions


def test_a_server_that_is_away_costs_no_attempt(make_settings: MakeSettings, tmp_path: Path) -> None:
    with FakeComfy() as fake:
        url, port = fake.url, int(fake.url.rpartition(":")[2])
    settings = configured(make_settings, tmp_path, url)
    database = open_database(settings.database.path)
    schema.ensure(database)
    prompt, _ = database.writing(submission.add, NewPrompt("a fox", "image"))
    text, _ = database.writing(submission.add, NewPrompt("a fox", "text"))
    runner = assemble.runner(settings, database)
    working = threading.Thread(target=runner.run_queue_processor, kwargs={"drain": False})
    working.start()
    try:
        waiting = wait_for(database, prompt.id, lambda found: found.next_attempt_at is not None)
        assert waiting.status == "pending"
        assert url in (waiting.error_message or "")
        assert waiting.attempts_used == 0
        assert wait_for(database, text.id, lambda found: found.status == "completed")
        with FakeComfy(port=port):
            done = wait_for(database, prompt.id, lambda found: found.status == "completed", seconds=40)
        assert done.error_message is None
    finally:
        runner.stop()
        working.join()
        database.close()


def test_cancelling_stops_the_job_on_the_server(settings: Settings, database: Database) -> None:
    with FakeComfy(pace=Pace(step=0.3)) as slow:
        media = settings.media.model_copy(
            update={"comfyui": settings.media.comfyui.model_copy(update={"hosts": (slow.url,)})}
        )
        prompt, _ = database.writing(submission.add, NewPrompt("a fox", "image", parameters={"steps": 100}))
        runner = assemble.runner(settings.model_copy(update={"media": media}), database)
        working = threading.Thread(target=runner.run_queue_processor, kwargs={"drain": True})
        working.start()
        wait_for(database, prompt.id, lambda found: (found.progress or {}).get("value", 0) >= 1)
        database.writing(cancellation.cancel, prompt.id)
        working.join()
        assert database.reading(prompts.get, prompt.id).status == "cancelled"
        assert sum(slow.counts.interrupts.values()) >= 1


def test_a_killed_worker_joins_its_job_again(settings: Settings, database: Database, run: Run, tmp_path: Path) -> None:
    """SIGKILL while the server works: the next worker takes the result of the one execution."""
    with FakeComfy(pace=Pace(step=0.4)) as slow:
        config = json.loads(settings.file.read_text()) if settings.file else {}
        config["media"]["comfyui"]["hosts"] = [slow.url]
        assert settings.file is not None
        settings.file.write_text(json.dumps(config))
        prompt, _ = database.writing(submission.add, NewPrompt("a fox", "image", parameters={"steps": 8}))
        words = [sys.executable, "-m", "musings", "worker", "--drain", "--config", str(settings.file)]
        first = subprocess.Popen(words, stderr=subprocess.DEVNULL)
        wait_for(database, prompt.id, lambda found: (found.progress or {}).get("value", 0) >= 1, seconds=30)
        os.kill(first.pid, signal.SIGKILL)
        first.wait()

        subprocess.run(words, check=True, timeout=60, stderr=subprocess.DEVNULL)

        found = database.reading(prompts.get, prompt.id)
        assert found.status == "completed", found.error_message
        assert sum(slow.counts.executions.values()) == 1
        assert len(database.reading(artifacts.of_prompts, [prompt.id])) == 1
        assert [each.status for each in database.reading(attempts.of_prompts, [prompt.id])[prompt.id]] == [
            "lost",
            "completed",
        ]


def test_reproduce_runs_the_recorded_recipe(run: Run, database: Database, settings: Settings, fake: FakeComfy) -> None:
    first = run(parameters={"steps": 5})
    changed = settings.media.workflows / "image_workflow.json"
    changed.write_text(json.dumps(painting(steps=9)))  # the file moves on; the recipe does not

    again, _ = database.writing(submission.add, database.reading(reproduction.recipe_of, first.id))
    assemble.runner(settings, database).run_queue_processor(drain=True)

    found = database.reading(prompts.get, again.id)
    assert found.status == "completed", found.error_message
    told = (found.artifact_metadata or {})["reproduction"]
    assert (told["of"], told["identical"], told["compared"]) == (first.id, True, 1)
    assert sum(fake.counts.executions.values()) == 2
    [artifact] = database.reading(artifacts.of_prompts, [found.id])
    assert artifact.metadata["cached"] is False


def posted(fake: FakeComfy, artifact: Artifact) -> dict[str, Any]:
    """The graph that the server was sent for an artifact."""
    job = artifact.metadata["comfyui_prompt_id"]
    with urllib.request.urlopen(f"{fake.url}/history/{job}") as answer:
        graph: dict[str, Any] = json.load(answer)[job]["prompt"][2]
    return graph


def test_a_dynamic_prompt_is_resolved_at_each_run_and_reproduced(
    run: Run, database: Database, settings: Settings, fake: FakeComfy
) -> None:
    named = painting()
    named["9"]["inputs"]["filename_prefix"] = "%KSampler.seed%_fox"
    (settings.media.workflows / "image_named.json").write_text(json.dumps(named))
    (settings.media.workflows / "image_named.form.toml").write_text("[fields.count]\nhidden = true\n")
    words = "a {red|green|blue|white|black|grey} fox // note"
    first = run(words, workflow="image_named", parameters={"seed": 7, "count": 4})

    assert first.status == "completed", first.error_message
    made = database.reading(artifacts.of_prompts, [first.id])
    sent = [posted(fake, each) for each in made]
    texts = [graph["6"]["inputs"]["text"] for graph in sent]
    assert len(set(texts)) > 1
    assert all(re.fullmatch(r"a (red|green|blue|white|black|grey) fox ", each) for each in texts)
    assert [graph["9"]["inputs"]["filename_prefix"] for graph in sent] == ["7_fox", "8_fox", "9_fox", "10_fox"]
    assert [each.metadata["resolved"]["6"]["text"] for each in made] == texts
    assert {each.metadata["prompt"] for each in made} == {words}
    # Another choice was recorded than the seed alone would give now.
    changed = {**made[0].metadata, "resolved": {"6": {"text": "a violet fox "}}}
    database.writing(
        lambda connection: connection.execute(
            update(prompt_artifacts)
            .where(prompt_artifacts.c.id == made[0].id)
            .values({"metadata": json.dumps(changed)})
        )
    )

    again, _ = database.writing(submission.add, database.reading(reproduction.recipe_of, first.id))
    assemble.runner(settings, database).run_queue_processor(drain=True)

    repeated = [posted(fake, each) for each in database.reading(artifacts.of_prompts, [again.id])]
    assert [graph["6"]["inputs"]["text"] for graph in repeated] == ["a violet fox ", *texts[1:]]


def test_several_servers_share_the_work(make_settings: MakeSettings, tmp_path: Path) -> None:
    with FakeComfy(pace=Pace(step=0.1)) as one, FakeComfy(pace=Pace(step=0.1)) as two:
        settings = configured(make_settings, tmp_path, one.url, two.url)
        database = open_database(settings.database.path)
        schema.ensure(database)
        for number in range(6):
            database.writing(submission.add, NewPrompt(f"fox {number}", "image"))
        runner: Runner = assemble.runner(settings, database, [Kind.IMAGE])
        runner.run_queue_processor(drain=True)
        assert runner.summary.ended["completed"] == 6
        assert min(sum(each.counts.executions.values()) for each in (one, two)) >= 2
        assert not database.reading(recovery.orphans)
        database.close()
