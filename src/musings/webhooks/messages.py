"""What a webhook is told: that a prompt ended and where to read of it, never the thing itself.

The shape is that of Standard Webhooks: ``type``, ``timestamp`` and ``data``.
"""

import json

from musings.errors import NotFoundError
from musings.models import JsonObject
from musings.store import times
from musings.store.database import Database
from musings.store.gallery import artifacts, prompts
from musings.store.webhooks.deliveries import Delivery
from musings.store.webhooks.endpoints import WebhookEvent


def message(database: Database, delivery: Delivery, base: str) -> str:
    """The body, as JSON. ``base`` is the address under which the API is found, without a slash at its end."""
    said: JsonObject = {
        "type": delivery.event,
        "timestamp": times.rfc3339(delivery.created_at),
        "data": _data(database, delivery, base),
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def asked_for(database: Database, delivery: Delivery) -> JsonObject:
    """The ``kind`` and the ``text`` of the prompt that is told of; empty for a test, and where it has gone."""
    if delivery.prompt_id is None:
        return {}
    try:
        found = database.reading(prompts.get, delivery.prompt_id)
    except NotFoundError:
        return {}
    return {"kind": found.kind, "text": found.prompt_text}


def _data(database: Database, delivery: Delivery, base: str) -> JsonObject:
    if delivery.event == WebhookEvent.TEST or delivery.prompt_id is None:
        return {"message": "Musings reaches you here."}
    said: JsonObject = {
        "prompt_id": delivery.prompt_id,
        # As it was when it ended: a prompt that is tried again meanwhile is told of once more.
        "status": delivery.event.partition(".")[2],
        "url": f"{base}/api/prompts/{delivery.prompt_id}",
    }
    try:
        found = database.reading(prompts.get, delivery.prompt_id)
    except NotFoundError:
        return {**said, "deleted": True}
    kept = database.reading(artifacts.of_prompts, [found.id])
    return {
        **said,
        "prompt_type": found.prompt_type,
        "created_at": times.rfc3339(found.created_at) if found.created_at else None,
        "artifacts": [
            {"id": each.id, "type": each.artifact_type, "url": f"{base}/api/artifacts/{each.id}"} for each in kept
        ],
        "writing_url": f"{base}/api/writings/{found.output_reference}" if found.output_reference else None,
    }
