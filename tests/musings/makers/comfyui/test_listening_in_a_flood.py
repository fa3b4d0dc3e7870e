"""A server that sends faster than we read has to wait: what is unread is bounded."""

import json
import queue
import threading
from pathlib import Path

import pytest
from websockets.sync.server import ServerConnection, serve

from musings.makers.comfyui import listening
from musings.makers.comfyui.client import ComfyServer
from musings.makers.comfyui.listening import Inbox, SocketListener
from musings.makers.comfyui.protocol import Preview
from tests.waiting import until

GREETING = json.dumps({"type": "status", "data": {"status": {"exec_info": {"queue_remaining": 0}}}})
SENT = 300


@pytest.mark.parametrize(("bound", "most"), [("MOST_UNREAD", 20), ("MOST_UNREAD_BYTES", 20 * 100_000)])
def test_a_flood_waits_until_it_is_read(monkeypatch: pytest.MonkeyPatch, bound: str, most: int) -> None:
    monkeypatch.setattr(listening, bound, most)
    frame = (1).to_bytes(4, "big") + (2).to_bytes(4, "big") + b"x" * 99_992
    all_sent = threading.Event()

    def flood(connection: ServerConnection) -> None:
        connection.send(GREETING)
        for _ in range(SENT):
            connection.send(frame)
        all_sent.set()
        connection.recv()
        connection.recv()

    with serve(flood, "127.0.0.1", 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        inbox: Inbox = queue.SimpleQueue()
        port = server.socket.getsockname()[1]
        with ComfyServer(f"http://127.0.0.1:{port}") as comfy:
            listener = SocketListener(comfy, inbox)
            assert listener.ready(30)
            until(lambda: inbox.qsize() >= 20)
            assert not all_sent.wait(0.3), "the server is held up"
            assert inbox.qsize() <= 22
            read = 0
            while read < SENT:
                read += isinstance(inbox.get(timeout=30), Preview)
                assert inbox.qsize() <= 22
            assert all_sent.wait(30)
            listener.close()
        server.shutdown()


def test_a_listener_that_waits_for_room_can_be_closed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(listening, "MOST_UNREAD", 1)

    def flood(connection: ServerConnection) -> None:
        for _ in range(SENT):
            connection.send(GREETING)

    with serve(flood, "127.0.0.1", 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        inbox: Inbox = queue.SimpleQueue()
        with ComfyServer(f"http://127.0.0.1:{server.socket.getsockname()[1]}") as comfy:
            listener = SocketListener(comfy, inbox)
            until(lambda: inbox.qsize() == 1)
            listener.close()
            assert not listener._thread.is_alive()
        server.shutdown()
