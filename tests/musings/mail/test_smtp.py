"""What a mail server takes, refuses now, and refuses for good."""

import pytest

from musings.config.operation import MailSettings
from musings.errors import RefusedError, UnreachableError
from musings.mail import replies, smtp
from musings.mail.letters import letter_in
from tests.fakes.mailbox import USER, Outbox
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
