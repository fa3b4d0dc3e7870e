"""Secrets planted in the configuration, the environment and headers: not in a log, not in a row, not in an answer."""

import base64
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from musings.config.settings import load
from musings.errors import PassingFault, UserFault
from musings.makers.base import Context
from musings.models import Job, NewPrompt, Outcome
from musings.sqlite import schema
from musings.sqlite.database import open_database
from musings.store.database import Database
from musings.store.gallery import prompts
from musings.store.queue import submission
from musings.worker import assemble
from tests.doubles import Double, made_text, pipelines_of
from tests.musings.command_line import command, environment, running

PLANTED = {
    "MUSINGS_SECRET_SIGNING_KEY": "planted-signing-key-planted-signing-key",
    "MUSINGS_SECRET_COMFYUI_HEADERS": '{"X-Api-Key": "planted-comfy-header"}',
    "OPENAI_API_KEY": "planted-openai-key",
}
CONFIG = {
    "server": {"port": 0},
    "processing": {"backoff_seconds": 0.01, "max_attempts": 2, "shutdown_seconds": 1},
    "backend": {"url": "http://poet:planted-llm-password@127.0.0.1:9/v1"},
    "media": {"comfyui": {"host": "http://comfy:planted-host-password@127.0.0.1:9"}},
    "voice": {"url": "http://voice:planted-voice-password@127.0.0.1:9"},
    "alerts": {"urls": ["json://planted-alert-token-0123456789/path"]},
    "logging": {"level": "DEBUG"},
}
BEARER = "planted-bearer-0123456789"
KNOWN = (
    "planted-signing-key-planted-signing-key", "planted-comfy-header", "planted-openai-key", "planted-llm-password",
    "planted-host-password", "planted-voice-password", "planted-alert-token-0123456789",
    base64.b64encode(b"comfy:planted-host-password").decode().rstrip("="),
)  # fmt: skip
TABLES = ("prompts", "attempts", "prompt_events", "writings", "prompt_artifacts")
SECRETS = (*KNOWN, BEARER)


def found_in(text: str | bytes) -> list[str]:
    raw = text if isinstance(text, bytes) else text.encode()
    return [secret for secret in SECRETS if secret.encode() in raw]


def files_of(folder: Path) -> Iterator[Path]:
    """Everything that the program has written; the configuration is the owner's own."""
    kept = ("poets_cron_config.json", ".env")
    return (path for path in folder.rglob("*") if path.is_file() and path.name not in kept)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "poets_cron_config.json"
    file.write_text(json.dumps(CONFIG))
    (tmp_path / ".env").write_text("".join(f"{name}='{value}'\n" for name, value in PLANTED.items()))
    return file


@pytest.fixture
def database(config: Path) -> Iterator[Database]:
    opened = open_database(load(config, {}, config.parent).database.path)
    schema.ensure(opened)
    yield opened
    opened.close()


def test_what_a_pipeline_says_is_stored_without_them(config: Path, database: Database) -> None:
    """The pipeline says all it knows in its log, its fault, its stderr and a bug's traceback."""
    settings = load(config, {}, config.parent)
    everything = " ".join(KNOWN) + f" Authorization: Bearer {BEARER}"

    def act(job: Job, context: Context) -> Outcome:
        context.log(everything)
        if job.text == "user":
            raise UserFault(f"refused: {everything}", hint=everything, log=everything)
        if job.text == "passing":
            raise PassingFault(f"away: {everything}", log=everything)
        if job.text == "bug":
            raise RuntimeError(everything)
        return made_text(job, context)

    ids = [
        database.writing(submission.add, NewPrompt(text, "poem", max_attempts=2))[0].id
        for text in ("user", "passing", "bug", "ok")
    ]
    runner = assemble.runner(settings, database, pipelines=pipelines_of(Double(act)))
    runner.run_queue_processor(drain=True)
    assert [database.reading(prompts.get, each).status for each in ids] == ["failed", "failed", "failed", "completed"]
    with database.read() as connection:
        kept = [connection.exec_driver_sql(f"SELECT * FROM {name}").all() for name in TABLES]
    assert "[hidden]" in str(kept)
    assert found_in(str(kept)) == []


