"""Serve agents by the Model Context Protocol, on standard input and output. For the configuration of an agent.

It uses the queue of this machine, or with MUSINGS_URL and MUSINGS_TOKEN that of another. A worker makes what is asked
for: `musings up` or `musings worker` runs one.
"""

import argparse
import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from musings.api import app
from musings.commands.opening import is_remote, open_database, settings_for
from musings.mcp_server.access import QueueAccess
from musings.mcp_server.server import server_of
from musings.remote.connection import connection_from
from musings.remote.in_process import in_process
from musings.remote.operations import Operations
from musings.remote.wires import AsyncWire

PATIENCE_SECONDS = 10.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It has no options of its own."""


def run(arguments: argparse.Namespace) -> int:
    asyncio.run(_serve(arguments))
    return 0


async def _serve(arguments: argparse.Namespace) -> None:
    async with _queue(arguments) as queue:
        await server_of(lambda _context: QueueAccess(queue)).run_stdio_async()


@asynccontextmanager
async def _queue(arguments: argparse.Namespace) -> AsyncIterator[Operations]:
    if is_remote(arguments):
        connection = connection_from(os.environ)
        wire = AsyncWire(connection)
        try:
            yield Operations(wire, connection.url, PATIENCE_SECONDS)
        finally:
            await wire.close()
        return
    settings = settings_for(arguments)
    # Who can start this program can open the database as well: there is nobody to ask for a token.
    mine = settings.model_copy(update={"security": settings.security.model_copy(update={"require_auth": False})})
    with open_database(settings) as database:
        services = app.services_for(mine, database)
        wire = in_process(app.make(services))
        try:
            yield Operations(wire, "this machine", PATIENCE_SECONDS)
        finally:
            await wire.close()
            # Whoever still waits for a prompt is woken, or its call would hold up the end.
            services.broadcaster.shut_down()
            services.pipelines.close()
