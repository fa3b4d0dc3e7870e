"""`musings delete`, `trash`, `prune` and `check-files`, as a person calls them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from musings.commands.prune import size_in_words
from musings.files.media_root import MediaRoot
from musings.store.database import Database
from tests.musings.commands.conftest import Run
from tests.musings.housekeeping.stock import Stock

Call = Callable[..., Any]


@pytest.fixture
def stock(database: Database, config: Path) -> Stock:
    root = MediaRoot(config.parent / "GeneratedMedia")
    root.prepare()
    return Stock(database, root)


@pytest.fixture
def call(run: Run) -> Call:
    """Run a verb; returns what it printed, as JSON where that was asked for."""

    def called(*words: str, code: int = 0) -> Any:
        said = run(*words)
        assert said.code == code, said
        return said.json if "--json" in words and code == 0 else said.out + said.err

    return called


def test_delete_list_restore(stock: Stock, call: Call) -> None:
    first, second = stock.add(), stock.add()
    assert call("delete", str(first), str(second)) == "In the trash for 30 days: 1, 2.\n"
    listed = call("trash", "list", "--json")["items"]
    assert [each["id"] for each in listed] == [second, first]
    assert listed[0]["deleted_at"].endswith("Z")
    assert "a fox" in call("trash", "list")
    assert call("trash", "restore", "1", "2") == "Back again: 1, 2.\n"
    assert call("trash", "list") == "The trash is empty.\n"
    assert "Name the prompts" in call("trash", "restore", code=2)
    assert call("delete", "7", code=1) == "musings: There is no prompt 7.\n"


def test_empty_says_what_would_go_and_then_does_it(stock: Stock, call: Call) -> None:
    stock.add(size=1_200_000)
    stock.add()
    call("delete", "1")
    assert "1 prompts would go, which frees 1.2 MB. Nothing was changed." in call("trash", "empty", "--dry-run")
    assert stock.ids() == [1, 2]
    assert call("trash", "empty").splitlines()[-1] == "1 prompts went with 2 files: 1.2 MB are free again."
    assert stock.ids() == [2]
    assert stock.is_whole()


def test_prune_without_rules_removes_nothing(stock: Stock, call: Call) -> None:
    stock.add(days=9999)
    assert call("prune", "--json") == {
        "planned": [], "bytes": 0, "removed": {"ids": [], "files": 0, "bytes": 0, "left": []},
    }  # fmt: skip
    assert stock.ids() == [1]


def test_a_dry_run_lists_what_would_go_and_frees_how_much(stock: Stock, call: Call) -> None:
    stock.add(days=10, size=5000)
    stock.add(days=1)
    stock.add("music", days=10)
    found = call("prune", "--dry-run", "--older-than", "5", "--kinds", "image", "--json")
    [planned] = found["planned"]
    assert (planned["id"], planned["kind"], planned["why"], planned["bytes"]) == (1, "image", "age", 5010)
    assert (found["bytes"], found["removed"]) == (5010, None)
    said = call("prune", "--dry-run", "--older-than", "5")
    assert "older than the retention allows: a fox, 10 days ago" in said
    assert "2 prompts would go, which frees 6.0 kB" in said
    assert stock.ids() == [1, 2, 3]


def test_prune_by_size_takes_the_oldest(stock: Stock, call: Call) -> None:
    for days in (1, 3, 2):
        stock.add(days=days, size=400_000)
    found = call("prune", "--max-gigabytes", "0.0009", "--json")
    assert found["removed"] == {"ids": [2], "files": 2, "bytes": 400_010, "left": []}
    assert stock.ids() == [1, 3]


def test_a_wrong_rule_is_named(call: Call) -> None:
    assert "media.retention.kinds" in call("prune", "--kinds", "images", code=2)
    assert "media.retention.max_age_days" in call("prune", "--older-than", "-3", code=2)


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (99_449, "99.4 kB"), (99_500, "100 kB"), (999_600, "1.0 MB"),
     (123_456_789, "123 MB"), (7 * 10**15, "7000 TB")],
)  # fmt: skip
def test_sizes(count: int, words: str) -> None:
    assert size_in_words(count) == words


def test_check_files_tells_and_mends(stock: Stock, call: Call) -> None:
    stock.add()
    (stock.root.folder / "image/1_20261122T101500/0001.bin").unlink()
    stock.write("image/stray.png", b"x")
    said = call("check-files", code=1)
    assert "1 rows have lost their file (--repair marks them):\n  prompt 1: image/1_" in said
    assert "1 files are named by no row (--repair moves them aside):\n  image/stray.png" in said
    call("check-files", "--repair", code=1)
    assert not (stock.root.folder / "image/stray.png").exists()
    stock.write("image/1_20261122T101500/0001.bin", b"x")
    assert "All is well now." in call("check-files", "--repair")
    assert call("check-files", "--verify", "--json")["clean"] is True
