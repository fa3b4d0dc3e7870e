"""A message to a browser: encrypted for it alone, and signed so that its push service takes it from us.

Source: RFC 8030 (Web Push), RFC 8188 and RFC 8291 (encryption, ``aes128gcm``), RFC 8292 (VAPID). The service sees who
is told and when, and nothing of what is said.
"""

import base64
import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from musings.errors import Fault, InvalidInputError
from musings.late import importing
from musings.store.webhooks.deliveries import Delivery
from musings.store.webhooks.subscriptions import PushKeys
from musings.webhooks.notification import notification

POINT_BYTES, SECRET_BYTES, SALT_BYTES, RECORD_BYTES = 65, 16, 16, 4096
MOST_BYTES = RECORD_BYTES - 16 - 1 - 86
"""Of a message: a record holds its tag, a byte that ends it, and the header before it (RFC 8291, section 4)."""
SIGNED_FOR = timedelta(hours=12)
NOBODY = "mailto:nobody@musings.invalid"
"""Whom a push service may write to where the owner has named nobody; Apple's takes no such address."""
KEPT_SECONDS = 24 * 3600
"""How long a push service keeps a message for a browser that is off."""
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the curve P-256: a private key is a number from 1 to one less (FIPS 186-5)."""


class PushKey:
    """The key pair by which push services know this installation, derived from ``seed`` (48 bytes)."""

    def __init__(self, seed: bytes) -> None:
        # More bytes than the key has, so that no number is likelier than another (FIPS 186-5, A.2.1).
        self._number = int.from_bytes(seed, "big") % (ORDER - 1) + 1

    @property
    def public(self) -> str:
        """The public key as browsers take it (``applicationServerKey``): a point of P-256, base64url."""
        return encoded(_point(_private(self._number)))

    def headers(self, endpoint: str, contact: str, now: datetime) -> dict[str, str]:
        """What a push service wants to see. ``contact`` is a ``mailto:`` or ``https:`` address of the owner."""
        with importing():
            import jwt

        parts = urlsplit(endpoint)
        claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": int((now + SIGNED_FOR).timestamp()), "sub": contact}
        signed = jwt.encode(claims, _private(self._number), algorithm="ES256")
        return {
            "Authorization": f"vapid t={signed}, k={self.public}",
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(KEPT_SECONDS),
            "Urgency": "normal",
        }


def checked_keys(p256dh: str, auth: str) -> PushKeys:
    """The keys of a browser. Raises ``InvalidInputError`` for what nothing can be encrypted for."""
    try:
        _public(decoded(p256dh))
    except ValueError:
        raise InvalidInputError([Fault("keys.p256dh", "is no point of the curve P-256 in base64url")]) from None
    try:
        fits = len(decoded(auth)) == SECRET_BYTES
    except ValueError:
        fits = False
    if not fits:
        raise InvalidInputError([Fault("keys.auth", f"is not {SECRET_BYTES} bytes in base64url")])
    return PushKeys(p256dh, auth)


def encrypted(message: bytes, keys: PushKeys, *, salt: bytes | None = None, private: int | None = None) -> bytes:
    """``message``, at most ``MOST_BYTES`` long, as one record that the browser alone can read.

    ``salt`` and ``private``, a number of the key pair of this message, are made anew unless they are given.
    """
    if len(message) > MOST_BYTES:
        raise ValueError(f"{len(message)} bytes are more than the {MOST_BYTES} of a push message")
    with importing():
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt = secrets.token_bytes(SALT_BYTES) if salt is None else salt
    ours = _private(secrets.randbelow(ORDER - 1) + 1 if private is None else private)
    theirs, point = decoded(keys.p256dh), _point(ours)
    shared = ours.exchange(ec.ECDH(), _public(theirs))
    secret = _derived(shared, decoded(keys.auth), b"WebPush: info\0" + theirs + point, 32)
    key = _derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(secret, salt, b"Content-Encoding: nonce\0", 12)
    head = salt + RECORD_BYTES.to_bytes(4, "big") + bytes([len(point)]) + point
    # The byte says that this record is the last.
    return head + AESGCM(key).encrypt(nonce, message + b"\x02", None)


def message(delivery: Delivery, told: Mapping[str, Any]) -> bytes:
    """What a browser shows. ``told`` has the prompt's ``kind`` and ``text``, or is empty where it has gone."""
    words = notification(delivery, told)
    said = {"title": words.title, "body": words.body, "url": words.path, "tag": words.tag}
    return json.dumps(said, ensure_ascii=False).encode("utf-8", "replace")


def encoded(data: bytes) -> str:
    """base64url without padding (RFC 4648, section 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decoded(text: str) -> bytes:
    """Raises ``ValueError`` for what is no base64url."""
    padded = text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4)
    return base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True)


def _private(number: int) -> Any:
    with importing():
        from cryptography.hazmat.primitives.asymmetric import ec
    return ec.derive_private_key(number, ec.SECP256R1())


def _public(point: bytes) -> Any:
    """Raises ``ValueError`` for what is no point of the curve."""
    if len(point) != POINT_BYTES:
        raise ValueError("not an uncompressed point")
    with importing():
        from cryptography.hazmat.primitives.asymmetric import ec
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)


def _point(private: Any) -> bytes:
    with importing():
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
    found: bytes = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return found


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    with importing():
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF
    return HKDF(SHA256(), length, salt, info).derive(secret)
