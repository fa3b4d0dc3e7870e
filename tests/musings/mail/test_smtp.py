"""What a mail server takes, refuses now, and refuses for good."""

from pathlib import Path

import pytest

from musings.config.operation import MailSettings
from musings.errors import RefusedError, UnreachableError
from musings.mail import replies, smtp
from musings.mail.letters import letter_in
from tests.fakes.mailbox import PASSWORD, USER, Outbox, outbox
from tests.musings.mail.mails import mail
from tests.ports import free_port


def settings(port: int) -> MailSettings:
    return MailSettings(host="127.0.0.1", user=USER, smtp_port=port, smtp_security="none")


def test_what_is_refused_for_good_is_told_from_what_is_refused_now(post: Outbox) -> None:
    message = replies.refusal(settings(post.port), letter_in(mail()[1]), "why")
    post.refuses_over = 10
    with pytest.raises(RefusedError, match="too large"):
        smtp.send(settings(post.port), "", message)
    post.refuses_over, post.is_away = None, True
    with pytest.raises(UnreachableError, match="not now"):
        smtp.send(settings(post.port), "", message)
    with pytest.raises(UnreachableError, match="does not take a reply"):
        smtp.send(settings(free_port()), "", message)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_is_checked_and_the_password_told(
    security: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = replies.refusal(settings(1), letter_in(mail()[1]), "why")
    certificate = tmp_path / "certificate.pem"
    with outbox(certificate, starttls=security == "starttls") as post:
        encrypted = settings(post.port).model_copy(update={"smtp_security": security})
        with pytest.raises(UnreachableError, match="does not take a reply"):
            smtp.send(encrypted, PASSWORD, message)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        # A wrong password is no fault of the message: it is sent once the password is right.
        with pytest.raises(UnreachableError, match="who are you"):
            smtp.send(encrypted, "wrong", message)
        smtp.send(encrypted, PASSWORD, message)
        assert len(post.sent) == 1


def test_nothing_is_told_to_a_server_that_does_not_encrypt(post: Outbox) -> None:
    message = replies.refusal(settings(1), letter_in(mail()[1]), "why")
    with pytest.raises(UnreachableError, match="STARTTLS"):
        smtp.send(settings(post.port).model_copy(update={"smtp_security": "starttls"}), PASSWORD, message)
    assert post.sent == []
