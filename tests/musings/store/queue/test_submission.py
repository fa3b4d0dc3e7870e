"""Requests become rows, once for each key."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from musings.errors import ConflictError
from musings.models import NewPrompt
from musings.store.database import Database
from musings.store.gallery import prompts
from musings.store.queue import submission
from tests.musings.store.adding import add

QUICK = settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture], max_examples=25, deadline=None
)


class TestIdempotency:
    def test_the_same_key_and_request_is_the_same_prompt(self, database: Database) -> None:
        new = NewPrompt("a fox", "image", parameters={"width": 64}, idempotency_key="k")
        one, is_new = database.writing(submission.add, new)
        two, again = database.writing(submission.add, new)
        assert (one.id, is_new, again) == (two.id, True, False)

    @pytest.mark.parametrize(
        "other",
        [
            NewPrompt("a bear", "image", idempotency_key="k"),
            NewPrompt("a fox", "music", idempotency_key="k"),
            NewPrompt("a fox", "image", priority=1, idempotency_key="k"),
            NewPrompt("a fox", "image", metadata={"a": 1}, idempotency_key="k"),
            NewPrompt("a fox", "image", workflow="w", idempotency_key="k"),
        ],
    )
    def test_the_same_key_for_another_request_is_a_conflict(self, database: Database, other: NewPrompt) -> None:
        database.writing(submission.add, NewPrompt("a fox", "image", idempotency_key="k"))
        with pytest.raises(ConflictError, match=r"prompt 1\)"):
            database.writing(submission.add, other)

    def test_a_key_is_known_by_how_it_begins(self, database: Database) -> None:
        add(database, idempotency_key="mqtt:1:abc")
        assert database.reading(submission.is_key_known, "mqtt:1:")
        assert not database.reading(submission.is_key_known, "mqtt:2:")
        assert not database.reading(submission.is_key_known, "mqtt:1:", timedelta(0))

    def test_no_key_makes_a_new_prompt_each_time(self, database: Database) -> None:
        assert add(database).id != add(database).id


@QUICK
@given(some.text(some.characters(exclude_categories=()), min_size=1))
def test_any_words_are_kept(database: Database, words: str) -> None:
    kept = database.reading(prompts.get, add(database, words).id).prompt_text
    assert kept == words.encode("utf-8", "replace").decode()
