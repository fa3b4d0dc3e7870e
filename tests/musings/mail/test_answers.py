"""What was made comes back to who asked, once."""

from musings.files.marking.xmp import SourceType
from musings.models import Kind
from tests.fakes.mailbox import needs_mailbox
from tests.musings.files.marking.samples import sample, told_type
from tests.musings.mail.conftest import Mailroom
from tests.musings.mail.mails import OWNER
from tests.musings.store.adding import shell

pytestmark = needs_mailbox


def test_a_mail_is_a_prompt_and_its_picture_is_sent_back(room: Mailroom) -> None:
    name = room.delivered("a fox in the snow", subject="Image", name="fox")
    room.look()
    [prompt] = room.prompts()
    assert (prompt.prompt_text, prompt.kind, prompt.status) == ("a fox in the snow", Kind.IMAGE, "pending")
    assert (prompt.instructions.owner, prompt.metadata) == ("mail", {"mail": {"from": OWNER, "subject": "Image"}})
    assert room.mailbox.flags(name) == "S"
    room.look()
    assert (len(room.prompts()), room.post.sent) == (1, [])
    room.complete(prompt.id, sample("png", "a private workflow"))
    room.look()
    [reply] = room.post.sent
    assert (reply["To"], reply["From"], reply["Subject"]) == (OWNER, "musings@home.example", "Re: Image")
    assert reply["In-Reply-To"] == reply["References"] == "<fox@house.example>"
    assert reply["Auto-Submitted"] == "auto-replied"
    [picture] = reply.iter_attachments()
    content = picture.get_content()
    assert (picture.get_content_type(), told_type(content, "png")) == ("image/png", SourceType.TRAINED.address)
    assert b"private" not in content
    assert room.mailbox.flags(name) == "RS"
    room.look()
    assert len(room.post.sent) == 1


def test_a_server_that_is_away_is_asked_again(room: Mailroom) -> None:
    name = room.delivered()
    room.look()
    [prompt] = room.prompts()
    room.complete(prompt.id, sample("png"))
    room.post.is_away = True
    room.look()
    assert (room.post.sent, room.mailbox.flags(name)) == ([], "S")
    room.post.is_away = False
    room.mailbox.stop()
    try:
        room.look()
    finally:
        room.mailbox.start()
    room.look()
    assert (len(room.post.sent), room.mailbox.flags(name)) == (1, "RS")


def test_what_was_thrown_away_is_not_sent(room: Mailroom) -> None:
    name = room.delivered()
    room.look()
    [prompt] = room.prompts()
    room.complete(prompt.id, sample("png"))
    shell(room.database, "UPDATE prompts SET deleted_at = created_at WHERE id = ?", prompt.id)
    room.look()
    assert (room.post.sent, room.mailbox.flags(name)) == ([], "RS")
