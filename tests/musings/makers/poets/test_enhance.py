"""Words before media: two stages, each resumable, with the real worker and a scripted language model."""

import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing

import pytest

from musings.config.settings import Settings
from musings.errors import PassingFault
from musings.files.media_root import MediaRoot
from musings.makers.base import Chosen, Context
from musings.makers.poets import backends
from musings.makers.poets.enhance import EnhanceDecorator, EnhancePipeline
from musings.makers.poets.entry import PoetsMaker
from musings.models import FormField, Job, Kind, NewPrompt, Outcome, Prompt
from musings.sqlite import due
from musings.store.database import Database
from musings.store.gallery import artifacts, prompts
from musings.store.gallery.reproduction import recipe_of
from musings.store.queue import attempts, claims, submission
from musings.store.writings import writings
from musings.worker import assemble
from musings.worker.context import AttemptContext
from tests.conftest import MakeSettings
from tests.doubles import Double, made_text, makers_with
from tests.fakes.llm import FakeLLM, Reply, in_order, system
from tests.musings.makers.poets.made_documents import IMAGE, SONG

WORDS = "a fox in the snow, birches, dusk, high, ink, wide"


def team_of(document: object) -> object:
    fenced = f"```json\n{json.dumps(document)}\n```"
    return lambda seen: Reply("APPROVED" if "the last word" in system(seen) else fenced)


@pytest.fixture
def llm() -> Iterator[FakeLLM]:
    server = FakeLLM(team_of(IMAGE), models=("muse",))  # type: ignore[arg-type]
    yield server
    server.close()


@pytest.fixture
def settings(make_settings: MakeSettings, llm: FakeLLM) -> Settings:
    return make_settings(
        processing={"backoff_seconds": 0.01, "shutdown_seconds": 0.2, "max_attempts": 2},
        backend={"type": "manual", "url": llm.address, "connect_seconds": 0.5},
        models={"local1": "muse"},
    )


def drain(settings: Settings, database: Database, media: Double) -> None:
    pipelines = makers_with(settings, image=media, music=media)
    assemble.runner(settings, database, pipelines=pipelines).run_queue_processor(drain=True)


def ask(database: Database, kind: str = "image_prompt", **more: object) -> Prompt:
    return database.writing(submission.add, NewPrompt("a fox", kind, **more))[0]  # type: ignore[arg-type]


def test_the_document_comes_first_and_the_picture_is_made_of_it(
    settings: Settings, database: Database, llm: FakeLLM
) -> None:
    media = Double()
    asked = ask(database)

    drain(settings, database, media)

    found = database.reading(prompts.get, asked.id)
    assert (found.status, found.artifact_status) == ("completed", "ready")
    writing = database.reading(writings.get, found.output_reference or 0)
    assert json.loads(writing.content or "") == IMAGE
    assert (writing.title, writing.content_type, writing.mood) == ("a fox", "image_prompt", "calm")
    [job] = media.jobs
    assert job.text == WORDS
    [artifact] = database.reading(artifacts.of_prompts, [asked.id])
    assert artifact.metadata["enhanced"] is True
    assert artifact.metadata["original_prompt"] == "a fox"
    assert artifact.metadata["writing_id"] == writing.id
    [attempt] = database.reading(attempts.of_prompts, [asked.id])[asked.id]
    log = attempt.log_excerpt or ""
    assert log.index("stage 1 of 2") < log.index("Anthony") < log.index(f"stage 2 of 2, double: {WORDS}")


def test_a_song_is_written_before_it_is_sung(settings: Settings, database: Database, llm: FakeLLM) -> None:
    llm.script = team_of(SONG)  # type: ignore[assignment]
    media = Double()
    asked = ask(database, "lyrics_prompt")
    drain(settings, database, media)
    assert database.reading(prompts.get, asked.id).status == "completed"
    assert media.jobs[0].text.startswith("Low Tide\n\nfolk, hopeful, 92 bpm")
    assert "[verse 1]\nThe boats are dry" in media.jobs[0].text


def test_enhance_is_a_wish_of_any_picture(settings: Settings, database: Database, llm: FakeLLM) -> None:
    media = Double()
    ask(database, "image", metadata={"enhance": True})
    ask(database, "image")
    ask(database, "image_prompt", metadata={"enhance": False})
    drain(settings, database, media)
    assert sorted(job.text for job in media.jobs) == ["a fox", "a fox", WORDS]
    assert len(llm.chats) == 3


