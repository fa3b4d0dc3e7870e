"""A mail, read: who asks for what. Pure; what is in it is foreign, and read within bounds."""

import hashlib
import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses
from itertools import islice

from musings.errors import Fault, InvalidInputError
from musings.models import Kind
from musings.requests.request import PromptRequest
from musings.watched_folder.front_matter import request_in

OWNER = "mail"
MOST_HEAD = 64_000
MOST_PARTS = 100
MOST_SUBJECT = 998
"""Letters of a line (RFC 5322, section 2.1.1)."""
MESSAGE_ID = re.compile(r"<[!-~]{1,900}>")
AGAIN = re.compile(r"^\s*(?:re|aw|fwd?|wg)\s*:\s*", re.IGNORECASE)
SIGNATURE = re.compile(r"^-- ?$", re.MULTILINE)
QUOTED = re.compile(r"^>.*(?:\r?\n|\Z)", re.MULTILINE)


@dataclass(frozen=True)
class Letter:
    """``sender`` is in small letters, None where there is not exactly one; ``results`` are the newest first.

    ``is_automatic``: written by a program, which must not be answered (RFC 3834).
    """

    sender: str | None
    message_id: str
    subject: str
    results: tuple[str, ...]
    is_automatic: bool

    @property
    def domain(self) -> str:
        return (self.sender or "").rpartition("@")[2]

    @property
    def key(self) -> str:
        """The idempotency key of its prompt: the same mail is one prompt, however often it is delivered."""
        said = f"{self.sender}\0{self.message_id}".encode("utf-8", "surrogatepass")
        return f"mail:{hashlib.sha256(said).hexdigest()}"


def letter_in(content: bytes) -> Letter:
    """The head of a mail, of which ``content`` may be the beginning alone. Nothing is raised for what is in it."""
    message = _parsed(content)
    senders = getaddresses(_all(message, "From"))
    address = senders[0][1].lower() if len(senders) == 1 else ""
    found = MESSAGE_ID.fullmatch(_one(message, "Message-ID"))
    return Letter(
        sender=address if re.fullmatch(r"[^@\s]+@[^@\s]+", address) else None,
        # A mail without one is known by what it says.
        message_id=found[0] if found else f"<{hashlib.sha256(content).hexdigest()}>",
        subject=_one(message, "Subject")[:MOST_SUBJECT],
        results=tuple(_all(message, "Authentication-Results")),
        is_automatic=_is_automatic(message),
    )


def words_in(content: bytes) -> bytes:
    """What a mail says, in UTF-8, without a signature and what it quotes. Raises ``InvalidInputError``."""
    try:
        text = _text_of(_parsed(content))
    # The parser's, at what is odd, is nested too deep, or is in a charset that nobody knows.
    except (LookupError, ValueError, AttributeError, TypeError, RecursionError) as error:
        raise InvalidInputError([Fault("mail", "cannot be read: send it as plain text in UTF-8")]) from error
    text = QUOTED.sub("", SIGNATURE.split(text.replace("\r\n", "\n"))[0])
    return text.strip().encode("utf-8", "replace")


def request_of(letter: Letter, content: bytes, kind: Kind) -> PromptRequest:
    """What a mail asks for; ``kind`` is that of one whose subject names none. Raises ``InvalidInputError``."""
    named, rest = kind_and_words(letter.subject)
    # Words in the subject alone are a prompt as well; a phone makes it easy to forget the rest.
    return request_in(words_in(content) or rest.encode("utf-8", "replace"), named or kind)


def kind_and_words(subject: str) -> tuple[Kind | None, str]:
    """``image``, or ``image: a fox``: the kind that a subject begins with, and what else it says."""
    rest = subject
    while (less := AGAIN.sub("", rest)) != rest:
        rest = less
    first, colon, words = rest.partition(":")
    name = first.strip().lower()
    if name in set(Kind):
        return Kind(name), words.strip() if colon else ""
    return None, rest.strip()


def _text_of(message: EmailMessage) -> str:
    parts = [each for each in islice(message.walk(), MOST_PARTS) if isinstance(each, EmailMessage)]
    plain = next((each for each in parts if each.get_content_type() == "text/plain" and not each.is_attachment()), None)
    if plain is None and any(each.get_content_type() == "text/html" for each in parts):
        raise InvalidInputError([Fault("mail", "has no plain text: write it as plain text, or as both")])
    return str(plain.get_content()) if plain is not None else ""


def _is_automatic(message: EmailMessage) -> bool:
    said = _one(message, "Auto-Submitted").lower()
    lists = any(_all(message, name) for name in ("List-Id", "List-Unsubscribe"))
    sorts = _one(message, "Precedence").lower() in ("bulk", "list", "junk")
    return said not in ("", "no") or lists or sorts or _one(message, "Return-Path") == "<>"


def _parsed(content: bytes) -> EmailMessage:
    return message_from_bytes(content, policy=policy.default)


def _all(message: EmailMessage, name: str) -> list[str]:
    """The values of a header, decoded as far as they can be: a mail is written by anybody."""
    try:
        return [" ".join(str(each).split()) for each in message.get_all(name, [])]
    except (ValueError, LookupError, AttributeError, IndexError, TypeError):  # the parser's, at odd headers
        return []


def _one(message: EmailMessage, name: str) -> str:
    return next(iter(_all(message, name)), "")
