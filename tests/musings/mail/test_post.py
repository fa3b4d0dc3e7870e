"""A reply that is refused itself."""

from tests.fakes.mailbox import needs_mailbox
from tests.musings.files.marking.samples import sample
from tests.musings.mail.conftest import Mailroom

pytestmark = needs_mailbox


def test_a_reply_that_is_too_large_goes_without_its_files(room: Mailroom) -> None:
    name = room.delivered()
    room.look()
    [prompt] = room.prompts()
    room.complete(prompt.id, sample("png") + bytes(100_000))
    room.post.refuses_over = 20_000
    room.look()
    [reply] = room.post.sent
    assert "1 file(s) are too large" in reply.get_content()
    assert room.mailbox.flags(name) == "RS"


def test_one_that_nobody_takes_holds_up_none_of_the_others(room: Mailroom) -> None:
    first = room.delivered("---\nworkflow: gone\n---\na fox")
    room.post.refuses_over = 10
    second = room.delivered("an owl")
    room.look()
    assert (room.mailbox.flags(first), room.mailbox.flags(second)) == ("RS", "S")
    assert [each.prompt_text for each in room.prompts()] == ["an owl"]