def test_an_invalid_document_is_repaired_once(settings: Settings, database: Database, llm: FakeLLM) -> None:
    broken, whole = '{"negative_prompt": "x"}', json.dumps(IMAGE)
    llm.script = in_order([broken, "fine", "APPROVED", whole])
    asked = ask(database)

    drain(settings, database, Double())

    assert database.reading(prompts.get, asked.id).status == "completed"
    repair = llm.chats[3].body["messages"][-1]["content"]
    assert "- `prompt` is missing." in repair
    assert broken in repair
    assert len(llm.chats) == 4


@pytest.mark.parametrize("kind", ["image_prompt", "lyrics_prompt", "image"])
@pytest.mark.parametrize(
    ("answer", "fault"),
    [("I would rather not.", "There is no JSON object in the answer."), ('{"negative_prompt": "x"}', "is missing.")],
)
def test_where_no_document_comes_the_words_are_used_as_they_are(
    settings: Settings, database: Database, llm: FakeLLM, kind: str, answer: str, fault: str
) -> None:
    """A model that cannot write one costs its prompt nothing; and the log and the picture say what happened."""
    llm.script = in_order([answer])
    media = Double()
    asked = ask(database, kind, metadata={"enhance": True})

    drain(settings, database, media)

    found = database.reading(prompts.get, asked.id)
    assert (found.status, found.artifact_status, found.attempt) == ("completed", "ready", 1)
    assert (found.error_message, found.output_reference) == (None, None)
    assert [job.text for job in media.jobs] == ["a fox"]
    [artifact] = database.reading(artifacts.of_prompts, [asked.id])
    assert artifact.metadata["enhanced"] is False
    assert "did not write a valid" in artifact.metadata["fallback_reason"]
    assert fault in artifact.metadata["fallback_reason"]
    [attempt] = database.reading(attempts.of_prompts, [asked.id])[asked.id]
    assert "the words are used as they are, because the poets did not write a valid" in (attempt.log_excerpt or "")


def test_a_fault_of_the_second_stage_does_not_repeat_the_first(
    settings: Settings, database: Database, llm: FakeLLM
) -> None:
    def fails_once(job: Job, context: Context) -> Outcome:
        if job.attempt == 1:
            raise PassingFault("The server went away.")
        return made_text(job, context)

    media = Double(fails_once)
    asked = ask(database)
    drain(settings, database, media)

    assert database.reading(prompts.get, asked.id).status == "completed"
    assert [job.text for job in media.jobs] == [WORDS, WORDS]
    assert len(llm.chats) == 3
    assert "stage 1 of 2 was done before" in (
        database.reading(attempts.of_prompts, [asked.id])[asked.id][1].log_excerpt or ""
    )


def test_a_kill_between_the_stages_does_not_repeat_the_first(
    settings: Settings, database: Database, llm: FakeLLM
) -> None:
    asked = ask(database)
    program = """
import os, signal, sys
from pathlib import Path
from musings.config.settings import load
from musings.makers.choice import Makers
from musings.sqlite.database import open_database
from musings.worker import assemble
from tests.doubles import Double, makers_with

def die(job, context):
    os.kill(os.getpid(), signal.SIGKILL)

settings = load(Path(sys.argv[1]), {}, Path.cwd())
pipelines = makers_with(settings, image=Double(die))
assemble.runner(settings, open_database(settings.database.path), pipelines=pipelines).run_queue_processor(drain=True)
"""
    ran = subprocess.run(
        [sys.executable, "-c", program, str(settings.file)], capture_output=True, check=False, timeout=60
    )
    assert ran.returncode == -signal.SIGKILL, ran.stderr
    linked = database.reading(prompts.get, asked.id).output_reference
    assert linked is not None
    llm.script = in_order([Reply("must not be asked", status=500)])
    media = Double()

    drain(settings, database, media)

    found = database.reading(prompts.get, asked.id)
    assert (found.status, found.output_reference) == ("completed", linked)
    assert media.jobs[0].text == WORDS
    assert len(llm.chats) == 3
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM writings").scalar() == 1


