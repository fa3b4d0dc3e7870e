"""`musings cancel`: a waiting prompt at once, a running one when it looks."""

from musings.models import Kind
from musings.store.database import Database
from musings.store.gallery import prompts
from musings.store.queue import claims
from tests.musings.command_line import Run


def test_a_waiting_prompt_is_cancelled_at_once(run: Run, database: Database) -> None:
    run("submit", "a fox")
    assert run("cancel", "1").out == "Prompt 1 is cancelled.\n"
    assert database.reading(prompts.get, 1).status == "cancelled"


def test_a_running_prompt_is_asked_and_goes_on_until_it_looks(run: Run, database: Database) -> None:
    run("submit", "a fox", "--type", "image")
    assert database.writing(claims.claim, [Kind.IMAGE]) is not None
    assert run("cancel", "1").out == "Prompt 1 is asked to stop.\n"
    assert database.reading(prompts.get, 1).status == "processing"
    assert run("cancel", "1").code == 0, "asked twice is harmless"


def test_as_json_it_is_the_prompt(run: Run, database: Database) -> None:
    run("submit", "a fox")
    told = run("cancel", "1", "--json").json
    assert (told["id"], told["status"], told["cancel_requested"]) == (1, "cancelled", False)


def test_what_is_not_there_cannot_be_cancelled(run: Run, database: Database) -> None:
    said = run("cancel", "7")
    assert (said.code, said.out, said.err) == (1, "", "musings: There is no prompt 7.\n")
