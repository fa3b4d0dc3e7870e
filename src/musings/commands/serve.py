"""Serve the API and the page."""

import argparse
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from musings import logs
from musings.alerts.watch import watching
from musings.api.server import make_server
from musings.commands.opening import open_database, service_logs, settings_for
from musings.config.settings import Settings
from musings.engine.liveness import is_alive
from musings.errors import ConfigError, MusingsError
from musings.files.media_root import media_root_of
from musings.housekeeping import mounting
from musings.mail import watch as mailbox
from musings.mqtt.bridge import bridged
from musings.process import end_with_parent
from musings.store.access import entry
from musings.store.database import Database
from musings.watched_folder import watch as folder
from musings.webhooks.duty import delivering, post_of

BACKLOG = 2048
TAKEN = "Is Musings running already? Otherwise choose another port with --port."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="the address to listen on")
    parser.add_argument("--port", type=int, help="the port to listen on")


def run(arguments: argparse.Namespace) -> int:
    settings = settings_for(arguments, {"server.host": arguments.host, "server.port": arguments.port})
    end_with_parent()
    service_logs(settings, "musings-api")
    with open_database(settings) as database:
        mounting.prepare_if_possible(database, media_root_of(settings), "api")
        refuse_open_door(settings, database)
        posting = post_of(settings, database)
        with (
            listening_socket(settings) as listener,
            comfyui_socket(settings) as own,
            watching(settings, database, is_alive),
            delivering(posting),
            bridged(settings, database),
            folder.watching(settings, database),
            mailbox.watching(settings, database),
        ):
            port = None if own is None else int(own.getsockname()[1])
            server = make_server(settings, database, comfyui_port=port)
            server.run(sockets=[each for each in (listener, own) if each is not None])
    return 130 if server.stopped_by == signal.SIGINT else 0


def refuse_open_door(settings: Settings, database: Database) -> None:
    """Other machines may call only where somebody can log in, unless the owner says otherwise in so many words.

    Raises ``ConfigError``.
    """
    if not settings.needs_auth or database.reading(entry.anybody_can_enter):
        return
    if not settings.faces_network:
        logs.get("api").warning("nobody can log in: set a password with `musings token password`")
        return
    raise ConfigError(
        f"server.host is {settings.server.host}, and there is neither a password nor a token: nobody could log in.",
        hint="Set a password with `musings token password`, make a token with `musings token create NAME`, or set "
        "security.require_auth to false when everybody on that network may do everything.",
    )


@contextmanager
def comfyui_socket(settings: Settings) -> Iterator[socket.socket | None]:
    """The socket for clients of ComfyUI that take a host and a port alone; None where there is none."""
    port = settings.doors.comfyui_port if settings.doors.comfyui else None
    if port is None:
        yield None
        return
    with listening_socket(settings, port, "Choose another doors.comfyui_port; ComfyUI has 8188.") as own:
        # Told, because 0 takes a free one.
        logs.get("api").info("clients of ComfyUI have a port of their own", port=own.getsockname()[1])
        yield own


def listening_socket(settings: Settings, port: int | None = None, hint: str = TAKEN) -> socket.socket:
    """A socket at the configured host, and at its port where none is given. Raises ``MusingsError`` with ``hint``."""
    host, port = settings.server.host, settings.server.port if port is None else port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named because asyncio turns Nagle's algorithm off only where it is; else each answer takes 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise MusingsError(
            f"Cannot listen on {host}, port {port}: {error.strerror}.",
            hint=hint,
        ) from error
    return listener
