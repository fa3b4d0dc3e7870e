"""Text prompts from the queue to their writing, with the real worker, the real AutoGen client and a scripted server."""

import asyncio
import gc
import json
import logging
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select

from musings import doctor
from musings.config.settings import Settings
from musings.doctor import Level
from musings.errors import Unavailable
from musings.files.media_root import MediaRoot
from musings.makers.base import Serving
from musings.makers.choice import Makers
from musings.makers.poets import backends
from musings.makers.poets.entry import PoetsMaker
from musings.models import Kind, NewPrompt, Prompt
from musings.sqlite import schema
from musings.sqlite.database import open_database
from musings.store.database import Database
from musings.store.gallery import artifacts, prompts
from musings.store.gallery.reproduction import recipe_of
from musings.store.queue import attempts, cancellation, submission
from musings.store.tables import prompt_events
from musings.store.writings import writings
from musings.worker import assemble
from tests.conftest import MakeSettings
from tests.doubles import Double, makers_with
from tests.fakes.llm import FakeLLM, Reply, Script, a_good_team, in_order, system
from tests.fakes.server import Seen

POEM = "Salt on the rail,\na gull that will not land."


@pytest.fixture
def llm() -> Iterator[FakeLLM]:
    server = FakeLLM(models=("muse-7b",))
    yield server
    server.close()


@pytest.fixture
def settings(make_settings: MakeSettings, llm: FakeLLM) -> Settings:
    return make_settings(
        processing={"backoff_seconds": 0.01, "shutdown_seconds": 0.2, "max_attempts": 2},
        backend={"type": "manual", "url": llm.address, "connect_seconds": 0.5, "timeout_seconds": 5},
        models={"local1": "muse-7b"},
        poets={"max_turns": 6, "max_tokens": 2000, "wall_clock_seconds": 20},
    )


def drain(settings: Settings, database: Database, **extra: Double) -> None:
    pipelines = makers_with(settings, **extra)
    assemble.runner(settings, database, pipelines=pipelines).run_queue_processor(drain=True)


def ask(database: Database, text: str = "a lamp at sea", kind: str = "poem", **more: object) -> Prompt:
    return database.writing(submission.add, NewPrompt(text, kind, **more))[0]  # type: ignore[arg-type]


def log_of(database: Database, prompt: Prompt) -> str:
    return "\n".join(each.log_excerpt or "" for each in database.reading(attempts.of_prompts, [prompt.id])[prompt.id])


def test_a_poem_from_the_queue_to_the_shelf(settings: Settings, database: Database, media_root: MediaRoot) -> None:
    asked = ask(database, parameters={"seed": 7, "temperature": 0.3})

    drain(settings, database)

    found = database.reading(prompts.get, asked.id)
    assert (found.status, found.error_message) == ("completed", None)
    assert found.output_reference is not None
    writing = database.reading(writings.get, found.output_reference)
    assert (writing.title, writing.content, writing.content_type) == ("The Lamp", POEM, "poetry")
    assert (writing.word_count, writing.line_count) == (10, 2)
    [artifact] = database.reading(artifacts.of_prompts, [asked.id])
    assert media_root.find(artifact.file_path).read_text() == f"# The Lamp\n\n{POEM}\n"
    recipe = artifact.metadata
    assert (recipe["backend"], recipe["seed"], recipe["turns"], recipe["approved"]) == ("poets", 7, 3, True)
    assert recipe["models"] == {"Anthony": "muse-7b", "Cindy": "muse-7b", "ContentManager": "muse-7b"}
    [attempt] = database.reading(attempts.of_prompts, [asked.id])[asked.id]
    assert attempt.backend == "poets"
    log = attempt.log_excerpt or ""
    turns = [log.index(line) for line in ("Anthony (muse-7b, ", "Cindy (muse-7b, ", "ContentManager (muse-7b, ")]
    assert turns == sorted(turns)
    assert POEM in log
    assert "the poets are done: the editor approved" in log


