"""From a mail to a prompt, once; who is not known is neither taken nor answered."""

import pytest

from musings.models import Kind
from tests.fakes.mailbox import needs_mailbox
from tests.musings.mail.conftest import Mailroom
from tests.musings.mail.mails import SERVER, mail
from tests.musings.store.adding import shell

pytestmark = needs_mailbox


def test_front_matter_and_the_subject_say_what_is_wanted(room: Mailroom) -> None:
    room.delivered("---\nworkflow: sketch-image\nparameters: {width: 64}\n---\nan owl", subject="image")
    room.delivered("", subject="music: a slow waltz")
    room.delivered("a haiku about rain", subject="hello")
    room.look()
    first, second, third = room.prompts()
    assert (first.prompt_text, first.workflow, first.parameters["width"]) == ("an owl", "sketch-image", 64)
    assert (second.prompt_text, second.kind) == ("a slow waltz", Kind.MUSIC)
    assert (third.prompt_text, third.kind) == ("a haiku about rain", Kind.TEXT)


@pytest.mark.parametrize(
    "given",
    [
        {"sender": "stranger@house.example"},
        {"results": None},
        {"results": "mx.elsewhere.example; dmarc=pass header.from=house.example"},
        {"results": f"{SERVER}; dmarc=fail header.from=house.example"},
        {"results": f"{SERVER}; dmarc=pass header.from=evil.example"},
        {"more": "Auto-Submitted: auto-generated\r\n"},
    ],
)
def test_who_is_not_known_is_neither_taken_nor_answered(room: Mailroom, given: dict[str, str]) -> None:
    name = room.delivered(**given)
    room.look()
    room.look()
    assert (room.prompts(), room.post.sent, room.mailbox.flags(name)) == ([], [], "S")


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"words": "---\nworkflow: gone\n---\na fox"}, "gone"),
        ({"words": "", "subject": "image"}, "prompt_text"),
        ({"body": "Content-Type: text/html\r\n\r\n<p>a fox</p>"}, "has no plain text"),
        ({"words": "x" * 1_100_000}, "1,000,000 are taken"),
    ],
)
def test_what_cannot_be_made_is_refused_in_words(room: Mailroom, given: dict[str, str], why: str) -> None:
    name = room.delivered(**given)
    room.look()
    room.look()
    [reply] = room.post.sent
    assert why in reply.get_content()
    assert (room.prompts(), room.mailbox.flags(name)) == ([], "RS")


def test_a_mail_that_comes_twice_is_one_prompt_and_one_reply(room: Mailroom) -> None:
    first, second = room.delivered(name="twice"), room.delivered(name="twice")
    room.look()
    [prompt] = room.prompts()
    shell(room.database, "UPDATE prompts SET status = 'failed', error_message = 'No model.' WHERE id = ?", prompt.id)
    room.look()
    third = room.delivered(name="twice")
    room.look()
    [reply] = room.post.sent
    assert "No model." in reply.get_content()
    assert [room.mailbox.flags(each) for each in (first, second, third)] == ["RS"] * 3
    assert len(room.prompts()) == 1


def test_a_mail_of_a_stranger_holds_back_none_of_the_same_name(room: Mailroom) -> None:
    forged = room.delivered("a wolf", results=None, name="guessed")
    room.look()
    room.delivered("a fox", name="guessed")
    room.look()
    [prompt] = room.prompts()
    assert prompt.prompt_text == "a fox"
    shell(room.database, "UPDATE prompts SET status = 'failed' WHERE id = ?", prompt.id)
    room.look()
    assert (len(room.post.sent), room.mailbox.flags(forged)) == (1, "S")


def test_mails_wait_while_the_queue_is_full(room: Mailroom) -> None:
    processing = room.settings.processing.model_copy(update={"max_pending": 1})
    room.settings = room.settings.model_copy(update={"processing": processing})
    room.restart()
    first, second = room.delivered(), room.delivered()
    room.look()
    assert [room.mailbox.flags(each) for each in (first, second)] == ["S", ""]
    shell(room.database, "UPDATE prompts SET status = 'cancelled'")
    room.look()
    assert len(room.prompts()) == 2


def test_letters_that_are_none_come_through(room: Mailroom) -> None:
    """Bytes of no charset, in the subject and in the words."""
    name, content = mail("a fox", subject="SUBJECT")
    room.mailbox.deliver(
        name, content.replace(b"SUBJECT", b"\xff\xfe =?utf-8?b?7aC9?=").replace(b"a fox", b"a \xff fox")
    )
    room.look()
    [prompt] = room.prompts()
    assert prompt.prompt_text == "a \ufffd fox"
    shell(room.database, "UPDATE prompts SET status = 'failed' WHERE id = ?", prompt.id)
    room.look()
    assert (len(room.post.sent), room.mailbox.flags(name)) == (1, "RS")
