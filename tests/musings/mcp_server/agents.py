"""The official SDK's client as an agent: over streamable HTTP, with a token or none."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult

Result = TypeVar("Result")
SMALL = {"width": 64, "height": 64}


@asynccontextmanager
async def agent(address: str, headers: dict[str, str] | None = None, **options: Any) -> AsyncIterator[Client]:
    async with httpx2.AsyncClient(headers=headers or {}, timeout=60) as http:
        transport = streamable_http_client(f"{address}/mcp", http_client=http)
        async with Client(transport, **options) as client:
            yield client


def by_agent(
    address: str,
    doing: Callable[[Client], Awaitable[Result]],
    headers: dict[str, str] | None = None,
    **options: Any,
) -> Result:
    """What an agent that calls this address comes back with."""

    async def run() -> Result:
        async with agent(address, headers, **options) as client:
            return await doing(client)

    return asyncio.run(run())


def facts(result: CallToolResult) -> dict[str, Any]:
    """The structured part of an answer that must be a good one."""
    assert not result.is_error, result.content
    assert result.structured_content is not None
    found: dict[str, Any] = result.structured_content
    return found


def words(result: CallToolResult) -> str:
    return " ".join(getattr(each, "text", "") for each in result.content)
