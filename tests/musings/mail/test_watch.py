"""Who looks, and what a kill leaves."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from musings.mail.imap import MailFolder
from musings.mail.setup import PASSWORD as VARIABLE
from musings.store.database import Database
from musings.store.gallery import lists
from musings.store.writings import writings
from tests.fakes.mailbox import PASSWORD, Mailbox, Outbox, needs_mailbox
from tests.musings.command_line import running
from tests.musings.files.marking.samples import sample
from tests.musings.mail.conftest import Mailroom, mail_settings
from tests.musings.mail.mails import mail
from tests.ports import free_port
from tests.waiting import until

pytestmark = needs_mailbox


def test_the_api_looks_by_itself(config: Path, database: Database, dovecot: Mailbox, post: Outbox) -> None:
    said = json.loads(config.read_text())
    said["mail"] = {**mail_settings(dovecot.port, post.port), "look_seconds": 0.2}
    config.write_text(json.dumps(said))
    name, content = mail("a haiku about rain", subject="text")
    with running(config, "worker"), running(config, "serve", "--port", str(free_port()), **{VARIABLE: PASSWORD}):
        dovecot.deliver(name, content)
        until(lambda: dovecot.flags(name) == "RS", 120)
    [reply] = post.sent
    [found] = database.reading(lists.listing, lists.PromptFilter(), 10, None).items
    assert found.status == "completed"
    text = database.reading(writings.get, found.output_reference or 0)
    assert (text.content or "").splitlines()[0] in reply.get_content()


class Killed(BaseException):
    """Nothing that the code under test may catch."""


def dying(monkeypatch: pytest.MonkeyPatch, look: Callable[[], None]) -> None:
    """A look that is cut off before its first flag."""

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(MailFolder, "flag", die)
        with pytest.raises(Killed):
            look()


def test_a_kill_makes_no_second_prompt_and_loses_no_reply(room: Mailroom, monkeypatch: pytest.MonkeyPatch) -> None:
    name = room.delivered()
    dying(monkeypatch, room.look)
    assert (len(room.prompts()), room.mailbox.flags(name)) == (1, "")
    room.restart()
    room.look()
    [prompt] = room.prompts()
    assert room.mailbox.flags(name) == "S"
    room.complete(prompt.id, sample("png"))
    dying(monkeypatch, room.look)
    room.restart()
    room.look()
    # Sent twice under one name, so that a mail program shows it once.
    first, second = room.post.sent
    assert first["Message-ID"] == second["Message-ID"]
    assert room.mailbox.flags(name) == "RS"


def test_of_two_that_could_look_one_does(room: Mailroom) -> None:
    room.look()
    other = room._watch()
    name = room.delivered()
    other.look()
    assert room.mailbox.flags(name) == ""
    room.watch.close()
    other.look()
    assert room.mailbox.flags(name) == "S"
    other.close()
