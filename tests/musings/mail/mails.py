"""Mails as they lie in a mailbox: with the word of the server that received them on top."""

from itertools import count

SERVER = "mx.home.example"
OWNER = "me@house.example"
VOUCHED = f"{SERVER}; dkim=pass header.d=house.example; dmarc=pass (p=reject) header.from=house.example"
_numbers = count(1)


def mail(
    words: str = "a fox in the snow",
    *,
    subject: str = "image",
    sender: str = OWNER,
    results: str | None = VOUCHED,
    name: str | None = None,
    more: str = "",
    body: str | None = None,
) -> tuple[str, bytes]:
    """The name of its file, and its content. Each has a ``Message-ID`` of its own, or one of this ``name``."""
    number = next(_numbers)
    said = f"Authentication-Results: {results}\r\n" if results is not None else ""
    head = (
        f"{said}Received: from elsewhere by {SERVER}\r\n{more}From: {sender}\r\nTo: musings@home.example\r\n"
        f"Subject: {subject}\r\nMessage-ID: <{name or number}@house.example>\r\n"
    )
    text = body if body is not None else f"Content-Type: text/plain; charset=utf-8\r\n\r\n{words}\r\n"
    return f"m{number}.test", (head + text).encode()
