"""What Musings adds to a prompt on a ComfyUI server, and how busy it keeps many of them."""

import json
import multiprocessing
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, median, milliseconds, timed
from fake_comfyui.running import Pace
from fake_comfyui.server import FakeComfy
from musings import logs
from musings.config.settings import Settings, load
from musings.makers.comfyui.client import ComfyServer
from musings.models import Kind, NewPrompt
from musings.sqlite import schema
from musings.sqlite.database import open_database
from musings.store.database import Database
from musings.store.gallery import prompts
from musings.store.queue import submission
from musings.worker import assemble

ROUNDS = 25
JOB_SECONDS = 1.0
JOBS_EACH = 6
LOOK_SECONDS = 0.002
ENDED = ("completed", "failed", "cancelled")

Graph = dict[str, Any]


def latency(folder: Path, url: str | None) -> Iterator[Figure]:
    """The same graph by hand and as a prompt, in turns, each with a colour of its own so that nothing is cached."""
    with fakes(1, Pace()) as [fake_url]:
        name = "the fake" if url is None else "this server"
        address = url or fake_url
        with (
            house(folder, [address]) as (settings, database),
            working(settings, database),
            ComfyServer(address) as server,
        ):
            by_hand, ours = [], []
            for number in range(ROUNDS + 1):
                by_hand += timed(partial(_by_hand, server, number), 1)
                ours += timed(partial(_as_prompt, database, number + 2 * ROUNDS), 1)
    plain, whole = median(by_hand[1:]), median(ours[1:])  # the first of each warms up
    yield Figure(f"a graph by hand on {name}, p50", milliseconds(plain))
    yield Figure(f"the same as a prompt on {name}, row to row, p50", milliseconds(whole), "by hand", whole / plain)
    yield Figure("added to a prompt, p50", milliseconds(whole - plain))


def share(folder: Path, many: int) -> Iterator[Figure]:
    """Jobs of a second on many servers: how much of their time is used."""
    with fakes(many, Pace(node=JOB_SECONDS / 2)) as urls, house(folder, urls) as (settings, database):
        for number in range(many * JOBS_EACH):
            database.writing(submission.add, NewPrompt("a fox", "image", parameters={"color": number}))
        began = time.perf_counter()
        runner = assemble.runner(settings, database, [Kind.IMAGE])
        runner.run_queue_processor(drain=True)
        seconds = time.perf_counter() - began
        done = runner.summary.ended["completed"]
    yield Figure(f"{done} jobs of {JOB_SECONDS:g} s on {many} servers", f"{seconds:.2f} s")
    yield Figure("utilisation of the servers", f"{done * JOB_SECONDS / (many * seconds) * 100:.0f} %")


def graph_of(number: int) -> Graph:
    return {
        "1": {
            "class_type": "EmptyImage",
            "_meta": {"title": "<Color>"},
            "inputs": {"width": 64, "height": 64, "batch_size": 1, "color": number},
        },
        "2": {"class_type": "SaveImage", "inputs": {"images": ["1", 0], "filename_prefix": "bench/t"}},
    }


@contextmanager
def fakes(many: int, pace: Pace) -> Iterator[list[str]]:
    """Fake servers in a process of their own, so that they take no time of ours."""
    here, there = multiprocessing.Pipe()
    context = multiprocessing.get_context("spawn")
    child = context.Process(target=_serve_fakes, args=(there, many, pace))
    child.start()
    try:
        yield here.recv()
    finally:
        here.send(None)
        child.join()


def _serve_fakes(pipe: Connection, many: int, pace: Pace) -> None:
    started = [FakeComfy(pace=pace) for _ in range(many)]
    for fake in started:
        fake.start()
    pipe.send([fake.url for fake in started])
    pipe.recv()
    for fake in started:
        fake.stop()


@contextmanager
def house(folder: Path, urls: list[str], **comfyui: Any) -> Iterator[tuple[Settings, Database]]:
    """A house with one workflow, for pictures."""
    media = folder / "media"
    media.mkdir(parents=True)
    (media / "image_plain.json").write_text(json.dumps(graph_of(0)))
    (media / "image_plain.form.toml").write_text(
        '[fields.count]\nhidden = true\n[fields.color]\ntype = "int"\nnode = "1"\ninput = "color"\n'
    )
    said = {"hosts": urls, **comfyui}
    file = folder / "poets_cron_config.json"
    media_settings = {"scripts": {"image": "media/image_plain.json"}, "comfyui": said}
    file.write_text(json.dumps({"media": media_settings, "processing": {"shutdown_seconds": 0.1}}))
    settings = load(file, {}, folder)
    database = open_database(settings.database.path)
    schema.ensure(database)
    logs.configure(settings.logging, "musings-worker")
    try:
        yield settings, database
    finally:
        database.close()


@contextmanager
def working(settings: Settings, database: Database) -> Iterator[None]:
    """A worker on a thread, for as long as this lasts."""
    runner = assemble.runner(settings, database)
    thread = threading.Thread(target=runner.run_queue_processor, kwargs={"drain": False})
    thread.start()
    try:
        yield
    finally:
        runner.stop()
        thread.join()


def _by_hand(server: ComfyServer, number: int) -> None:
    """Post, look until it is done, fetch: what somebody does who writes a small script."""
    mine = str(uuid.uuid4())
    server.submit(graph_of(number), prompt_id=mine, client_id=uuid.uuid4().hex)
    while (entry := server.history(mine)) is None:
        time.sleep(LOOK_SECONDS)
    for shown in entry.outputs["2"]["images"]:
        answer = server.stream("view", {name: shown[name] for name in ("filename", "subfolder", "type")})
        answer.read()
        answer.close()


def _as_prompt(database: Database, number: int) -> None:
    prompt, _ = database.writing(submission.add, NewPrompt("a fox", "image", parameters={"color": number}))
    while (found := database.reading(prompts.get, prompt.id)).status not in ENDED:
        time.sleep(LOOK_SECONDS)
    if found.status != "completed":
        raise RuntimeError(found.error_message)
