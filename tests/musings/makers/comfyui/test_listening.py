"""The socket of a server: greeted, lost, closed; and never in anybody's way."""

import queue

from fake_comfyui.server import FakeComfy
from musings.makers.comfyui.client import ComfyServer
from musings.makers.comfyui.listening import Inbox, SocketListener
from musings.makers.comfyui.protocol import Event, Ignored, QueueLength, Succeeded
from tests.musings.makers.comfyui.graphs import picture
from tests.waiting import until


def heard(inbox: Inbox, wanted: type) -> Event:
    while True:
        event = inbox.get(timeout=10)
        if isinstance(event, wanted):
            return event


def test_the_greeting_says_that_our_jobs_will_be_told(fake: FakeComfy, server: ComfyServer) -> None:
    inbox: Inbox = queue.SimpleQueue()
    listener = SocketListener(server, inbox)
    try:
        assert listener.ready(10)
        assert isinstance(heard(inbox, QueueLength), QueueLength)
        server.submit(picture(), prompt_id="ours", client_id=listener.client_id)
        done = heard(inbox, Succeeded)
        assert isinstance(done, Succeeded)
        assert done.prompt_id == "ours"
    finally:
        listener.close()


def test_what_is_of_no_use_is_not_handed_on(fake: FakeComfy, server: ComfyServer) -> None:
    inbox: Inbox = queue.SimpleQueue()
    listener = SocketListener(server, inbox)
    try:
        assert listener.ready(10)
        server.submit(picture(), prompt_id="ours", client_id=listener.client_id)
        heard(inbox, Succeeded)
    finally:
        listener.close()
    while not inbox.empty():
        assert not isinstance(inbox.get(), Ignored)


def test_two_listeners_have_two_ids(server: ComfyServer) -> None:
    """A server that still holds the old socket of an id unregisters the new one."""
    listeners = [SocketListener(server, queue.SimpleQueue()) for _ in range(2)]
    try:
        assert len({each.client_id for each in listeners}) == 2
    finally:
        for each in listeners:
            each.close()


def test_without_a_socket_whoever_waits_is_told_at_once(fake: FakeComfy, server: ComfyServer) -> None:
    fake.faults.on("no-socket")
    lines: list[str] = []
    listener = SocketListener(server, queue.SimpleQueue(), lines.append)
    try:
        assert not listener.ready(60), "refused, and not silence that is waited out"
        until(lambda: any("polling goes on" in line for line in lines))
        assert listener.losses == 0, "nothing was lost that never was"
    finally:
        listener.close()


def test_an_address_that_is_none_is_not_tried_again() -> None:
    lines: list[str] = []
    with ComfyServer("http://") as nowhere:
        listener = SocketListener(nowhere, queue.SimpleQueue(), lines.append)
        assert not listener.ready(10)
        listener.close()
    assert len(lines) == 1


def test_a_socket_that_the_server_closes_is_counted() -> None:
    with FakeComfy() as mine, ComfyServer(mine.url) as server:
        listener = SocketListener(server, queue.SimpleQueue())
        try:
            assert listener.ready(10)
            mine.stop()
            until(lambda: listener.losses > 0)
        finally:
            listener.close()


def test_what_we_close_is_no_loss(server: ComfyServer) -> None:
    listener = SocketListener(server, queue.SimpleQueue())
    assert listener.ready(10)
    listener.close()
    assert listener.losses == 0
