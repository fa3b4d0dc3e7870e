"""A folder of a real mailbox (Dovecot)."""

from collections.abc import Iterator

import pytest

from musings.config.operation import MailSettings
from musings.errors import UnreachableError
from musings.mail.imap import opened
from tests.fakes.mailbox import PASSWORD, USER, Mailbox, mailbox, needs_mailbox
from tests.musings.mail.mails import mail
from tests.ports import free_port

pytestmark = needs_mailbox


@pytest.fixture(scope="module")
def encrypted() -> Iterator[Mailbox]:
    with mailbox(tls=True) as made:
        yield made


def plain(port: int, **more: object) -> MailSettings:
    return MailSettings.model_validate({"host": "127.0.0.1", "port": port, "security": "none", "user": USER, **more})


def test_what_is_new_is_read_and_flagged(dovecot: Mailbox) -> None:
    name, content = mail("a fox")
    dovecot.deliver(name, content)
    with opened(plain(dovecot.port), PASSWORD) as folder:
        uid = folder.new()[-1]
        assert folder.bytes_of(uid) == len(content)
        assert folder.content(uid, 10) == content[:10]
        assert folder.content(uid, 10_000) == content
        assert folder.head(uid, 10_000) == content.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        # To look is not to take.
        assert uid in folder.new()
        message_id = next(line for line in content.decode().splitlines() if line.startswith("Message-ID")).split()[1]
        assert not folder.has(message_id, "SEEN")
        folder.flag(uid, "\\Seen")
        assert uid not in folder.new()
        assert uid in folder.unanswered()
        assert folder.has(message_id, "SEEN")
        assert not folder.has(message_id, "ANSWERED")
        assert not folder.has('<"x', "SEEN")
        folder.flag(uid, "\\Answered")
        assert uid not in folder.unanswered()
    assert dovecot.flags(name) == "RS"


def test_what_is_wrong_is_said(dovecot: Mailbox) -> None:
    with pytest.raises(UnreachableError, match="refuses us"), opened(plain(dovecot.port), "wrong"):
        pass
    with pytest.raises(UnreachableError, match="refuses us"), opened(plain(dovecot.port), "wröng"):
        pass
    with (
        pytest.raises(UnreachableError, match="has no folder Gone"),
        opened(plain(dovecot.port, folder="Gone"), PASSWORD),
    ):
        pass
    with pytest.raises(UnreachableError, match="cannot be reached"), opened(plain(free_port()), PASSWORD):
        pass


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_is_checked(security: str, encrypted: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = plain(encrypted.port if security == "tls" else encrypted.starttls_port, security=security)
    with pytest.raises(UnreachableError, match="cannot be reached"), opened(settings, PASSWORD):
        pass
    monkeypatch.setenv("SSL_CERT_FILE", str(encrypted.certificate))
    with opened(settings, PASSWORD) as folder:
        assert folder.new() == []


def test_nothing_is_told_to_a_server_that_does_not_encrypt(dovecot: Mailbox) -> None:
    with (
        pytest.raises(UnreachableError, match="TLS not supported"),
        opened(plain(dovecot.port, security="starttls"), PASSWORD),
    ):
        pass
