"""The attempts of prompts, in their order."""

from musings.store import times
from musings.store.database import Database
from musings.store.queue import attempts, endings
from tests.musings.store.queue.taking import claimed, shell


def test_each_prompt_has_its_own_first_to_last(database: Database) -> None:
    first = claimed(database)
    database.writing(endings.put_back, first, at=times.now(), error="e", error_class="C", seconds=1.0, log="l")
    other = claimed(database)
    found = database.reading(attempts.of_prompts, [other.id, first.id, 99])
    assert {prompt_id: [each.attempt for each in tried] for prompt_id, tried in found.items()}[99] == []
    tried = found[first.id]
    assert [each.attempt for each in tried] == list(range(1, len(tried) + 1))
    assert (tried[0].error, tried[0].error_class, tried[0].log_excerpt) == ("e", "C", "l")


def test_a_row_that_another_program_spoiled_is_shown_all_the_same(database: Database) -> None:
    taken = claimed(database)
    shell(database, "UPDATE attempts SET parameters = 'no json', log_excerpt = NULL, finished_at = 'yesterday'")
    [attempt] = database.reading(attempts.of_prompts, [taken.id])[taken.id]
    assert (attempt.parameters, attempt.finished_at, attempt.log_excerpt) == ({"value": "no json"}, None, None)


def test_nobody_asked_for(database: Database) -> None:
    assert database.reading(attempts.of_prompts, []) == {}
