"""A real Dovecot with one mailbox, and a server that takes mails to be sent."""

import base64
import contextlib
import grp
import os
import pwd
import shutil
import signal
import socket
import socketserver
import ssl
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from tests.ports import free_port
from tests.waiting import until

PLACES = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin"))
DOVECOT = shutil.which("dovecot", path=PLACES)


def _is_known() -> bool:
    """Whether it reads the configuration below, which 2.4 writes in another way."""
    if DOVECOT is None:
        return False
    return subprocess.run([DOVECOT, "--version"], capture_output=True, check=False).stdout.startswith(b"2.3.")


needs_mailbox = pytest.mark.skipif(
    not _is_known(), reason="Dovecot 2.3 is not here (Debian 12: apt install dovecot-imapd)"
)
USER, PASSWORD = "musings@home.example", "correct-horse"
NOBODY = 65534

CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/run
protocols = imap
listen = 127.0.0.1
ssl = {ssl}
disable_plaintext_auth = no
auth_failure_delay = 0
log_path = {folder}/log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
mail_location = maildir:{folder}/mail
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {encrypted}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""


def certified(certificate: Path) -> Path:
    """Make a certificate of this machine that nobody trusts by itself; the file of its key."""
    key = certificate.with_name("key.pem")
    words = f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout {key} -out {certificate}"
    subprocess.run([*words.split(), "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    return key


class Mailbox:
    """What was delivered lies in files, which outlive ``stop``."""

    def __init__(self, folder: Path, *, tls: bool = False) -> None:
        self.port = free_port()
        self.starttls_port = free_port()
        """Only with TLS: where a session begins in the clear."""
        self.certificate = folder / "certificate.pem"
        self.log = folder / "log"
        self._folder = folder
        self._child: subprocess.Popen[bytes] | None = None
        # It refuses to have anything to do with the mails of root.
        self._user = NOBODY if os.geteuid() == 0 else os.geteuid()
        group = pwd.getpwuid(self._user).pw_gid
        for name in ("run", "mail/new", "mail/cur", "mail/tmp"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        lines = CONFIG.format(
            folder=folder,
            ssl="yes" if tls else "no",
            user=pwd.getpwuid(self._user).pw_name,
            group=grp.getgrgid(group).gr_name,
            password=PASSWORD,
            plain=self.starttls_port if tls else self.port,
            encrypted=self.port if tls else 0,
        )
        if tls:
            key = certified(self.certificate)
            lines += f"ssl_cert = <{self.certificate}\nssl_key = <{key}\n"
        (folder / "dovecot.conf").write_text(lines)
        self._give(folder)

    def start(self) -> None:
        assert DOVECOT is not None
        # As somebody else, with all of its parts, where a test is run by root.
        other = {"user": NOBODY, "group": NOBODY, "extra_groups": ()} if os.geteuid() == 0 else {}
        words = [DOVECOT, "-F", "-c", str(self._folder / "dovecot.conf")]
        self._child = subprocess.Popen(words, **other)  # type: ignore[call-overload]
        until(self._answers, 60)

    def stop(self) -> None:
        if self._child is not None:
            self._child.send_signal(signal.SIGTERM)
            self._child.wait(30)
            self._child = None

    def deliver(self, name: str, content: bytes) -> None:
        """As a server puts it there that has received it."""
        partial = self._folder / "mail/tmp" / name
        partial.write_bytes(content)
        self._give(partial)
        partial.rename(self._folder / "mail/new" / name)

    def flags(self, name: str) -> str:
        """``S`` seen, ``R`` answered; empty for one that is new. As Maildir names them."""
        found = [each.name for each in (self._folder / "mail/cur").iterdir() if each.name.startswith(f"{name}:")]
        return found[0].partition(":2,")[2] if found else ""

    def take_back(self, name: str) -> None:
        """Without flags, as before anybody looked at it."""
        [file] = (self._folder / "mail/cur").glob(f"{name}:*")
        file.rename(self._folder / "mail/new" / name)

    def _give(self, path: Path) -> None:
        if os.geteuid() == 0:
            for each in (path, *path.rglob("*")):
                os.chown(each, NOBODY, NOBODY)

    def _answers(self) -> bool:
        assert self._child is not None
        assert self._child.poll() is None, self.log.read_text()
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True


@contextmanager
def mailbox(*, tls: bool = False) -> Iterator[Mailbox]:
    # Not among the folders of the tests, into which nobody else may look.
    with tempfile.TemporaryDirectory(prefix="mailbox-") as folder:
        Path(folder).chmod(0o755)
        made = Mailbox(Path(folder), tls=tls)
        made.start()
        try:
            yield made
        finally:
            made.stop()


class Outbox(socketserver.ThreadingTCPServer):
    """``refuses_over``: a message of more bytes is refused for good. ``is_away``: all are, for now.

    With a ``certificate`` it is encrypted from the start, or where ``starttls`` from when that is asked for, and wants
    ``USER`` and ``PASSWORD``.
    """

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, certificate: Path | None = None, *, starttls: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.wants_login = certificate is not None
        self.starttls = starttls
        self.context: ssl.SSLContext | None = None
        if certificate is not None:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(certificate, certified(certificate))
        self.sent: list[EmailMessage] = []
        self.refuses_over: int | None = None
        self.is_away = False

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        # The handshake is for the thread of the session: whoever breaks it off here would end the server's loop.
        if self.context is not None and not self.starttls:
            connection = self.context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address


class _Session(socketserver.StreamRequestHandler):
    server: Outbox

    def handle(self) -> None:
        with contextlib.suppress(OSError):  # whoever does not trust the certificate hangs up
            self._speak()
        if self.server.starttls:  # the server knows only of the socket within
            self.connection.close()

    def _speak(self) -> None:
        self._say("220 ready")
        while line := self.rfile.readline():
            verb = line.strip().upper().partition(b" ")[0]
            is_clear = self.server.starttls and not isinstance(self.connection, ssl.SSLSocket)
            if verb == b"EHLO" and self.server.wants_login:
                self._say("250-ok\r\n250 " + ("STARTTLS" if is_clear else "AUTH PLAIN"))
                continue
            if verb == b"STARTTLS":
                self._say("220 go on")
                self._encrypt()
                continue
            if is_clear and verb != b"QUIT":
                self._say("530 must issue a STARTTLS command first")
                continue
            if verb == b"AUTH":
                given = base64.b64decode(line.split()[-1])
                self._say("235 ok" if given == f"\0{USER}\0{PASSWORD}".encode() else "535 who are you?")
                continue
            if verb == b"QUIT":
                return self._say("221 bye")
            if verb == b"DATA":
                self._say("354 go on")
                self._say(self._take(b"".join(iter(self.rfile.readline, b".\r\n"))))
            else:
                self._say("451 not now" if verb == b"MAIL" and self.server.is_away else "250 ok")
        return None

    def _encrypt(self) -> None:
        assert self.server.context is not None
        self.connection = self.request = self.server.context.wrap_socket(self.connection, server_side=True)
        self.setup()

    def _take(self, data: bytes) -> str:
        most = self.server.refuses_over
        if most is not None and len(data) > most:
            return "552 too large"
        self.server.sent.append(message_from_bytes(data.replace(b"\r\n..", b"\r\n."), policy=policy.default))
        return "250 taken"

    def _say(self, words: str) -> None:
        self.wfile.write(words.encode() + b"\r\n")


@contextmanager
def outbox(certificate: Path | None = None, *, starttls: bool = False) -> Iterator[Outbox]:
    with Outbox(certificate, starttls=starttls) as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield made
        finally:
            made.shutdown()
            thread.join()
