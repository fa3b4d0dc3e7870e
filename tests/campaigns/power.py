"""Power cuts, by replay: what the real programs did to their files is recorded, and cut at any moment.

The API and the worker run under ``strace`` while a client sends prompts. From the recording, states are built that a
disk may be in when the power goes out at a moment (``disk``). On each of them: SQLite finds its database whole, every
prompt that was acknowledged is there, every artifact that a row names is there with the bytes that were made; then the
take-over of our worker runs, after which no file is without a row. On some of them the real worker works until nothing
is due, and every prompt has to end completed.
"""

import contextlib
import hashlib
import json
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from musings.config.settings import load
from musings.files.media_root import MediaRoot
from musings.sqlite import schema
from musings.sqlite.database import open_database
from musings.worker.takeover import take_over
from tests.campaigns.disk import MODELS, Disk
from tests.campaigns.house import House
from tests.campaigns.kills import prompt
from tests.campaigns.recorded import SECONDS
from tests.campaigns.recording import Event, Recording, read, words

DRAINED_OF = 25
"""One state of so many is worked on to the end by the real worker, which takes seconds."""
FEW, MANY = 6, 40
"""Prompts that are recorded: for a short form, and usually."""
LEFT_OUT = (".db-shm", ".lock", ".log")
"""Not looked at: SQLite's index of the log is made anew, a lock is the kernel's, and a log promises nothing."""


@dataclass
class Record:
    """``events`` that were recorded, ``cuts`` that were made in them. ``wrong`` is to be empty."""

    events: int = 0
    syncs: int = 0
    prompts: int = 0
    cuts: int = 0
    drained: int = 0
    unread: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not self.wrong and not self.unread and self.cuts > 0


def is_possible() -> bool:
    """Whether ``strace`` is here and may trace."""
    try:
        return subprocess.run(["strace", "-f", "true"], check=False, capture_output=True).returncode == 0
    except OSError:
        return False


def run(folder: Path, seed: int, minutes: float, most: int, say: Callable[[str], None]) -> Record:
    """Record once, then cut at moments drawn by the seed until the time is over."""
    if not is_possible():
        raise SystemExit("strace is needed, and the right to trace (on Debian: apt install strace).")
    house = House(folder / "house")
    deadline = time.monotonic() + minutes * 60
    try:
        files, folders = _prepare(house)
        recording = _record(house, random.Random(f"{seed} prompts"), FEW if most <= FEW * 10 else MANY)
        record = Record(
            events=len(recording.events),
            syncs=sum(each.what == "sync" for each in recording.events),
            prompts=sum(each.what == "acknowledge" for each in recording.events),
            unread=sorted(recording.unread),
        )
        say(f"recorded: {record.events} changes and {record.syncs} syncs of them, {record.prompts} prompts")
        chance = random.Random(f"{seed} cuts")
        while record.cuts < most and time.monotonic() < deadline:
            model, at = chance.choice(MODELS), chance.randint(1, len(recording.events))
            is_drained = record.cuts % DRAINED_OF == DRAINED_OF - 1
            found = _Cut(house, folder / "cut", recording.events[:at], is_drained=is_drained)
            wrong = found.of(Disk(files, folders, model), chance)
            record.wrong += [f"{model}, after {at} changes: {each}" for each in wrong]
            record.cuts += 1
            record.drained += is_drained
            if record.cuts % 20 == 0:
                say(f"{record.cuts} cuts, {len(record.wrong)} gave way")
    finally:
        house.server.kill()
    return record


def lines(record: Record) -> list[str]:
    """The figures, for a person."""
    return [
        f"{record.cuts} cuts in {record.events} changes ({record.syncs} syncs) for {record.prompts} prompts; "
        f"on {record.drained} of them the worker worked to the end",
        f"{len(record.unread)} kinds of change that the model cannot hold",
        *(f"    {each}" for each in record.unread[:10]),
        f"{len(record.wrong)} gave way",
        *(f"    {each}" for each in record.wrong[:40]),
    ]


def _prepare(house: House) -> tuple[dict[str, bytes], list[str]]:
    """An installation that has been started once: all of that is on the disk."""
    house.server.start()
    for program in (house.api, house.worker):
        program.start()
        if program.until_ready(120) is None:
            raise RuntimeError(f"{program.name} did not start: see {house.folder}")
    for program in (house.api, house.worker):
        if program.process is not None:
            program.process.send_signal(signal.SIGTERM)
            program.process.wait()
    return _state_of(house.folder)


def _state_of(folder: Path) -> tuple[dict[str, bytes], list[str]]:
    found = [each for each in folder.rglob("*") if "comfyui" not in each.relative_to(folder).parts]
    files = {
        each.relative_to(folder).as_posix(): each.read_bytes()
        for each in found
        if each.is_file() and not each.name.endswith(LEFT_OUT)
    }
    return files, [each.relative_to(folder).as_posix() for each in found if each.is_dir()]


