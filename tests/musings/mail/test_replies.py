"""What is written back, to whom and under which name."""

from musings.config.operation import MailSettings
from musings.mail import replies, smtp
from musings.mail.letters import letter_in
from tests.fakes.mailbox import USER, Outbox
from tests.musings.mail.mails import OWNER, mail


def settings(port: int) -> MailSettings:
    return MailSettings(host="127.0.0.1", user=USER, smtp_port=port, smtp_security="none")


def test_a_refusal_says_why_in_any_letters(post: Outbox) -> None:
    letter = letter_in(mail(subject="=?utf-8?q?F=C3=BCchse?=", name="a")[1])
    sent = replies.refusal(settings(post.port), letter, "parameters.width: „80000“ ist zu groß.")
    smtp.send(settings(post.port), "", sent)
    [found] = post.sent
    assert (found["To"], found["Subject"]) == (OWNER, "Re: Füchse")
    assert "„80000“ ist zu groß." in found.get_content()
    assert found["Message-ID"] == replies.refusal(settings(post.port), letter, "x")["Message-ID"]
