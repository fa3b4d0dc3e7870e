"""Retrying by hand."""

import pytest

from musings.models import Kind
from musings.store.database import Database
from musings.store.gallery import prompts
from musings.store.queue import claims, endings, retries
from tests.musings.store.adding import add, in_status, shell


@pytest.mark.parametrize(("prompt_type", "media"), [("image", "pending"), ("poem", None)])
def test_a_retry_begins_anew(database: Database, prompt_type: str, media: str | None) -> None:
    made = add(database, "x", prompt_type, max_attempts=2)
    for _ in range(2):
        taken = database.writing(claims.claim, list(Kind))
        assert taken is not None
        database.writing(endings.fail, taken, error="no", error_class="UserFault", seconds=1, log="")
        again = database.writing(retries.retry, made.id)
        assert (again.status, again.attempts_used, again.error_message) == ("pending", 0, None)
        assert (again.artifact_status, again.completed_at) == (media, None)
    assert again.attempt == 2


def test_a_retry_ends_the_wait_of_a_prompt_put_back(database: Database) -> None:
    made = add(database)
    shell(database, "UPDATE prompts SET next_attempt_at = '2999-01-01 00:00:00'")
    assert database.writing(claims.claim, list(Kind)) is None
    assert database.writing(retries.retry, made.id).next_attempt_at is None
    assert database.writing(claims.claim, list(Kind)) is not None


def test_all_failed_are_retried_together(database: Database) -> None:
    failed = [in_status(database, "failed", kind).id for kind in ("image", "poem")]
    in_status(database, "completed")
    assert database.writing(retries.retry_all_failed) == failed
    assert database.writing(retries.retry_all_failed) == []
    assert [database.reading(prompts.get, each).artifact_status for each in failed] == ["pending", None]
