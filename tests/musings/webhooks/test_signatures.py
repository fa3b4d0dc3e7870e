"""What a receiver verifies: by the standard's own library, with a secret that stands in no database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from musings.errors import ConfigError
from musings.store.webhooks.endpoints import ENDINGS, Webhook
from musings.webhooks.signatures import BOTH_FOR, WebhookKey
from tests.musings.webhooks.conftest import KEY

BODY = '{"type":"prompt.completed","data":{"prompt_id":7,"words":"é\N{FOX FACE}"}}'
HOOK = Webhook(1, "n8n", "https://example.org/", ENDINGS, (), True, None, 1, None, datetime(2026, 11, 28, tzinfo=UTC))


def is_believed(secret: str, headers: dict[str, str], body: str = BODY) -> bool:
    try:
        Verifier(secret).verify(body, headers)
    except WebhookVerificationError:
        return False
    return True


def test_the_standards_own_library_believes_a_message_and_no_other(key: WebhookKey) -> None:
    headers = key.headers(HOOK, "msg_1", BODY, datetime.now(UTC))
    assert is_believed(key.secret(HOOK), headers)
    assert not is_believed(key.secret(HOOK), headers, BODY.replace("7", "8"))
    assert not is_believed(key.secret(HOOK), {**headers, "webhook-id": "msg_2"})
    assert not is_believed(key.secret(replace(HOOK, id=2)), headers)
    assert not is_believed(WebhookKey(None, KEY[::-1]).secret(HOOK), headers)


def test_a_message_of_ten_minutes_ago_is_not_believed(key: WebhookKey) -> None:
    headers = key.headers(HOOK, "msg_1", BODY, datetime.now(UTC) - timedelta(minutes=10))
    assert not is_believed(key.secret(HOOK), headers)


def test_after_a_change_both_secrets_are_believed_for_a_day(key: WebhookKey) -> None:
    now = datetime.now(UTC)
    changed = replace(HOOK, key_version=2, key_changed_at=now - BOTH_FOR + timedelta(minutes=1))
    headers = key.headers(changed, "msg_1", BODY, now)
    assert key.secret(changed) != key.secret(HOOK)
    assert is_believed(key.secret(HOOK), headers)
    assert is_believed(key.secret(changed), headers)
    later = key.headers(replace(changed, key_changed_at=now - BOTH_FOR - timedelta(minutes=1)), "msg_1", BODY, now)
    assert not is_believed(key.secret(HOOK), later)
    assert is_believed(key.secret(changed), later)


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "k"
    assert WebhookKey(file, None).secret(HOOK) == WebhookKey(file, None).secret(HOOK)
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_short_key_of_the_environment_is_refused_by_its_name() -> None:
    with pytest.raises(ConfigError, match="MUSINGS_SECRET_WEBHOOK_KEY has 5 characters"):
        WebhookKey(None, "short")
