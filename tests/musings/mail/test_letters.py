"""A mail, read: also one that nobody should have written."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from musings.errors import InvalidInputError
from musings.mail.letters import kind_and_words, letter_in, words_in
from musings.models import Kind
from tests.musings.mail.mails import OWNER, VOUCHED, mail


def test_who_wrote_what() -> None:
    found = letter_in(mail(name="one", sender="Me <Me@House.Example>", subject="=?utf-8?q?F=C3=BCchse?=")[1])
    assert (found.sender, found.domain, found.subject) == (OWNER, "house.example", "Füchse")
    assert (found.message_id, found.results, found.is_automatic) == ("<one@house.example>", (VOUCHED,), False)
    again = letter_in(mail(name="one", words="other words")[1])
    assert found.key == again.key
    assert found.key != letter_in(mail(name="one", sender="you@house.example")[1]).key
    assert found.key != letter_in(mail(name="two")[1]).key


@pytest.mark.parametrize("sender", ["", "me", "a@b.example, me@house.example", "me@house.example\r\nFrom: x@y.z", "@"])
def test_a_mail_of_nobody_or_of_several_has_no_sender(sender: str) -> None:
    assert letter_in(mail(sender=sender)[1]).sender is None


@pytest.mark.parametrize(
    "header",
    ["Auto-Submitted: auto-replied", "Precedence: bulk", "List-Id: <a.b>", "Return-Path: <>", "List-Unsubscribe: <x>"],
)
def test_what_a_program_wrote_is_known(header: str) -> None:
    assert letter_in(mail(more=f"{header}\r\n")[1]).is_automatic
    assert not letter_in(mail(more="Auto-Submitted: no\r\nReturn-Path: <me@house.example>\r\n")[1]).is_automatic


def test_the_words_are_the_plain_ones_without_signature_and_quotes() -> None:
    said = "a fox\n\n> what you wrote\n> before\nin the snow\n-- \nMe, of House & Sons"
    assert words_in(mail(said)[1]) == b"a fox\n\nin the snow"
    both = (
        'Content-Type: multipart/alternative; boundary="x"\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n<p>no</p>\r\n'
        "--x\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        "F=FCchse\r\n--x--\r\n"
    )
    assert words_in(mail(body=both)[1]) == "Füchse".encode()


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("Content-Type: text/html\r\n\r\n<p>a fox</p>", "has no plain text"),
        ("Content-Type: text/plain; charset=klingon\r\n\r\n\u00e4", "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(body: str, why: str) -> None:
    with pytest.raises(InvalidInputError, match=why):
        words_in(mail(body=body)[1])


def test_parts_within_parts_end_somewhere() -> None:
    depth = 3_000
    deep = "".join(f'Content-Type: multipart/mixed; boundary="{n}"\r\n\r\n--{n}\r\n' for n in range(depth))
    with pytest.raises(InvalidInputError, match="cannot be read"):
        words_in(deep.encode())


@pytest.mark.parametrize(
    ("subject", "kind", "rest"),
    [
        ("image", Kind.IMAGE, ""),
        ("Re: Fwd: Music: a slow waltz", Kind.MUSIC, "a slow waltz"),
        ("voice :", Kind.VOICE, ""),
        ("a fox: in the snow", None, "a fox: in the snow"),
        ("", None, ""),
    ],
)
def test_a_subject_may_name_the_kind(subject: str, kind: Kind | None, rest: str) -> None:
    assert kind_and_words(subject) == (kind, rest)


@given(
    st.binary(max_size=400), st.sampled_from(["", "From: ", "Subject: =?", "Content-Type: multipart/mixed; boundary="])
)
def test_nothing_is_raised_for_what_anybody_writes(content: bytes, begins: str) -> None:
    whole = begins.encode() + content
    letter = letter_in(whole)
    assert letter.key.startswith("mail:")
    with contextlib.suppress(InvalidInputError):
        assert words_in(whole).decode().strip() == words_in(whole).decode()
