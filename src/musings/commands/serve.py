"""Serve the API and the page."""

import argparse
import asyncio
import socket

import uvicorn

from musings.api import app
from musings.commands.opening import open_database, service_logs, settings_for
from musings.config import Settings
from musings.errors import ConfigError, MusingsError
from musings.store.media_root import MediaRoot

GRACEFUL_SECONDS = 2  # an open event stream would otherwise hold up the end for ever


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="the address to listen on")
    parser.add_argument("--port", type=int, help="the port to listen on")


def run(arguments: argparse.Namespace) -> int:
    settings = settings_for(arguments, {"server.host": arguments.host, "server.port": arguments.port})
    refuse_open_door(settings)
    service_logs(settings, "musings-api")
    MediaRoot(settings.media_root).prepare()
    with open_database(settings) as database, listening_socket(settings) as listener:
        config = uvicorn.Config(
            app.make(settings, database),
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=GRACEFUL_SECONDS,
            server_header=False,
        )
        asyncio.run(uvicorn.Server(config).serve(sockets=[listener]))
    return 0


def refuse_open_door(settings: Settings) -> None:
    """Without auth only this machine may call, unless its owner says otherwise in so many words."""
    if settings.faces_network and settings.security.require_auth is not False:
        raise ConfigError(
            f"server.host is {settings.server.host}: everybody on that network could use this server.",
            hint="Keep 127.0.0.1, or set security.require_auth to false when a proxy with auth stands before it.",
        )


def listening_socket(settings: Settings) -> socket.socket:
    host, port = settings.server.host, settings.server.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise MusingsError(
            f"Cannot listen on {host}, port {port}: {error.strerror}.",
            hint="Is Musings running already? Otherwise choose another port with --port.",
        ) from error
    return listener