def _record(house: House, chance: random.Random, count: int) -> Recording:
    log = house.folder.parent / "strace.txt"
    said = {
        "url": house.url,
        "programs": [house.api.words, house.worker.words],
        "prompts": [prompt(chance, number) for number in range(count)],
    }
    command = [*words(log), sys.executable, "-m", "tests.campaigns.recorded", json.dumps(said)]
    with (house.folder / "recorded.txt").open("wb") as output:
        subprocess.run(
            command, cwd=house.folder, env=house.api.environment(), stdout=output, stderr=output, check=True,
            timeout=2 * SECONDS,
        )  # fmt: skip
    recording = read(log, house.folder)
    kept = [each for each in recording.events if not (each.other or each.path).endswith(LEFT_OUT)]
    # The places that syncs speak for are counted in the whole list.
    places, number = [], 0
    for each in recording.events:
        places.append(number)
        number += not (each.other or each.path).endswith(LEFT_OUT)
    events = [
        Event(e.what, e.path, e.other, e.offset, e.data, places[e.began]) if e.what == "sync" else e for e in kept
    ]
    unread = {each for each in recording.unread if not each.endswith((*LEFT_OUT, ".txt"))}
    return Recording(events, unread)


class _Cut:
    def __init__(self, house: House, folder: Path, events: list[Event], *, is_drained: bool) -> None:
        self._house, self._folder, self._events, self._is_drained = house, folder, events, is_drained

    def of(self, disk: Disk, chance: random.Random) -> list[str]:
        """What is wrong with the state after these events."""
        for event in self._events:
            disk.play(event)
        shutil.rmtree(self._folder, ignore_errors=True)
        files, folders = disk.cut(chance)
        for each in folders:
            (self._folder / each).mkdir(parents=True, exist_ok=True)
        for path, content in files.items():
            target = self._folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        try:
            return self._examined()
        except Exception as error:  # noqa: BLE001 (whatever our start says on such a disk is what is looked for)
            return [f"{type(error).__name__}: {error}"]

    def _examined(self) -> list[str]:
        settings = load(self._folder / "poets_cron_config.json", {}, self._folder)
        wrong = self._as_found(settings.media_root)
        database = open_database(settings.database.path)
        try:
            schema.ensure(database)
            take_over(database, MediaRoot(settings.media_root), settings.processing.max_attempts)
        finally:
            database.close()
        wrong += [f"{each} (after the take-over)" for each in self._as_found(settings.media_root)]
        wrong += self._without_rows(settings.media_root)
        return wrong + (self._worked_to_the_end() if self._is_drained else [])

    def _rows(self, query: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self._folder / "musings.db", timeout=30)) as connection:
            return list(connection.execute(query))

    def _as_found(self, root: Path) -> list[str]:
        wrong = [f"integrity_check: {row[0]}" for row in self._rows("PRAGMA integrity_check") if row[0] != "ok"]
        there = {str(row[0]) for row in self._rows("SELECT id FROM prompts")}
        acknowledged = [each.other for each in self._events if each.what == "acknowledge"]
        wrong += [f"prompt {each} was acknowledged and is not there" for each in acknowledged if each not in there]
        named = self._rows("SELECT prompt_id, file_path, preview_path, metadata FROM prompt_artifacts")
        for number, path, preview, metadata in named:
            file, facts = root / str(path), json.loads(str(metadata))
            if not file.is_file():
                wrong.append(f"{path} of prompt {number} is not there")
            elif hashlib.sha256(file.read_bytes()).hexdigest() != facts.get("sha256"):
                wrong.append(f"{path} of prompt {number} is torn")
            if preview is not None and not ((root / str(preview)).is_file() and (root / str(preview)).stat().st_size):
                wrong.append(f"the preview {preview} of prompt {number} is not there, or empty")
        bare = (
            "SELECT id FROM prompts WHERE status = 'completed' AND id NOT IN (SELECT prompt_id FROM prompt_artifacts)"
        )
        return wrong + [f"prompt {row[0]} is completed and has no artifact" for row in self._rows(bare)]

    def _without_rows(self, root: Path) -> list[str]:
        rows = self._rows("SELECT file_path, preview_path FROM prompt_artifacts")
        named = {str(path) for row in rows for path in row if path is not None}
        on_disk = {
            each.relative_to(root).as_posix()
            for each in root.rglob("*")
            if each.is_file() and not any(part.startswith(".") for part in each.relative_to(root).parts)
        }
        return [f"{each} has no row after the take-over" for each in sorted(on_disk - named)]

    def _worked_to_the_end(self) -> list[str]:
        command = [sys.executable, "-m", "musings", "worker", "--drain"]
        file = str(self._folder / "poets_cron_config.json")
        with (self._folder / "drain.txt").open("wb") as output, contextlib.suppress(subprocess.TimeoutExpired):
            subprocess.run(
                [*command, "--config", file], cwd=self._folder, env=self._house.api.environment(), stdout=output,
                stderr=output, check=False, timeout=SECONDS,
            )  # fmt: skip
        ended = self._rows("SELECT id, status, error_message FROM prompts WHERE status != 'completed'")
        return [f"prompt {row[0]} is {row[1]} in the end: {row[2]}" for row in ended]
