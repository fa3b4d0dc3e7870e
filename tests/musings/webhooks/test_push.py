"""Messages to a browser: the bytes of the standard's own example, and what a push service is shown."""

import json

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from musings.errors import InvalidInputError
from musings.models import Kind
from musings.store.webhooks.subscriptions import PushKeys
from musings.webhooks import push
from musings.webhooks.notification import MOST_WORDS
from musings.webhooks.push import PushKey, decoded, encrypted
from tests.musings.webhooks.browser import PretendBrowser
from tests.musings.webhooks.telling import NOW, delivery

# RFC 8291, appendix A.
EXAMPLE = {
    "plaintext": "V2hlbiBJIGdyb3cgdXAsIEkgd2FudCB0byBiZSBhIHdhdGVybWVsb24",
    "private": "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw",
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "salt": "DGv6ra1nlYgDCS1FRnbzlw",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
    "message": "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWA"
    "mS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN",
}  # fmt: skip


@pytest.fixture
def browser() -> PretendBrowser:
    return PretendBrowser()


def test_the_example_of_the_standard_comes_out_byte_for_byte() -> None:
    made = encrypted(
        decoded(EXAMPLE["plaintext"]),
        PushKeys(EXAMPLE["p256dh"], EXAMPLE["auth"]),
        salt=decoded(EXAMPLE["salt"]),
        private=int.from_bytes(decoded(EXAMPLE["private"]), "big"),
    )
    assert push.encoded(made) == EXAMPLE["message"]


@given(st.binary(max_size=push.MOST_BYTES))
def test_the_browser_reads_what_was_written(said: bytes) -> None:
    browser = PretendBrowser()
    made = encrypted(said, browser.keys)
    assert browser.read(made) == said
    assert len(made) <= push.RECORD_BYTES
    assert encrypted(said, browser.keys) != made, "no two messages have one key"


def test_another_program_of_the_field_reads_it_too(browser: PretendBrowser) -> None:
    http_ece = pytest.importorskip("http_ece")
    made = encrypted(b"a fox", browser.keys)
    private = browser.private
    assert http_ece.decrypt(made, private_key=private, auth_secret=decoded(browser.keys.auth)) == b"a fox"


def test_more_than_a_record_is_refused(browser: PretendBrowser) -> None:
    with pytest.raises(ValueError, match="more than the 3993"):
        encrypted(bytes(push.MOST_BYTES + 1), browser.keys)


def test_a_push_service_can_verify_who_sends() -> None:
    key = PushKey(bytes(range(48)))
    headers = key.headers("https://push.example.org:8443/send/x?y", "mailto:a@example.org", NOW)
    scheme, _, rest = headers["Authorization"].partition(" ")
    said = dict(part.split("=", 1) for part in rest.split(", "))
    assert (scheme, said["k"]) == ("vapid", key.public)
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(said["k"]))
    claims = jwt.decode(
        said["t"], point, algorithms=["ES256"], audience="https://push.example.org:8443", options={"verify_exp": False}
    )
    assert claims["sub"] == "mailto:a@example.org"
    assert 0 < claims["exp"] - NOW.timestamp() <= 24 * 3600, "RFC 8292 allows a day"
    assert (headers["Content-Encoding"], headers["TTL"]) == ("aes128gcm", "86400")


def test_the_same_seed_is_the_same_key_and_any_seed_is_one() -> None:
    assert PushKey(bytes(48)).public == PushKey(bytes(48)).public
    assert PushKey(b"\xff" * 48).public != PushKey(bytes(48)).public


@pytest.mark.parametrize(
    ("p256dh", "auth", "where"),
    [
        ("", EXAMPLE["auth"], "keys.p256dh"),
        ("äöü", EXAMPLE["auth"], "keys.p256dh"),
        (push.encoded(b"\x04" + bytes(64)), EXAMPLE["auth"], "keys.p256dh"),
        (EXAMPLE["p256dh"], "c2hvcnQ", "keys.auth"),
        (EXAMPLE["p256dh"], "!", "keys.auth"),
    ],
)
def test_keys_that_nothing_can_be_encrypted_for_are_refused(p256dh: str, auth: str, where: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        push.checked_keys(p256dh, auth)
    assert refused.value.faults[0].where == where


def test_a_message_is_short_and_leads_to_its_prompt() -> None:
    said = json.loads(push.message(delivery(), {"kind": Kind.IMAGE, "text": "a fox \n" * 2000}))
    assert said["title"] == "Your picture is done"
    assert said["url"] == "/prompts/12"
    assert len(said["body"]) == MOST_WORDS
    assert json.loads(push.message(delivery("prompt.failed"), {}))["title"] == "Your text has failed"
    assert json.loads(push.message(delivery("webhook.test", None), {}))["url"] == "/connect"
    widest = push.message(delivery(), {"kind": Kind.IMAGE, "text": "\U0001f98a" * 500})
    assert len(widest) <= push.MOST_BYTES
