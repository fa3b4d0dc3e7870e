"""``/comfyui/ws``: what happens to a client's jobs, as it happens."""

import asyncio
import json
import uuid
from collections.abc import Iterable
from typing import Any

import anyio
from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from musings.api.broadcast import Listener
from musings.api.comfyui_calls import CLOSED
from musings.api.comfyui_feed import ComfyUIFeed
from musings.api.routes.comfyui_server import features_of
from musings.api.services import Services
from musings.comfyui_api.messages import Message

LONGEST_ID = 200
SEND_SECONDS = 30.0
"""A client that reads nothing for so long is gone, or stuck; its jobs go on."""
POLICY, GOING_AWAY, TRY_AGAIN = 1008, 1001, 1013
"""Codes of RFC 6455, section 7.4."""

routes = APIRouter()


@routes.websocket("/comfyui/ws")
async def listen(socket: WebSocket) -> None:
    services: Services = socket.app.state.services
    if not services.settings.doors.comfyui:
        await socket.close(POLICY, CLOSED)
        return
    client_id = socket.query_params.get("clientId", "")[:LONGEST_ID] or uuid.uuid4().hex
    try:
        services.places.take()
    except HTTPException as error:
        await socket.close(TRY_AGAIN, str(error.detail)[:100])
        return
    listener = Listener(asyncio.get_running_loop())
    try:
        await socket.accept()
        # Listening before the first word: what happens in between must not be missed.
        await anyio.to_thread.run_sync(services.broadcaster.open, listener, None)
        await _converse(socket, ComfyUIFeed(services, client_id), listener)
    finally:
        await anyio.to_thread.run_sync(services.broadcaster.close, listener)
        services.places.give_back()


async def _converse(socket: WebSocket, feed: ComfyUIFeed, listener: Listener) -> None:
    async with anyio.create_task_group() as both:
        both.start_soon(_hear, socket, feed, both.cancel_scope)
        try:
            await _send(socket, await anyio.to_thread.run_sync(feed.greeting))
            while (event := await listener.messages.get()) is not None:
                await _send(socket, await anyio.to_thread.run_sync(feed.told, event))
            # The server stops, or the client is too far behind: it comes again, and asks for what it missed.
            await socket.close(GOING_AWAY)
        except (WebSocketDisconnect, TimeoutError, RuntimeError):
            # Gone in the middle of a message.
            pass
        both.cancel_scope.cancel()


async def _send(socket: WebSocket, found: Iterable[Message]) -> None:
    for message in found:
        with anyio.fail_after(SEND_SECONDS):
            if isinstance(message, bytes):
                await socket.send_bytes(message)
            else:
                await socket.send_text(json.dumps(message))


async def _hear(socket: WebSocket, feed: ComfyUIFeed, over: anyio.CancelScope) -> None:
    """Listen for what a client can do, which counts in its first message alone; and for its end."""
    first = True
    while True:
        heard = await socket.receive()
        if heard["type"] == "websocket.disconnect":
            over.cancel()
            return
        # Later ones are ignored, as the real server does: previews must not change their shape within a job.
        flags = _flags(heard.get("text")) if first else None
        first = False
        if flags is not None:
            feed.with_metadata = flags.get("supports_preview_metadata") is True
            told = {"type": "feature_flags", "data": features_of(socket.app.state.services.settings.upload_bytes)}
            if socket.application_state == WebSocketState.CONNECTED:
                await socket.send_text(json.dumps(told))


def _flags(text: str | None) -> dict[str, Any] | None:
    try:
        said = json.loads(text or "null")
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or said.get("type") != "feature_flags":
        return None
    return said["data"] if isinstance(said.get("data"), dict) else {}
