"""The fake's WebSockets: who hears what.

As on the real server (observed): one message at a time goes to one socket at a time, so a client that stops
reading holds up everybody; a client id has one socket, the newest; and when an older socket of that id
closes, the newer one is forgotten too and stays open, deaf.
"""

import asyncio
import json
import struct
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from fake_comfyui.faults import Switches


class Hub:
    """Lives in the server's event loop; :meth:`send` and :meth:`send_preview` may be called from any
    thread.
    """

    def __init__(self, faults: Switches, remaining: Callable[[], int], features: Mapping[str, Any]) -> None:
        self._faults = faults
        self._features = features
        self._remaining = remaining
        self._sockets: dict[str, WebSocket] = {}
        self._with_metadata: set[str] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        # One queue for all sockets: a client that does not read holds up the others, as it does on the real server.
        # None ends the delivery.
        self._letters: asyncio.Queue[tuple[str | bytes, str | None] | None] = asyncio.Queue()
        self._postman: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Begin to deliver; called in the event loop."""
        # Not at the start: the event loop is there only with the first client.
        if self._postman is None:
            self._loop = asyncio.get_running_loop()
            self._postman = asyncio.create_task(self._deliver())

    def close(self) -> None:
        """Deliver what was posted until now and nothing more; from any thread."""
        # A loop that goes on, as after a reset, would keep a task that nobody ends.
        if self._loop is not None and self._postman is not None:
            with suppress(RuntimeError):  # it has ended, and its tasks with it
                self._loop.call_soon_threadsafe(self._letters.put_nowait, None)

    def send(self, kind: str, data: Any, sid: str | None) -> None:
        """One JSON message to a client id, or to everybody when ``sid`` is None."""
        self._post(json.dumps({"type": kind, "data": data}), sid)

    def send_status(self) -> None:
        self.send("status", {"status": {"exec_info": {"queue_remaining": self._remaining()}}}, None)

    def send_frame(self, frame: bytes, sid: str | None) -> None:
        self._post(frame, sid)

    def send_preview(
        self, picture: bytes, sid: str | None, prompt_id: str, node: str, media_type: str = "image/jpeg"
    ) -> None:
        """A preview in the form that this client asked for."""
        if sid is None or sid not in self._with_metadata:
            self._post(struct.pack(">II", 1, 2 if media_type == "image/png" else 1) + picture, sid)
            return
        about = {"node_id": node, "prompt_id": prompt_id, "display_node_id": node, "parent_node_id": None}
        told = json.dumps({**about, "real_node_id": node, "image_type": media_type}).encode()
        self._post(struct.pack(">II", 4, len(told)) + told + picture, sid)

    def with_metadata(self, sid: str | None) -> bool:
        return sid is not None and sid in self._with_metadata

    async def serve(self, socket: WebSocket) -> None:
        """One client, from its handshake to its end."""
        self.open()
        await socket.accept()
        sid = socket.query_params.get("clientId") or uuid.uuid4().hex
        deaf = self._faults.active("deaf-socket") or self._faults.active("silent-socket")
        if not deaf:
            self._sockets[sid] = socket
            # A new connection has to ask for it again.
            self._with_metadata.discard(sid)
        try:
            if not self._faults.active("silent-socket"):
                status = {"exec_info": {"queue_remaining": self._remaining()}}
                await socket.send_text(json.dumps({"type": "status", "data": {"status": status, "sid": sid}}))
            await self._listen(socket, sid)
        except (WebSocketDisconnect, RuntimeError):
            pass  # the client went away, which ends its service
        finally:
            # Whoever has this id now: that the newer socket is forgotten too is the real server's behaviour.
            self._sockets.pop(sid, None)

    async def _listen(self, socket: WebSocket, sid: str) -> None:
        first = True
        while True:
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            try:
                said = json.loads(message.get("text") or "")
            except ValueError:
                continue
            # Only as the first message; later ones are ignored, as on the real server.
            if first and isinstance(said, dict) and said.get("type") == "feature_flags":
                if said.get("data", {}).get("supports_preview_metadata") is True:
                    self._with_metadata.add(sid)
                await socket.send_text(json.dumps({"type": "feature_flags", "data": self._features}))
            first = False

    def _post(self, letter: str | bytes, sid: str | None) -> None:
        if self._loop is not None and not self._loop.is_closed():
            # Jobs run on another thread than the sockets.
            self._loop.call_soon_threadsafe(self._letters.put_nowait, (letter, sid))

    async def _deliver(self) -> None:
        while (posted := await self._letters.get()) is not None:
            letter, sid = posted
            known = list(self._sockets.values()) if sid is None else [self._sockets.get(sid)]
            for socket in known:
                if socket is not None:
                    await self._hand(socket, letter)

    async def _hand(self, socket: WebSocket, letter: str | bytes) -> None:
        try:
            if isinstance(letter, str):
                await socket.send_text(letter)
            else:
                await socket.send_bytes(letter)
        except (WebSocketDisconnect, RuntimeError):
            pass  # it closed while the letter was on its way
