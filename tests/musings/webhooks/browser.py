"""A browser as a push service sees it: it has made keys, and reads what is encrypted for it (RFC 8291, RFC 8188)."""

import secrets
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from musings.store.webhooks.subscriptions import PushKeys
from musings.webhooks.push import encoded


class PretendBrowser:
    def __init__(self) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        self._point = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self._auth = secrets.token_bytes(16)

    @property
    def keys(self) -> PushKeys:
        return PushKeys(encoded(self._point), encoded(self._auth))

    def subscription(self, endpoint: str) -> dict[str, Any]:
        """As ``PushSubscription.toJSON()`` gives it."""
        keys = {"p256dh": self.keys.p256dh, "auth": self.keys.auth}
        return {"endpoint": endpoint, "expirationTime": None, "keys": keys}

    def read(self, record: bytes) -> bytes:
        """One record. Raises what the library raises for what is not for this browser."""
        salt, size, length = record[:16], int.from_bytes(record[16:20], "big"), record[20]
        assert len(record) <= size
        point, body = record[21 : 21 + length], record[21 + length :]
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        shared = self.private.exchange(ec.ECDH(), theirs)
        secret = HKDF(SHA256(), 32, self._auth, b"WebPush: info\0" + self._point + point).derive(shared)
        key = HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(secret)
        nonce = HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(secret)
        plain = AESGCM(key).decrypt(nonce, body, None).rstrip(b"\0")
        assert plain.endswith(b"\x02"), "the last record"
        return plain[:-1]
