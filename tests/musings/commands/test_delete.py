"""`musings delete`: into the trash, from where it can come back."""

from musings.models import Kind
from musings.store.database import Database
from musings.store.queue import claims
from tests.musings.command_line import Run
from tests.musings.commands.conftest import Call
from tests.musings.housekeeping.stock import Stock


def test_files_stay_until_the_trash_is_emptied(stock: Stock, call: Call) -> None:
    prompt = stock.add()
    files = stock.files()
    assert call("delete", str(prompt), "--json") == {"deleted": [prompt]}
    assert stock.files() == files
    assert call("list") == "No prompts.\n"


def test_a_running_prompt_is_asked_to_stop(run: Run, database: Database) -> None:
    run("submit", "a fox", "--type", "image")
    assert database.writing(claims.claim, [Kind.IMAGE]) is not None
    assert run("delete", "1").code == 0
    with database.read() as connection:
        asked = connection.exec_driver_sql("SELECT cancel_requested FROM prompts WHERE id = 1").scalar()
    assert asked


def test_what_was_named_before_an_unknown_one_is_in_the_trash(run: Run, database: Database) -> None:
    run("submit", "a fox")
    said = run("delete", "1", "7")
    assert (said.code, said.err) == (1, "musings: There is no prompt 7.\n")
    assert [each["id"] for each in run("trash", "--json").json["items"]] == [1]


def test_how_long_they_stay_is_said(run: Run, database: Database) -> None:
    run("submit", "a fox")
    assert run("delete", "1").out == "In the trash for 30 days: 1.\n"