def test_its_events_come_in_order(settings: Settings, database: Database, llm: FakeLLM) -> None:
    good = a_good_team()
    llm.script = lambda seen: replace(good(seen), delay=0.1)  # a team that lasts: a quick one tells of nothing
    ask(database)
    drain(settings, database)
    with database.read() as connection:
        rows = connection.execute(
            select(prompt_events.c.event, prompt_events.c.data).order_by(prompt_events.c.id)
        ).all()
    names = [row.event for row in rows if row.event in ("prompt", "progress")]
    assert names[0] == names[-1] == "prompt"
    shown = [json.loads(row.data) for row in rows if row.event == "progress" and row.data]
    assert any(each["stage"].startswith("Anthony writes, ") for each in shown)
    assert any(each.get("excerpt", "").startswith("Title: The L") for each in shown)


def test_the_limit_keeps_the_best_draft(settings: Settings, database: Database, llm: FakeLLM) -> None:
    good = a_good_team()
    llm.script = lambda seen: Reply("No.") if "the last word" in system(seen) else good(seen)
    asked = ask(database)

    drain(settings, database)

    found = database.reading(prompts.get, asked.id)
    assert found.status == "completed"
    assert database.reading(writings.get, found.output_reference or 0).content == POEM
    [artifact] = database.reading(artifacts.of_prompts, [asked.id])
    assert artifact.metadata["ended"] == "the limit of 6 turns"


def test_a_broken_off_answer_is_tried_again(settings: Settings, database: Database, llm: FakeLLM) -> None:
    good = a_good_team()
    first = in_order([Reply(POEM, cut=True)])
    llm.script = lambda seen: first(seen) if len(llm.chats) == 1 else good(seen)
    asked = ask(database)

    drain(settings, database)

    assert database.reading(prompts.get, asked.id).status == "completed"
    tried = database.reading(attempts.of_prompts, [asked.id])[asked.id]
    assert [(each.status, each.error_class) for each in tried] == [("failed", "PassingFault"), ("completed", None)]
    assert len({chat.body["seed"] for chat in llm.chats}) == 2


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply("no such thing", status=400), "cannot take the request (HTTP 400): no such thing"),
        (Reply(""), "The poets wrote nothing; they were ended by the limit of 6 turns."),
    ],
)
def test_what_cannot_work_fails_with_words(
    settings: Settings, database: Database, llm: FakeLLM, reply: Reply, words: str
) -> None:
    llm.script = in_order([reply])
    asked = ask(database)
    drain(settings, database)
    found = database.reading(prompts.get, asked.id)
    assert found.status == "failed"
    assert words in (found.error_message or "")


def test_a_missing_model_fails_and_names_those_that_are_there(
    settings: Settings, database: Database, llm: FakeLLM
) -> None:
    llm.models = ["other:1b", "another:2b"]
    asked = ask(database)
    drain(settings, database)
    found = database.reading(prompts.get, asked.id)
    assert found.status == "failed"
    assert "does not have the model muse-7b. It has: other:1b, another:2b" in (found.error_message or "")


def run_until(settings: Settings, database: Database, done: Callable[[], bool], **extra: Double) -> None:
    """A worker that stays, until ``done``."""
    runner = assemble.runner(settings, database, pipelines=makers_with(settings, **extra))
    thread = threading.Thread(target=lambda: runner.run_queue_processor(drain=False))
    thread.start()
    deadline = time.monotonic() + 20
    looked = threading.Event()
    while not done() and time.monotonic() < deadline:
        looked.wait(0.02)
    runner.stop()
    thread.join(20)
    assert done()


def test_a_server_away_is_waited_for_while_media_go_on(settings: Settings, database: Database, llm: FakeLLM) -> None:
    llm.close()
    poem, picture = ask(database), ask(database, kind="image")

    run_until(
        settings,
        database,
        lambda: (
            database.reading(prompts.get, picture.id).status == "completed"
            and database.reading(prompts.get, poem.id).error_message is not None
        ),
        image=Double(),
    )

    waiting = database.reading(prompts.get, poem.id)
    assert (waiting.status, waiting.attempts_used) == ("pending", 0)
    assert "does not answer" in (waiting.error_message or "")
    assert waiting.next_attempt_at is not None


