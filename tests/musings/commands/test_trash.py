"""`musings trash`: list, restore or empty what was deleted."""

from tests.musings.commands.conftest import Call
from tests.musings.housekeeping.stock import Stock


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
