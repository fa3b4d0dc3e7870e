"""Removal for good: files and rows go together, whatever happens in between."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as some

from musings.commands.check_files import described
from musings.config.settings import Settings
from musings.errors import BusyError, DiskFullError, StoreError
from musings.files.media_root import MediaRoot
from musings.housekeeping import pruning
from musings.housekeeping.checking import check
from musings.housekeeping.pruning import STEPS, Removed
from musings.housekeeping.retention import Reason, RetentionRules
from musings.models import MEDIA_KINDS, NewPrompt, Writing
from musings.sqlite import schema
from musings.sqlite.database import open_database
from musings.store.gallery import lists, prompts, trash
from musings.store.queue import retries, submission
from musings.store.tables import prompts as prompt_rows
from musings.store.writings import writings
from tests.disks import fill, small_disk_at
from tests.musings.housekeeping.stock import Stock

WEEK = RetentionRules(timedelta(days=7), None, MEDIA_KINDS, keep_starred=True, trash=timedelta(days=30))


def pruned(stock: Stock, rules: RetentionRules = WEEK) -> Removed:
    return pruning.prune(stock.database, stock.root, pruning.plan(stock.database, stock.root, rules), rules)


def test_the_old_goes_with_its_files_and_the_rest_stays(stock: Stock) -> None:
    old, new, starred = stock.add(days=8, size=500), stock.add(days=6), stock.add(days=99, starred=True)
    text = stock.add("text", days=99)
    done = pruned(stock)
    assert (done.prompts, done.files, done.bytes) == ((old,), 2, 510)
    assert stock.ids() == [new, starred, text]
    assert stock.is_whole()
    assert not (stock.root.folder / "image" / f"{old}_20261122T101500").exists()


def test_a_plan_changes_nothing(stock: Stock) -> None:
    old = stock.add(days=8, size=500)
    before = stock.files(), stock.ids()
    [going] = pruning.plan(stock.database, stock.root, WEEK)
    assert (going.held.id, going.reason, going.bytes) == (old, Reason.AGE, 510)
    assert (stock.files(), stock.ids()) == before


def test_the_trash_is_emptied_after_its_time(stock: Stock) -> None:
    over, within = stock.add(trash_days=31), stock.add(trash_days=29)
    assert pruned(stock).prompts == (over,)
    assert stock.ids() == [within]
    assert stock.is_whole()


def test_emptying_by_hand_takes_all_or_some(stock: Stock) -> None:
    first, second, shown = stock.add(trash_days=1), stock.add(trash_days=1, starred=True), stock.add()
    for ids, left in (([first], [second, shown]), ([], [shown])):
        pruning.prune(stock.database, stock.root, pruning.trash_plan(stock.database, stock.root, ids), WEEK)
        assert stock.ids() == left
    assert stock.is_whole()


def test_what_runs_stays_even_in_the_trash(stock: Stock) -> None:
    running = stock.add(trash_days=99, status="processing")
    assert pruned(stock).prompts == ()
    pruning.prune(stock.database, stock.root, pruning.trash_plan(stock.database, stock.root), WEEK)
    assert stock.ids() == [running]


@pytest.mark.parametrize("act", ["star", "retry", "restore"])
def test_who_changes_their_mind_after_the_plan_keeps_it(stock: Stock, act: str) -> None:
    kept = stock.add(days=99, status="failed", trash_days=31 if act == "restore" else None)
    going = pruning.plan(stock.database, stock.root, WEEK)
    assert len(going) == 1
    if act == "star":
        stock.database.writing(prompts.change, kept, starred=True)
    elif act == "retry":
        stock.database.writing(retries.retry, kept)
    else:
        stock.database.writing(trash.restore, kept, 99)
    assert pruning.prune(stock.database, stock.root, going, WEEK).prompts == ()
    assert stock.ids() == [kept]
    assert stock.is_whole()


def test_a_file_that_another_prompt_names_stays_until_both_go(stock: Stock) -> None:
    first = stock.add(days=8, names="image/shared.bin")
    second = stock.add(days=6, names="poets/image/shared.bin")
    (stock.root.folder / "poets/image/shared.bin").unlink()
    (stock.root.folder / "poets/image").rmdir()
    assert pruned(stock).prompts == (first,)
    assert "image/shared.bin" in stock.files()
    assert pruned(stock, replace(WEEK, max_age=timedelta(days=5))).prompts == (second,)
    assert "image/shared.bin" not in stock.files()


def test_a_path_that_leads_out_is_never_followed(stock: Stock, tmp_path: Path) -> None:
    secret = tmp_path / "secret.bin"
    secret.write_text("keep me")
    stock.add(days=8)
    with stock.database.write() as connection:
        connection.exec_driver_sql(
            "UPDATE prompt_artifacts SET file_path = '../secret.bin', preview_path = '/etc/hosts'"
        )
    stock.add()
    pruned(stock)
    assert secret.read_text() == "keep me"
    assert Path("/etc/hosts").exists()


def test_a_file_that_is_gone_already_is_no_obstacle(stock: Stock) -> None:
    stock.add()
    stock.add(days=8)
    (stock.root.folder / "image/2_20261122T101500/0001.bin").unlink()
    assert pruned(stock).prompts == (2,)
    assert stock.is_whole()


def test_media_that_go_leave_their_writing_and_the_trash_takes_it(stock: Stock) -> None:
    for number, more in enumerate(({"days": 8}, {"trash_days": 31}), 1):
        prompt = stock.add(**more)  # type: ignore[arg-type]
        with stock.database.write() as connection:
            writing = writings.insert_writing(connection, Writing(f"title {number}", "words", "poem"))
            row = prompt_rows.update().where(prompt_rows.c.id == prompt)
            connection.execute(row.values(output_reference=writing))
    assert pruned(stock).prompts == (1, 2)
    assert list(stock.database.reading(writings.by_ids, [1, 2])) == [1]


def test_a_table_that_nobody_remembers_keeps_its_row(stock: Stock) -> None:
    held, free = stock.add(days=8), stock.add(days=8)
    with stock.database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE votes (prompt_id INTEGER REFERENCES prompts(id))")
        connection.exec_driver_sql(f"INSERT INTO votes VALUES ({held})")
    done = pruned(stock)
    assert (done.prompts, done.left) == ((free,), (held,))
    assert stock.ids() == [held]
    assert stock.is_whole()


def test_a_disk_that_is_not_there_takes_no_row_with_it(stock: Stock) -> None:
    for _ in range(4):
        stock.add(days=8)
    aside = stock.root.folder.rename(stock.root.folder.with_name("unmounted"))
    for made in (False, True):
        if made:
            stock.root.folder.mkdir()
        with pytest.raises(StoreError, match="None of the 8 files") as caught:
            pruned(stock)
        assert "Is its disk mounted?" in caught.value.explained
        assert len(stock.ids()) == 4
    assert list(stock.root.folder.iterdir()) == []
    stock.root.folder.rmdir()
    aside.rename(stock.root.folder)
    assert len(pruned(stock).prompts) == 4


def test_a_locked_database_is_said_and_nothing_is_lost(stock: Stock) -> None:
    stock.add(days=8)
    impatient = open_database(stock.database.path or "", busy_seconds=0.05)
    going = pruning.plan(impatient, stock.root, WEEK)
    with closing(sqlite3.connect(str(stock.database.path))) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(BusyError, match="held by another program"):
            pruning.prune(impatient, stock.root, going, WEEK)
        other.rollback()
    impatient.close()
    assert stock.is_whole()
    assert pruned(stock).prompts == (1,)


@pytest.fixture
def read_only(stock: Stock) -> Iterator[Stock]:
    """The media root on a disk that cannot be written, with things in it."""
    stock.add(days=8)
    folder = str(stock.root.folder)
    for words in (["--bind", folder, folder], ["-o", "remount,ro,bind", folder]):
        if subprocess.run(["mount", *words], check=False, capture_output=True).returncode != 0:
            pytest.skip("this user may not mount a disk read-only")
    yield stock
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_read_only_media_root_is_said_and_nothing_is_lost(read_only: Stock) -> None:
    with pytest.raises(StoreError, match="cannot be written: Read-only file system"):
        pruned(read_only)
    assert [each.id for each in read_only.database.reading(lists.listing, lists.PromptFilter(), 9, None).items] == [1]
    assert read_only.is_whole()


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("number", [1, 3])
def test_killed_in_the_middle_and_finished_by_the_next(
    stock: Stock, settings: Settings, step: str, number: int
) -> None:
    for _ in range(3):
        stock.add(days=8)
    kept = stock.add(days=1)
    file = settings.file
    assert file is not None
    file.write_text(json.dumps({"media": {"retention": {"max_age_days": 7}}}))
    command = [sys.executable, "-m", "tests.musings.housekeeping.program", str(file), step, str(number)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=_environment())
    once = step in ("tombstoned", "cleared", "removed") and number > 1  # of one batch there is one such step
    assert done.returncode == (0 if once else -signal.SIGKILL), done.stderr
    shown = stock.database.reading(lists.listing, lists.PromptFilter(), 9, None).items
    assert [each.id for each in shown] == [kept]
    pruned(stock)
    assert stock.ids() == [kept]
    assert stock.is_whole()


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(["src", "."])}


thing = some.fixed_dictionaries(
    {
        "kind": some.sampled_from(["image", "music", "voice", "poem"]),
        "days": some.integers(0, 20),
        "size": some.integers(0, 300),
        "starred": some.booleans(),
        "status": some.sampled_from(["completed", "failed", "cancelled", "pending", "processing"]),
        "trash_days": some.none() | some.integers(0, 60),
    }
)


@how(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(house=some.lists(thing, min_size=1, max_size=8), size=some.integers(0, 900), data=some.data())
def test_any_house_is_whole_after_any_prune(
    tmp_path_factory: pytest.TempPathFactory, house: list[dict[str, object]], size: int, data: some.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("house")
    root = MediaRoot(folder / "media")
    # Closed also where Hypothesis breaks an example off in the middle.
    with closing(open_database(folder / "musings.db")) as database:
        schema.ensure(database)
        root.prepare()
        stock = Stock(database, root)
        for each in house:
            stock.add(**each)  # type: ignore[arg-type]
        protected = {n for n, each in enumerate(house, 1) if each["starred"] and each["trash_days"] is None}
        running = {n for n, each in enumerate(house, 1) if each["status"] == "processing"}
        rules = replace(WEEK, max_bytes=size, max_age=data.draw(some.none() | some.just(timedelta(days=5))))
        before = sum((root.folder / name).stat().st_size for name in stock.files())
        planned = pruning.plan(database, root, rules)
        done = pruning.prune(database, root, planned, rules)
        after = sum((root.folder / name).stat().st_size for name in stock.files())
        assert set(done.prompts) == {each.held.id for each in planned}
        assert done.bytes == sum(each.bytes for each in planned) == before - after
        assert protected | running <= set(stock.ids())
        assert stock.is_whole()
        assert pruning.prune(database, root, pruning.plan(database, root, rules), rules).prompts == ()


def test_files_that_are_lost_for_good_hold_up_nothing_once_that_is_said(stock: Stock) -> None:
    stock.add(days=8)
    stock.add(trash_days=31)
    for path in stock.files():
        (stock.root.folder / path).unlink()
    with pytest.raises(StoreError, match="None of the 4 files") as caught:
        pruned(stock)
    assert "Nothing is removed meanwhile" in caught.value.explained
    check(stock.database, stock.root, repair=described)
    assert pruned(stock).prompts == (2,)


@pytest.fixture
def crowded(tmp_path: Path, fresh_database: Path) -> Iterator[Stock]:
    """Database and media on one disk, which is full: not a row can be written."""
    with small_disk_at(tmp_path / "disk", 2) as disk:
        shutil.copy(fresh_database, disk)
        root = MediaRoot(disk / "media")
        root.prepare()
        with closing(open_database(disk / "musings.db")) as database:
            stock = Stock(database, root)
            stock.add(size=200_000, trash_days=1)
            stock.add(size=1000)
        fill(disk)
        with closing(open_database(disk / "musings.db")) as database:
            yield Stock(database, root)


def test_emptying_the_trash_frees_a_disk_on_which_no_row_can_be_written(crowded: Stock) -> None:
    with pytest.raises(DiskFullError):
        crowded.database.writing(submission.add, NewPrompt("a hare", "text"))
    expired = pruning.trash_plan(crowded.database, crowded.root)
    done = pruning.prune(crowded.database, crowded.root, expired, WEEK)
    assert (done.prompts, crowded.ids()) == ((1,), [2])
    crowded.database.writing(submission.add, NewPrompt("a hare", "text"))
    assert crowded.is_whole()