@pytest.mark.parametrize("json_lines", [False, True])
def test_a_log_line_is_written_without_them(config: Path, tmp_path: Path, json_lines: bool) -> None:
    """Its words, its pairs, a traceback, and the line of a library that knows nothing of us."""
    script = f"""
import logging
from pathlib import Path
from musings import logs
from musings.config.settings import load
settings = load(Path({str(config)!r}), {{}}, Path.cwd())
said = settings.logging.model_copy(update={{"json_lines": {json_lines}}})
logs.configure(said, "test", settings.redactor())
everything = {KNOWN!r}
for secret in everything:
    headers = {{"Authorization": "Bearer {BEARER}", "list": [secret]}}
    logs.get("room").warning(secret, pair=secret, headers=headers, url=f"http://a:{{secret}}@b/")
    logging.getLogger("httpx").error("request %s %r", secret, {{"key": secret}})
try:
    raise RuntimeError(str(everything))
except RuntimeError:
    logs.get("room").exception("a bug")
    logging.getLogger("other").exception("a bug of theirs")
"""
    done = subprocess.run([sys.executable, "-c", script], env=environment(tmp_path), capture_output=True, check=True)
    lines = (tmp_path / "logs" / "test.log").read_text()
    assert lines.count("[hidden]") > 2 * len(SECRETS)
    assert found_in(lines) == found_in(done.stderr) == found_in(done.stdout) == []
    assert "RuntimeError" in lines
    if json_lines:
        assert all(json.loads(line) for line in lines.splitlines())


def test_a_wrong_configuration_is_explained_without_them(config: Path) -> None:
    for section in (
        {"backend": {"url": [SECRETS[3]]}},
        {"alerts": {"urls": SECRETS[5]}},
        {"server": {"port": f"http://a:{SECRETS[3]}@b"}},
    ):
        config.write_text(json.dumps({**CONFIG, **section}))
        done = subprocess.run(command("list"), env=environment(config.parent), cwd=config.parent, capture_output=True)
        assert done.returncode == 2
        assert found_in(done.stderr) == []


def test_the_whole_program_keeps_them(config: Path) -> None:
    """The API and a worker with everything planted, prompts that fail on a server away, and every answer read."""
    workflow = {
        "1": {"class_type": "SaveImage", "inputs": {"images": ["2", 0], "filename_prefix": "x"}},
        "2": {"class_type": "EmptyImage", "inputs": {"width": 64, "height": 64, "batch_size": 1, "color": 0}},
    }
    secret_headers = {
        "Authorization": f"Bearer {BEARER}",
        "X-Api-Key": SECRETS[1],
        "Cookie": f"musings_session={BEARER}",
    }
    with running(config, "up", "--port", "0", **PLANTED) as child:
        assert child.stdout is not None
        said = []
        for line in child.stdout:
            said.append(line)
            if found := re.search(r"http://[\d.]+:\d+", line):
                break
        answers = []
        with httpx.Client(base_url=found[0], headers=secret_headers, timeout=30) as client:  # type: ignore[index]
            answers.append(client.post("/api/workflows", json={"name": "image_x", "workflow": workflow}))
            answers.append(
                client.post(
                    "/api/prompts", json={"prompt_text": "a fox", "prompt_type": "image", "workflow": "image_x"}
                )
            )
            answers.append(client.post("/api/prompts", json={"prompt_text": "a wren"}))
            answers.append(client.post("/api/login", json={"password": SECRETS[2]}))
            answers.append(client.get("/api/prompts?cursor=" + SECRETS[0]))
            document = client.get("/openapi.json").json()
            for path in document["paths"]:
                if path != "/api/events" and "get" in document["paths"][path]:
                    url = path.format(
                        prompt_id=1, artifact_id=1, writing_id=1, name="image_x", file_path="x", ref="x", musing_id=1,
                        address="x.atom", secret="x", file="1.png", schedule_id=1,
                    )  # fmt: skip
                    answers.append(client.get(url))
        child.terminate()
        said.append(child.stdout.read())
        child.wait(30)
    assert answers[0].status_code == answers[1].status_code == 201, answers[0].text
    assert found_in("".join(said)) == []
    echoed = [a for a in answers if found_in(a.content) and "cursor" not in str(a.url)]
    assert [(str(a.url), found_in(a.content)) for a in echoed] == []
    assert found_in("".join(str(a.headers) for a in answers)) == []
    written = list(files_of(config.parent))
    assert {"musings.db", "musings-api.log", "musings-worker.log"} <= {path.name for path in written}
    assert [(path.name, found_in(path.read_bytes())) for path in written if found_in(path.read_bytes())] == []
