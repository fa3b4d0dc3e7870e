"""The signature of a message: HMAC-SHA256 as Standard Webhooks has it, by its own library.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md

The secret of a webhook is derived (HMAC-SHA256, RFC 2104) from one key of the installation, so that none stands in the
database. For a day after a change messages carry the signatures of the old and the new one.
"""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from pathlib import Path

from standardwebhooks import Webhook as Signer

from musings.security.secret_key import SecretKey
from musings.store.webhooks.endpoints import Webhook
from musings.webhooks.push import PushKey

VARIABLE = "MUSINGS_SECRET_WEBHOOK_KEY"
PURPOSE = b"musings webhook 1"
PUSH_PURPOSE = b"musings push 1"
PREFIX = "whsec_"
BOTH_FOR = timedelta(days=1)
"""How long the secret before is still signed with, so that a receiver has time to change."""


class WebhookKey:
    """What the secrets of all webhooks come from; arguments as ``SecretKey``."""

    def __init__(self, file: Path | None, given: str | None) -> None:
        self._key = SecretKey(file, given, VARIABLE)

    def secret(self, webhook: Webhook) -> str:
        """What its receiver verifies with: ``whsec_`` and 32 bytes as Base64. Raises ``StoreError``."""
        return self._secret(webhook, webhook.key_version)

    def push_key(self) -> PushKey:
        """What push services know this installation by. Raises ``StoreError``."""
        return PushKey(hmac.digest(self._key.read(), PUSH_PURPOSE, hashlib.sha512)[:48])

    def headers(self, webhook: Webhook, message_id: str, body: str, now: datetime) -> dict[str, str]:
        """The three headers of a message. ``now`` is the time of this try. Raises ``StoreError``."""
        versions = [webhook.key_version]
        if webhook.key_version > 1 and webhook.key_changed_at and now - webhook.key_changed_at < BOTH_FOR:
            versions.append(webhook.key_version - 1)
        signed = [Signer(self._secret(webhook, each)).sign(message_id, now, body) for each in versions]
        return {
            "webhook-id": message_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(signed),
        }

    def _secret(self, webhook: Webhook, version: int) -> str:
        # The id and not the name: a webhook of the same name that is made later has another secret.
        said = b"\0".join((PURPOSE, str(webhook.id).encode(), str(version).encode()))
        return PREFIX + base64.b64encode(hmac.digest(self._key.read(), said, hashlib.sha256)).decode()
