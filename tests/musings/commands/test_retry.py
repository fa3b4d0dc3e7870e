"""`musings retry`, and `cancel` before it."""

from musings.models import Kind
from musings.store.database import Database
from musings.store.queue import attempts, claims, endings
from tests.musings.command_line import Run


def test_cancel_and_retry(run: Run, database: Database) -> None:
    run("submit", "a fox", "--type", "image")
    assert run("cancel", "1").out == "Prompt 1 is cancelled.\n"
    assert run("retry", "1").out == "Queued again: 1.\n"
    claimed = database.writing(claims.claim, [Kind.IMAGE])
    assert claimed is not None
    assert run("cancel", "1").out == "Prompt 1 is asked to stop.\n"
    assert run("cancel", "1", "--json").json["cancel_requested"] is True
    assert run("retry", "1").code == 1
    database.writing(endings.fail, claimed, error="No.", error_class="UserFault", seconds=1, log="")
    assert run("cancel", "1").code == 1
    assert run("retry", "--failed").out == "Queued again: 1.\n"
    assert run("retry", "--failed").out == "Queued again: nothing had failed.\n"
    assert run("retry", "1", "--json").json == {"retried": [1]}
    for verb in ("cancel", "retry"):
        assert run(verb, "7").err == "musings: There is no prompt 7.\n"
    assert len(database.reading(attempts.of_prompts, [1])[1]) == 1
