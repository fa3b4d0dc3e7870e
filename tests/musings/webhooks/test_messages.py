"""What a webhook is told: where to read of a prompt, and nothing that was written or made."""

import json
from typing import Any

from musings.models import ArtifactType, NewArtifact, PromptStatus
from musings.store.database import Database
from musings.store.gallery import artifacts
from musings.store.webhooks import deliveries, endpoints
from musings.store.webhooks.endpoints import ENDINGS, Webhook
from musings.webhooks.messages import message
from tests.musings.store.adding import add, shell

BASE = "https://musings.example"


def told(database: Database) -> dict[str, Any]:
    """The newest message."""
    newest = database.reading(deliveries.listing, 1).items[0]
    found: dict[str, Any] = json.loads(message(database, newest, BASE))
    return found


def test_a_completed_prompt_is_told_by_reference(database: Database, webhook: Webhook) -> None:
    made = add(database, "a secret fox", "image")
    picture = NewArtifact(ArtifactType.IMAGE, "image/1/fox.png", None, {"seed": 7})
    [kept] = database.writing(artifacts.record_prompt_artifacts, made.id, [picture])
    said = told(database)
    assert said["type"] == "prompt.completed"
    assert said["timestamp"].endswith("Z")
    created = said["data"].pop("created_at")
    assert created.endswith("Z")
    assert said["data"] == {
        "prompt_id": made.id,
        "status": "completed",
        "url": f"{BASE}/api/prompts/{made.id}",
        "prompt_type": "image",
        "artifacts": [{"id": kept.id, "type": "image", "url": f"{BASE}/api/artifacts/{kept.id}"}],
        "writing_url": None,
    }
    assert "secret fox" not in json.dumps(said)


def test_a_prompt_that_is_gone_is_told_as_what_it_was(database: Database, webhook: Webhook) -> None:
    made = add(database)
    shell(database, "UPDATE prompts SET status = ? WHERE id = ?", PromptStatus.FAILED, made.id)
    shell(database, "DELETE FROM prompts WHERE id = ?", made.id)
    said = told(database)
    assert said["type"] == "prompt.failed"
    assert said["data"] == {
        "prompt_id": made.id,
        "status": "failed",
        "url": f"{BASE}/api/prompts/{made.id}",
        "deleted": True,
    }


def test_what_another_program_wrote_into_a_row_is_told_all_the_same(database: Database, webhook: Webhook) -> None:
    made = add(database)
    shell(
        database, "UPDATE prompts SET created_at = 'soon', prompt_type = x'ff', status = 'failed' WHERE id = ?", made.id
    )
    assert told(database)["data"]["created_at"] is None


def test_a_test_says_that_it_is_one(database: Database) -> None:
    hook = database.writing(endpoints.add, "n8n", "https://example.org/", ENDINGS, [])
    database.writing(deliveries.post_test, hook.id)
    assert told(database)["type"] == "webhook.test"
    assert told(database)["data"] == {"message": "Musings reaches you here."}
