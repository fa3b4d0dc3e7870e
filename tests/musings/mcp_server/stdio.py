"""The official SDK's client as an agent that starts ``musings mcp`` and talks to it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from mcp import Client, StdioServerParameters

from tests.musings.command_line import command, environment


@asynccontextmanager
async def spoken_to(folder: Path, more: Mapping[str, str] | None = None, **options: Any) -> AsyncIterator[Client]:
    """``more`` is added to the environment of the program; ``options`` are those of the client."""
    program, *rest = command("mcp")
    server = StdioServerParameters(command=program, args=rest, env=environment(folder, **(more or {})), cwd=folder)
    async with Client(server, **options) as client:
        yield client
