"""One message over real HTTP: the head of the answer counts, and no receiver holds the sender for long."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from musings.errors import UnreachableError
from musings.webhooks.destinations import Destination, resolved
from musings.webhooks.sending import fetch, post
from tests.musings.schedules.newspaper import published
from tests.musings.webhooks.receiver import Receiver

BODY = '{"words":"é"}'


def at(url: str) -> Destination:
    return resolved(url, ["127.0.0.1", "n8n.local"], lambda _host, _port: ["127.0.0.1"])


@contextmanager
def raw_server(answer: bytes) -> Iterator[int]:
    """Answers whatever comes with these bytes, then waits for the other side to hang up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(answer)
                while connection.recv(65536):
                    pass

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield int(listener.getsockname()[1])


def test_a_message_arrives_as_it_was_signed(receiver: Receiver) -> None:
    answer = post(at(receiver.url), {"webhook-id": "msg_1"}, BODY, 5)
    assert (answer.status_code, answer.error, answer.was_taken) == (200, None, True)
    [came] = receiver.received
    assert (came.path, came.body) == ("/hook?t0ken=1", BODY)
    assert came.headers["webhook-id"] == "msg_1"
    assert came.headers["Content-Type"] == "application/json"
    assert came.headers["User-Agent"].startswith("Musings/")
    assert came.headers["Host"] == f"127.0.0.1:{receiver.port}"


def test_the_connection_goes_to_the_address_that_was_checked(receiver: Receiver) -> None:
    """The name itself is nowhere: whoever asked for it again would find nothing."""
    answer = post(at(f"http://n8n.local:{receiver.port}/hook#part"), {}, BODY, 5)
    assert answer.was_taken
    assert receiver.received[0].headers["Host"] == f"n8n.local:{receiver.port}"
    assert receiver.received[0].path == "/hook"


@pytest.mark.parametrize("tail", ["", "/", "?a=1", "/%C3%A9/é"])
def test_every_form_of_an_address_is_reached(receiver: Receiver, tail: str) -> None:
    assert post(at(f"http://127.0.0.1:{receiver.port}{tail}"), {}, BODY, 5).was_taken


@pytest.mark.parametrize("status", [199, 300, 301, 307, 400, 404, 410, 429, 500, 503])
def test_only_2xx_is_a_yes(receiver: Receiver, status: int) -> None:
    receiver.status, receiver.headers = status, {"Location": receiver.url}
    answer = post(at(receiver.url), {}, BODY, 5)
    if status == 199:  # an interim answer, after which the real one is missing
        assert answer.status_code is None
    else:
        assert answer.status_code == status
        assert str(status) in str(answer.error)
    assert not answer.was_taken
    assert len(receiver.received) == 1, "no redirect is followed"


@pytest.mark.parametrize(("said", "seconds"), [("30", 30.0), ("0", 0.0), ("-1", None), ("nan", None), ("Fri", None)])
def test_how_long_to_wait_is_read(receiver: Receiver, said: str, seconds: float | None) -> None:
    receiver.status, receiver.headers = 429, {"Retry-After": said}
    assert post(at(receiver.url), {}, BODY, 5).retry_after == seconds


def test_a_receiver_that_hangs_is_left(receiver: Receiver) -> None:
    receiver.gate.clear()
    answer = post(at(receiver.url), {}, BODY, 0.3)
    assert (answer.status_code, answer.error) == (None, "no answer within 0.3 s")


def test_nobody_there_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    answer = post(at(f"http://127.0.0.1:{port}/"), {}, BODY, 5)
    assert (answer.status_code, answer.error) == (None, f"nobody answers at 127.0.0.1, port {port}")


@pytest.mark.parametrize(
    "answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nabc"]
)
def test_an_answer_of_any_bytes_ends_in_time(answer: bytes) -> None:
    with raw_server(answer) as port:
        found = post(at(f"http://127.0.0.1:{port}/"), {}, BODY, 0.5)
    assert found.was_taken == answer.startswith(b"HTTP")
    assert found.was_taken or found.error


def test_a_proxy_of_the_environment_is_passed_by(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    assert post(at(receiver.url), {}, BODY, 5).was_taken


def test_a_document_is_read_whole_and_within_its_bounds() -> None:
    with published() as paper:
        assert fetch(at(paper.url), 5, len(paper.body)) == paper.body
        assert paper.asked[0]["Host"] == f"127.0.0.1:{paper.port}"
        with pytest.raises(UnreachableError, match="longer than 10 bytes"):
            fetch(at(paper.url), 5, 10)
        paper.status = 404
        with pytest.raises(UnreachableError, match="it answered 404"):
            fetch(at(paper.url), 5, 10)


def test_a_document_that_never_ends_is_waited_for_so_long_only() -> None:
    with (
        raw_server(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf") as port,
        pytest.raises(UnreachableError, match=r"no answer within 0\.3 s"),
    ):
        fetch(at(f"http://127.0.0.1:{port}/"), 0.3, 100)