def test_cancelling_stops_the_team_within_an_answer(settings: Settings, database: Database, llm: FakeLLM) -> None:
    llm.script = in_order([Reply("on and on ", delay=0.02, endless=True)])
    asked = ask(database)
    asked_to_stop: list[bool] = []

    def done() -> bool:
        if llm.chats and not asked_to_stop:
            asked_to_stop.append(database.writing(cancellation.cancel, asked.id) is not None)
        return database.reading(prompts.get, asked.id).status == "cancelled"

    run_until(settings, database, done)  # the answer has no end: only the cancellation ends it

    assert llm.hung_up.wait(2)


def test_twenty_prompts_two_at_a_time(
    settings: Settings,
    database: Database,
    llm: FakeLLM,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYTHONASYNCIODEBUG", "1")
    ask(database, "to warm up")
    drain(settings, database)
    crowd = Crowd(a_good_team())
    llm.script = crowd
    asked = [ask(database, f"a lamp, number {number}") for number in range(20)]
    others = left_behind()  # of a server that another test keeps running
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    drain(settings, database)

    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    found = [database.reading(prompts.get, each.id) for each in asked]
    assert {each.status for each in found} == {"completed"}
    assert len({each.output_reference for each in found}) == 20
    assert crowd.most == 2
    assert left_behind() <= others
    assert grown < 30_000 * (1024 if sys.platform == "darwin" else 1)
    loud = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert [message for message in loud if "Executing" not in message] == []


class Crowd:
    """A script that counts how many are asked at once; the first two meet."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._meeting = threading.Barrier(2)
        self._lock = threading.Lock()
        self._inside = self._met = self.most = 0

    def __call__(self, seen: Seen) -> Reply:
        with self._lock:
            self._inside += 1
            self._met += 1
            self.most = max(self.most, self._inside)
            meets = self._met <= 2
        if meets:
            self._meeting.wait(20)
        with self._lock:
            self._inside -= 1
        return self._script(seen)


def left_behind() -> set[int]:
    """The identities of event loops that are open."""
    gc.collect()
    loops = (each for each in gc.get_objects() if isinstance(each, asyncio.BaseEventLoop))
    return {id(each) for each in loops if not each.is_closed()}


def test_media_alone_import_no_autogen(settings: Settings, database: Database) -> None:
    ask(database, "a fox", "image")
    database.close()
    program = """
import sys
from pathlib import Path
from musings.config.settings import load
from musings.makers.choice import Makers
from musings.sqlite.database import open_database
from musings.worker import assemble
from tests.doubles import Double, makers_with

settings = load(Path(sys.argv[1]), {}, Path.cwd())
database = open_database(settings.database.path)
pipelines = makers_with(settings, image=Double())
runner = assemble.runner(settings, database, pipelines=pipelines)
print(dict(runner.run_queue_processor(drain=True).ended))
print([name for name in sys.modules if name.partition(".")[0].startswith(("autogen", "openai"))])
"""
    ran = subprocess.run(
        [sys.executable, "-c", program, str(settings.file)], capture_output=True, text=True, check=False, timeout=60
    )
    assert ran.stdout.splitlines()[-2:] == ["{'completed': 1}", "[]"], ran.stderr


def test_the_sketch_poet_serves_where_nobody_was_set_up(
    make_settings: MakeSettings, media_root: MediaRoot, unused_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backends, "OLLAMA_URL", unused_address)
    settings = make_settings(backend={"url": unused_address, "connect_seconds": 0.5})
    database = open_database(settings.database.path)
    schema.ensure(database)
    asked = ask(database)

    drain(settings, database)

    found = database.reading(prompts.get, asked.id)
    assert found.status == "completed"
    [artifact] = database.reading(artifacts.of_prompts, [asked.id])
    assert artifact.metadata["backend"] == "sketch"
    assert "no language model" in artifact.metadata["fallback_reason"]
    assert "the sketch poet writes, because there is no language model" in log_of(database, asked)
    database.close()


@pytest.fixture
def unused_address() -> str:
    """The default address of Ollama, as if nobody ran one on this machine."""
    return "http://127.0.0.1:1/v1"


def test_the_poets_are_listed_first_where_they_are_set_up(settings: Settings) -> None:
    listed = [each.name for each in Makers(settings).workflows() if each.kind is Kind.TEXT]
    assert listed == ["poets", "sketch-text"]


def test_without_a_server_set_up_the_sketch_comes_first(make_settings: MakeSettings) -> None:
    listed = [each.name for each in Makers(make_settings()).workflows() if each.kind is Kind.TEXT]
    assert listed == ["sketch-text", "poets"]


def serving(settings: Settings) -> Serving:
    [found] = PoetsMaker(settings).serving()
    return found


def test_the_configuration_test_tells_who_would_write(
    settings: Settings, llm: FakeLLM, make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch, unused_address: str
) -> None:
    told = [finding for finding in doctor.test_configuration(settings) if finding.what == "poets"]
    assert [(each.level, each.detail) for each in told] == [
        (
            Level.OK,
            f"the language model server at {llm.address} serves"
            " ContentManager (muse-7b), Anthony (muse-7b), Cindy (muse-7b).",
        )
    ]
    llm.models = ["other:1b"]
    lacking = serving(settings)
    assert not lacking.ok
    assert "It has: other:1b. Until then their prompts fail." in lacking.detail
    llm.close()
    assert serving(settings).detail.endswith("Until then their prompts wait.")
    monkeypatch.setattr(backends, "OLLAMA_URL", unused_address)
    nobody = serving(make_settings(backend={"url": unused_address}))
    assert nobody.ok
    assert nobody.detail.startswith("the sketch poet writes; there is no language model: ")


def test_the_servers_are_listed_with_how_they_are(settings: Settings, llm: FakeLLM) -> None:
    [found] = Makers(settings).backends(of=("llm",))
    assert (found.kind, found.url, found.reachable, found.last_error) == ("llm", llm.address, True, None)
    llm.close()
    [gone] = Makers(settings).backends(of=("llm",))
    assert not gone.reachable
    assert "does not answer" in (gone.last_error or "")


def test_the_poets_are_checked_like_any_workflow(settings: Settings, llm: FakeLLM) -> None:
    assert Makers(settings).check("poets").usable
    llm.close()
    checked = Makers(settings).check("poets")
    assert not checked.usable
    assert "does not answer" in checked.problems[0].message


def test_whoever_names_the_poets_gets_no_sketch(make_settings: MakeSettings, unused_address: str) -> None:
    settings = make_settings(backend={"url": unused_address, "connect_seconds": 0.5})
    words = PoetsMaker(settings)
    with pytest.raises(Unavailable, match="does not answer"):
        words.writer("poets")


def test_without_the_fallback_a_server_is_waited_for(
    make_settings: MakeSettings, unused_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backends, "OLLAMA_URL", unused_address)
    settings = make_settings(backend={"url": unused_address, "fallback_to_sketch": False, "connect_seconds": 0.5})
    words = PoetsMaker(settings)
    with pytest.raises(Unavailable):
        words.writer(None)


def test_a_recipe_names_who_wrote(settings: Settings, database: Database) -> None:
    asked = ask(database, parameters={"temperature": 0.2})
    sketched = ask(database, workflow="sketch-text")
    drain(settings, database)
    assert database.reading(recipe_of, asked.id).workflow == "poets"
    assert database.reading(recipe_of, sketched.id).workflow == "sketch-text"
    again, _ = database.writing(submission.add, database.reading(recipe_of, asked.id))
    drain(settings, database)
    assert database.reading(prompts.get, again.id).status == "completed"


def test_a_sketch_is_reproduced_as_a_sketch(database: Database, media_root: MediaRoot, settings: Settings) -> None:
    """Whoever wrote it stays, though a language model serves by now."""
    asked = ask(database)
    assemble.runner(settings, database, pipelines=Makers()).run_queue_processor(drain=True)
    again, _ = database.writing(submission.add, database.reading(recipe_of, asked.id))
    drain(settings, database)
    found = database.reading(prompts.get, again.id)
    assert (found.status, found.workflow) == ("completed", "sketch-text")
    first, second = (database.reading(artifacts.of_prompts, [each])[0].metadata for each in (asked.id, again.id))
    assert first["sha256"] == second["sha256"]
