"""One folder of a mailbox, over IMAP (RFC 3501): what is new, what is not answered, and the flags that say so."""

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

from musings.config.operation import MailSettings
from musings.errors import UnreachableError

SEEN, ANSWERED = "\\Seen", "\\Answered"
SECONDS = 30.0
KEPT_DAYS = 60
"""A mail that nobody answered for so long is not looked at any more."""
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
QUOTABLE = re.compile(r'[^"\\\r\n\x00]*')


class MailFolder:
    """Methods raise ``imaplib.IMAP4.error`` and ``OSError``, which :func:`opened` puts into words."""

    def __init__(self, connection: imaplib.IMAP4) -> None:
        self._connection = connection

    def new(self) -> list[bytes]:
        """Unique identifiers, the oldest first."""
        return self._search("UNSEEN", "UNDELETED")

    def unanswered(self) -> list[bytes]:
        """Those that were looked at by us, or by a person, and not answered; the newest first."""
        day = (datetime.now(UTC) - timedelta(days=KEPT_DAYS)).date()
        # By hand: the names of months are English, whatever the machine's language is.
        since = f"{day.day}-{MONTHS[day.month - 1]}-{day.year}"
        return self._search("SEEN", "UNANSWERED", "UNDELETED", "SINCE", since)[::-1]

    def has(self, message_id: str, flag: str) -> bool:
        """Whether there is a mail of that ``Message-ID`` with a flag."""
        if not QUOTABLE.fullmatch(message_id):
            return False
        return bool(self._search(flag.strip("\\").upper(), "HEADER", "Message-ID", f'"{message_id}"'))

    def bytes_of(self, uid: bytes) -> int:
        _, found = self._connection.uid("FETCH", uid.decode(), "(RFC822.SIZE)")
        size = SIZE.search(_joined(found))
        return int(size[1]) if size else 0

    def head(self, uid: bytes, most: int) -> bytes:
        """The beginning of its headers."""
        return self._part(uid, f"BODY.PEEK[HEADER]<0.{most}>")

    def content(self, uid: bytes, most: int) -> bytes:
        """The beginning of it, whole where it is no longer than ``most`` bytes."""
        return self._part(uid, f"BODY.PEEK[]<0.{most}>")

    def flag(self, uid: bytes, *flags: str) -> None:
        kind, found = self._connection.uid("STORE", uid.decode(), "+FLAGS.SILENT", f"({' '.join(flags)})")
        if kind != "OK":
            raise imaplib.IMAP4.error(_joined(found).decode("ascii", "replace"))

    def _search(self, *criteria: str) -> list[bytes]:
        kind, found = self._connection.uid("SEARCH", *criteria)
        if kind != "OK":
            raise imaplib.IMAP4.error(_joined(found).decode("ascii", "replace"))
        return _joined(found).split()

    def _part(self, uid: bytes, what: str) -> bytes:
        _, found = self._connection.uid("FETCH", uid.decode(), f"({what})")
        return next((bytes(each[1]) for each in found or () if isinstance(each, tuple)), b"")


@contextmanager
def opened(settings: MailSettings, password: str) -> Iterator[MailFolder]:
    """The folder, for as long as the block lasts. Raises ``UnreachableError`` in words, also for what breaks within."""
    where = f"The mailbox of {settings.user} at {settings.host}"
    try:
        connection = _connected(settings)
        try:
            if settings.security == "starttls":
                connection.starttls(ssl.create_default_context())
            _log_in(connection, settings.user or "", password)
            kind, said = connection.select(_quoted(settings.folder))
            if kind != "OK":
                words = _joined(said).decode("utf-8", "replace")
                raise UnreachableError(f"{where} has no folder {settings.folder}: {words}.", hint="See mail.folder.")
            yield MailFolder(connection)
        finally:
            with suppress(imaplib.IMAP4.error, OSError):
                connection.logout()
            # Who cannot say goodbye, as after a refused certificate, still has the socket open.
            with suppress(OSError):
                connection.shutdown()
    except imaplib.IMAP4.error as error:
        words = " ".join(str(error).strip("b'").split())
        raise UnreachableError(f"{where} refuses us: {words}.", hint="Look at mail.user and the password.") from error
    except OSError as error:
        words = error.strerror or str(error) or type(error).__name__
        raise UnreachableError(f"{where} cannot be reached: {words}.", hint="Look at mail.host.") from error


def _connected(settings: MailSettings) -> imaplib.IMAP4:
    host, port = settings.host or "", settings.imap_port
    if settings.security == "tls":
        return imaplib.IMAP4_SSL(host, port, ssl_context=ssl.create_default_context(), timeout=SECONDS)
    return imaplib.IMAP4(host, port, timeout=SECONDS)


def _log_in(connection: imaplib.IMAP4, user: str, password: str) -> None:
    if (user + password).isascii():
        connection.login(user, password)
    else:  # RFC 4616: which takes any letters
        connection.authenticate("PLAIN", lambda _: f"\0{user}\0{password}".encode())


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _joined(found: object) -> bytes:
    parts = found if isinstance(found, list) else []
    return b" ".join(each if isinstance(each, bytes) else each[0] for each in parts if each)
