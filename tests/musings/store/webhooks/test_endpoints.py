"""Who is told: kept by name, told of what was asked for and of nothing else."""

import pytest

from musings.errors import ConflictError, NotFoundError
from musings.models import KIND_OF_TYPE, Kind
from musings.store.database import Database
from musings.store.webhooks import deliveries, endpoints
from musings.store.webhooks.endpoints import ENDINGS, WebhookEvent
from tests.musings.store.adding import add, shell

URL = "https://example.org/hook"


def told(database: Database) -> list[tuple[str, int | None]]:
    return [(each.event, each.prompt_id) for each in database.reading(deliveries.listing, 100).items]


def test_one_is_found_by_its_name_and_by_its_id(database: Database) -> None:
    made = database.writing(endpoints.add, "n8n", URL, [WebhookEvent.FAILED], [Kind.IMAGE, Kind.VIDEO])
    assert made.events == (WebhookEvent.FAILED,)
    assert made.kinds == (Kind.IMAGE, Kind.VIDEO)
    assert (made.enabled, made.disabled_reason, made.key_version) == (True, None, 1)
    assert database.reading(endpoints.named, "n8n") == made == database.reading(endpoints.get, made.id)
    database.writing(endpoints.add, "a", URL, ENDINGS, [])
    assert [each.name for each in database.reading(endpoints.listing)] == ["a", "n8n"]


def test_a_name_is_taken_once(database: Database) -> None:
    database.writing(endpoints.add, "n8n", URL, ENDINGS, [])
    with pytest.raises(ConflictError, match="n8n"):
        database.writing(endpoints.add, "n8n", URL, ENDINGS, [])


def test_what_is_not_there_is_said(database: Database) -> None:
    for act in (endpoints.get, endpoints.enable, endpoints.renew_key, endpoints.remove):
        with pytest.raises(NotFoundError, match="webhook 7"):
            database.writing(act, 7)
    with pytest.raises(NotFoundError, match="'n8n'"):
        database.reading(endpoints.named, "n8n")


def test_an_id_is_not_given_again(database: Database) -> None:
    """The secret comes from it: whoever knew an earlier one must not know a later one."""
    first = database.writing(endpoints.add, "a", URL, ENDINGS, [])
    database.writing(endpoints.remove, first.id)
    assert database.writing(endpoints.add, "a", URL, ENDINGS, []).id > first.id


@pytest.mark.parametrize("status", ["completed", "failed", "cancelled"])
def test_only_the_ends_that_were_asked_for_are_told(database: Database, status: str) -> None:
    database.writing(endpoints.add, "failures", URL, [WebhookEvent.FAILED], [])
    made = add(database)
    shell(database, "UPDATE prompts SET status = ? WHERE id = ?", status, made.id)
    assert told(database) == ([(WebhookEvent.FAILED, made.id)] if status == "failed" else [])


@pytest.mark.parametrize("prompt_type", KIND_OF_TYPE)
def test_only_the_kinds_that_were_asked_for_are_told(database: Database, prompt_type: str) -> None:
    database.writing(endpoints.add, "pictures", URL, ENDINGS, [Kind.IMAGE])
    made = add(database, prompt_type=prompt_type)
    shell(database, "UPDATE prompts SET status = 'completed' WHERE id = ?", made.id)
    assert [each for _, each in told(database)] == ([made.id] if KIND_OF_TYPE[prompt_type] is Kind.IMAGE else [])


def test_a_prompt_without_a_type_is_a_text(database: Database) -> None:
    database.writing(endpoints.add, "texts", URL, ENDINGS, [Kind.TEXT])
    made = add(database)
    shell(database, "UPDATE prompts SET prompt_type = NULL, status = 'failed' WHERE id = ?", made.id)
    assert told(database) == [(WebhookEvent.FAILED, made.id)]


def test_one_that_is_off_is_told_nothing_of_what_ends_meanwhile(database: Database) -> None:
    hook = database.writing(endpoints.add, "n8n", URL, ENDINGS, [])
    database.writing(endpoints.disable, hook.id, "Switched off by hand.")
    shell(database, "UPDATE prompts SET status = 'failed' WHERE id = ?", add(database).id)
    assert database.writing(endpoints.enable, hook.id).disabled_reason is None
    assert told(database) == []


def test_a_new_key_is_counted_and_dated(database: Database) -> None:
    hook = database.writing(endpoints.add, "n8n", URL, ENDINGS, [])
    changed = database.writing(endpoints.renew_key, hook.id)
    assert changed.key_version == 2
    assert changed.key_changed_at is not None
