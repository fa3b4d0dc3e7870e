"""Is everything there that prompts need? Each finding says what is wrong and how to mend it."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from musings.config import Settings
from musings.due import runner_is_alive
from musings.errors import MusingsError
from musings.locate import lock_path
from musings.models import MEDIA_KINDS
from musings.pipelines import Pipelines
from musings.pipelines.local import local_problems
from musings.store import schema
from musings.store.database import Database
from musings.store.media_root import MediaRoot

LEAST_FREE_GIGABYTES = 1.0


class Level(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True)
class Finding:
    level: Level
    what: str
    detail: str
    mend: str = ""


def test_configuration(settings: Settings) -> list[Finding]:
    """Check everything; never raises. A warning lets the rest go on, a failure stops prompts."""
    return [
        *_configuration(settings),
        *_database(settings),
        *_media_root(settings),
        *_words(settings),
        *_workflows(settings),
        *_worker(settings),
    ]


test_configuration.__test__ = False  # type: ignore[attr-defined]  # the plan's name; not a test of ours


def _configuration(settings: Settings) -> Iterator[Finding]:
    if settings.file is None:
        mend = "Write a poets_cron_config.json, or name one with --config."
        yield Finding(Level.WARNING, "configuration", "no file found, defaults serve", mend)
    else:
        yield Finding(Level.OK, "configuration", str(settings.file))
    for warning in settings.warnings:
        yield Finding(Level.WARNING, "configuration", warning, "Correct or remove the key.")


def _database(settings: Settings) -> Iterator[Finding]:
    path = settings.database.path
    if not path.exists():
        yield Finding(Level.OK, "database", f"{path} is made on the first start")
        return
    database = Database(path)
    try:
        with database.read() as connection:
            said = connection.exec_driver_sql("PRAGMA quick_check(3)").scalars().all()
        version = schema.version(database)
    except MusingsError as error:
        yield Finding(Level.FAILURE, "database", str(error), error.hint or "")
        return
    finally:
        database.close()
    if said != ["ok"]:
        mend = "Stop Musings, keep a copy of the file, restore the latest backup."
        yield Finding(Level.FAILURE, "database", f"{path} is damaged: {said[0]}", mend)
        return
    if version != schema.HEAD:
        yield Finding(Level.WARNING, "database", f"{path} is at version {version}", "Run `musings migrate`.")
    yield Finding(Level.OK, "database", f"{path}, journal mode {database.journal_mode}")
    if database.journal_mode != "wal":
        mend = "Keep the database on a local disk for more speed."
        yield Finding(Level.WARNING, "database", "its disk is a network or container mount, where WAL is unsafe", mend)


def _media_root(settings: Settings) -> Iterator[Finding]:
    root = MediaRoot(settings.media_root)
    try:
        root.prepare()
    except MusingsError as error:
        yield Finding(Level.FAILURE, "media root", str(error), error.hint or "")
        return
    free = shutil.disk_usage(root.folder).free / 1e9
    if free < LEAST_FREE_GIGABYTES:
        mend = "Free some space before the next pictures."
        yield Finding(Level.WARNING, "media root", f"{root.folder} has {free:.2f} GB left", mend)
    else:
        yield Finding(Level.OK, "media root", f"{root.folder}, {free:.1f} GB free")


def _words(settings: Settings) -> Iterator[Finding]:
    """Who would write, with which models, and whether the speech server answers."""
    pipelines = Pipelines(settings)
    if pipelines.words is not None:
        serving = pipelines.words.serving()
        yield Finding(Level.OK if serving.ok else Level.WARNING, "poets", serving.detail, serving.mend)
    for place in pipelines.backends(of=("speech",)):
        if place.reachable:
            yield Finding(Level.OK, "speech server", str(place.url))
        else:
            mend = "Start it, or correct voice.url. Voice prompts wait until then."
            yield Finding(Level.WARNING, "speech server", place.last_error or "does not answer", mend)


def _workflows(settings: Settings) -> Iterator[Finding]:
    """The workflow files and the places that run them. An unreachable server is a warning: the rest goes on."""
    if not settings.media.enabled:
        yield Finding(
            Level.WARNING, "media", "is switched off: image, music and voice prompts wait", "Set media.enabled."
        )
        return
    for kind in MEDIA_KINDS:
        path = getattr(settings.media.scripts, kind.value)
        if path is not None and not path.is_file():
            mend = f"Put the workflow there, or set media.scripts.{kind} to null. Until then the sketch engine serves."
            yield Finding(Level.WARNING, f"{kind} workflow", f"{path} is not there", mend)
    pipelines = Pipelines(settings)
    try:
        yield from _places(settings, pipelines)
    finally:
        pipelines.close()


def _places(settings: Settings, pipelines: Pipelines) -> Iterator[Finding]:
    found = [each for each in pipelines.workflows() if each.source in ("comfyui", "script")]
    for each in found:
        if each.problem is not None:
            yield Finding(
                Level.WARNING, f"workflow {each.name}", each.problem, "Export it again, or correct its sidecar."
            )
        else:
            yield Finding(Level.OK, f"workflow {each.name}", f"{each.kind}, {each.source}, {len(each.form)} parameters")
    if any(each.source == "script" for each in found):
        for problem in local_problems(settings.media.comfyui):
            yield Finding(Level.WARNING, "ComfyUI for scripts", problem, "Scripts need a ComfyUI on this machine.")
    for place in pipelines.backends(of=("comfyui", "script")):
        if place.reachable:
            detail = (
                f"{place.url}, version {place.version}, {place.queue_length} waiting"
                if place.version
                else f"{place.url}"
            )
            yield Finding(Level.OK, f"ComfyUI ({place.kind})", detail)
        else:
            mend = "Start it, or correct media.comfyui. Its prompts wait; all others go on."
            yield Finding(Level.WARNING, f"ComfyUI ({place.kind})", place.last_error or "does not answer", mend)
    first = {each.kind: each for each in reversed(pipelines.workflows())}
    sketched = [kind.value for kind, each in first.items() if each.source == "sketch"]
    yield Finding(Level.OK, "sketch engine", f"serves {', '.join(sorted(sketched)) or 'nothing by itself'}")


def _worker(settings: Settings) -> Iterator[Finding]:
    lock = lock_path(os.fspath(settings.database.path))
    if runner_is_alive(lock):
        yield Finding(Level.OK, "worker", "one is at work")
    else:
        yield Finding(Level.WARNING, "worker", "none runs", "Start `musings up` or `musings worker`.")