def legacy_row(settings: Settings, kind: str, content: str, status: str = "completed") -> int:
    """A row as the owner's older service left it between its stages (docs/adopting.md)."""
    with closing(sqlite3.connect(settings.database.path)) as connection, connection:
        cursor = connection.execute(
            "INSERT INTO writings (title, content_type, content) VALUES ('x', ?, ?)", (kind, content)
        )
        found = connection.execute(
            "INSERT INTO prompts (prompt_text, prompt_type, status, artifact_status, output_reference, completed_at)"
            " VALUES ('a fox', ?, ?, 'pending', ?, '2025-01-01 10:00:00')",
            (kind, status, cursor.lastrowid),
        )
        return int(found.lastrowid or 0)


def test_rows_that_wait_between_the_stages_are_finished(settings: Settings, database: Database, llm: FakeLLM) -> None:
    waiting = legacy_row(settings, "image_prompt", json.dumps(IMAGE))
    done = legacy_row(settings, "poetry", "a poem")
    media = Double()

    drain(settings, database, media)

    found = database.reading(prompts.get, waiting)
    assert (found.status, found.artifact_status) == ("completed", "ready")
    assert [job.text for job in media.jobs] == [WORDS]
    assert llm.chats == []
    assert database.reading(prompts.get, done).artifact_status == "pending"
    assert len(database.reading(artifacts.of_prompts, [waiting])) == 1


def test_a_waiting_row_whose_document_cannot_be_read_is_written_anew(
    settings: Settings, database: Database, llm: FakeLLM
) -> None:
    waiting = legacy_row(settings, "image_prompt", "A fox, in prose.")
    media = Double()
    drain(settings, database, media)
    assert database.reading(prompts.get, waiting).status == "completed"
    assert [job.text for job in media.jobs] == [WORDS]
    assert len(llm.chats) == 3


def test_the_front_door_sees_rows_that_wait_between_the_stages(settings: Settings, database: Database) -> None:
    assert not due.anything(str(settings.database.path), media_only=True)
    legacy_row(settings, "lyrics_prompt", json.dumps(SONG))
    assert due.anything(str(settings.database.path), media_only=True)


def test_without_a_language_model_the_words_are_used_as_they_are(
    make_settings: MakeSettings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backends, "OLLAMA_URL", "http://127.0.0.1:1/v1")
    settings = make_settings(backend={"url": "http://127.0.0.1:1/v1", "connect_seconds": 0.5})
    media = Double()
    asked = ask(database)

    drain(settings, database, media)

    assert database.reading(prompts.get, asked.id).status == "completed"
    assert media.jobs[0].text == "a fox"
    [artifact] = database.reading(artifacts.of_prompts, [asked.id])
    assert artifact.metadata["enhanced"] is False
    assert "no language model" in artifact.metadata["fallback_reason"]


def test_the_document_fills_the_form_but_not_over_a_wish(
    settings: Settings, database: Database, media_root: MediaRoot, llm: FakeLLM
) -> None:
    fields = (
        FormField("w", "int", "Width", default=1024, minimum=64, maximum=2048, step=8, role="width"),
        FormField("h", "int", "Height", default=1024, minimum=64, maximum=2048, step=8, role="height"),
        FormField("bad", "text", "Not", default="", role="negative_prompt"),
    )
    asked = ask(database, parameters={"bad": "wolves"})
    media = Double()
    around = EnhanceDecorator(PoetsMaker(settings).poets)
    stages = around.around(Chosen(media, fields), Kind.IMAGE, asked).pipeline
    assert isinstance(stages, EnhancePipeline)
    claimed = database.writing(claims.claim, [Kind.IMAGE])
    assert claimed is not None
    context = AttemptContext(database, claimed, 30)
    values = {"w": 1024, "h": 1024, "bad": "wolves"}
    directory = media_root.attempt_directory(asked.id, 1)

    stages.run(Job(asked.id, 1, Kind.IMAGE, "image_prompt", "a fox", values, directory), context)

    assert media.jobs[0].parameters == {"w": 1256, "h": 840, "bad": "wolves"}
    [attempt] = database.reading(attempts.of_prompts, [asked.id])[asked.id]
    assert attempt.parameters == {"w": 1256, "h": 840, "bad": "wolves"}


def test_a_recipe_names_its_document(settings: Settings, database: Database, llm: FakeLLM) -> None:
    media = Double()
    asked = ask(database)
    drain(settings, database, media)
    again, _ = database.writing(submission.add, database.reading(recipe_of, asked.id))

    drain(settings, database, media)

    assert database.reading(prompts.get, again.id).status == "completed"
    assert [job.text for job in media.jobs] == [WORDS, WORDS]
    assert len(llm.chats) == 3
