"""`musings delete`, `trash`, `prune` and `check-files`, as a person calls them."""

import pytest

from musings.commands.prune import size_in_words
from tests.musings.commands.conftest import Call
from tests.musings.housekeeping.stock import Stock


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
