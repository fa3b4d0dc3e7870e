"""What verbs say and do on a database that can only be read, and on one whose disk is full."""

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from musings.config.settings import load
from musings.files.media_root import media_root_of
from musings.models import NewPrompt
from musings.sqlite.database import open_database
from musings.store.gallery import lists
from musings.store.queue import submission
from tests.disks import fill, remount, small_disk_at
from tests.musings.commands.conftest import Run
from tests.musings.housekeeping.stock import Stock

READS: tuple[tuple[str, ...], ...] = (
    ("list",), ("list", "--json"), ("show", "1"), ("status",), ("logs",), ("trash",), ("alerts",), ("token", "list"),
    ("workflows", "list"), ("check-files",), ("prune", "--dry-run"), ("migrate", "--dry-run"), ("doctor", "--deep"),
)  # fmt: skip
WRITES: tuple[tuple[str, ...], ...] = (
    ("submit", "a hare"), ("cancel", "2"), ("retry", "--failed"), ("retry", "3"), ("pause",), ("resume",),
    ("delete", "2"), ("trash", "restore", "4"), ("trash", "empty"), ("prune", "--older-than", "7"),
    ("token", "create", "phone"), ("worker", "--drain"), ("workflows", "default", "text", "sketch-text"),
    ("doctor", "--repair"),
)  # fmt: skip


@dataclass
class House:
    """A configuration whose database is on a small disk of its own, with prompts in every state."""

    run: Run
    disk: Path
    stock: Stock


@pytest.fixture
def house(run: Run, config: Path, fresh_database: Path) -> Iterator[House]:
    """Prompt 1 is completed, 2 waits, 3 failed, 4 is in the trash."""
    with small_disk_at(config.parent / "disk", 2) as disk:
        said = json.loads(config.read_text())
        config.write_text(json.dumps({**said, "database": {"path": str(disk / "musings.db")}}))
        shutil.copy(fresh_database, disk)
        settings = load(config, {}, config.parent)
        root = media_root_of(settings)
        root.prepare()
        with closing(open_database(disk / "musings.db")) as database:
            stock = Stock(database, root)
            stock.add(days=8)
            database.writing(submission.add, NewPrompt("a hare", "text"))
            stock.add(status="failed")
            stock.add(trash_days=1)
        yield House(run, disk, stock)


@pytest.mark.parametrize("trouble", ["its disk is mounted read-only", "is full"])
def test_what_reads_works_and_what_must_write_says_why_not(house: House, config: Path, trouble: str) -> None:
    ballast = fill(house.disk) if trouble == "is full" else None
    if ballast is None:
        remount(house.disk, "ro")
    for words in READS:
        said = house.run(*words)
        assert (said.code, said.err) == (0, "") or words[0] in ("doctor", "check-files"), (words, said)
    assert trouble in house.run("doctor").out
    for words in WRITES:
        said = house.run(*words)
        told = trouble in said.err or "Read-only file system" in said.err
        assert (said.code, told) == (1, True), (words, said)
    backup, archive = config.parent / "backup", config.parent / "all.zip"
    assert house.run("backup", str(backup)).code == house.run("export", str(archive)).code == 0
    with closing(open_database(backup / "musings.db")) as copied:
        assert len(copied.reading(lists.listing, lists.PromptFilter(), 9, None).items) == 3
        assert house.stock.files() == Stock(copied, house.stock.root).named(), "nothing went whose row could not go"
    ballast.unlink() if ballast is not None else remount(house.disk, "rw")
    for words in (("submit", "a hare"), ("cancel", "2"), ("delete", "1"), ("trash", "empty"), ("pause",), ("resume",)):
        assert house.run(*words).code == 0, words
