"""The client against servers that answer strangely, over real HTTP."""

import json
import queue
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from fake_comfyui.server import FakeComfy
from musings.errors import NotFoundError, PassingFault, TimedOut, UnreachableError, UserFault
from musings.makers.comfyui.answers import Phase
from musings.makers.comfyui.client import ComfyServer
from musings.makers.comfyui.fetching import fetch
from musings.makers.comfyui.listening import SocketListener
from musings.makers.comfyui.outputs import OutputFile
from musings.makers.comfyui.protocol import Event, QueueLength
from tests.musings.makers.comfyui.graphs import picture

Answer = tuple[int, str, bytes]


@contextmanager
def answering(*answers: Answer, tls: ssl.SSLContext | None = None) -> Iterator[tuple[str, list[str]]]:
    """A server that gives these answers in turn, the last one for ever; its address, and what it was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            self.rfile.read(length)
            status, media_type, body = answers[min(len(asked), len(answers) - 1)]
            asked.append(f"{self.command} {self.path} {self.headers.get('x-key', '')}".strip())
            self.send_response(status)
            self.send_header("content-type", media_type)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http{'s' if tls else ''}://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()


HTML: Answer = (200, "text/html", b"<html>hello</html>")
ASKS: list[Callable[[ComfyServer], object]] = [
    ComfyServer.system_stats,
    ComfyServer.queue_remaining,
    ComfyServer.object_info,
    ComfyServer.queue,
    lambda server: server.history("x"),
    lambda server: server.state("x"),
]


@pytest.mark.parametrize("ask", ASKS)
@pytest.mark.parametrize(
    "answer", [HTML, (200, "application/json", b"[1]"), (404, "text/plain", b""), (500, "text/plain", b"")]
)
def test_what_is_no_comfyui_is_unreachable_and_says_so(ask: Callable[[ComfyServer], object], answer: Answer) -> None:
    with (
        answering(answer) as (url, _),
        ComfyServer(url) as server,
        pytest.raises(UnreachableError, match="answers") as caught,
    ):
        ask(server)
    assert "ComfyUI listens" in str(caught.value.hint)


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_busy_statuses_are_passing(status: int) -> None:
    with answering((status, "text/plain", b"")) as (url, _), ComfyServer(url) as server, pytest.raises(PassingFault):
        server.queue()


@pytest.mark.parametrize("status", [401, 403])
def test_refusals_are_the_users(status: int) -> None:
    with answering((status, "text/plain", b"")) as (url, _), ComfyServer(url) as server, pytest.raises(UserFault):
        server.queue()


def test_a_path_before_the_routes_and_headers(tmp_path: Path) -> None:
    answer = (200, "application/json", b'{"exec_info": {"queue_remaining": 2}}')
    with answering(answer) as (url, asked), ComfyServer(f"{url}/comfy/", headers={"X-Key": "k"}) as server:
        assert server.queue_remaining() == 2
        assert server.socket_url("a b") == f"ws{url.removeprefix('http')}/comfy/ws?clientId=a%20b"
    assert asked == ["GET /comfy/prompt k"]


def test_a_password_in_the_address_is_sent_and_never_shown() -> None:
    with ComfyServer("http://me:p%40ss@127.0.0.1:1/comfy/") as server:
        assert server.url == "http://127.0.0.1:1/comfy"
        assert server.headers == {"Authorization": "Basic bWU6cEBzcw=="}
        with pytest.raises(UnreachableError) as caught:
            server.queue()
    assert "ss@" not in caught.value.explained


def test_object_info_is_kept_for_a_while() -> None:
    clock = [0.0]
    with (
        answering((200, "application/json", b"{}")) as (url, asked),
        ComfyServer(url, object_info_seconds=10, now=lambda: clock[0]) as server,
    ):
        server.object_info()
        server.object_info()
        assert len(asked) == 1
        clock[0] = 11.0
        server.object_info()
        server.forget()
        server.object_info()
        assert len(asked) == 3


def test_a_job_that_ends_between_two_questions_is_done() -> None:
    entry = {"x": {"prompt": [], "outputs": {}, "status": {"status_str": "success", "messages": []}}}
    empty = (200, "application/json", b"{}")
    queued = (200, "application/json", b'{"queue_running": [], "queue_pending": []}')
    done = (200, "application/json", json.dumps(entry).encode())
    with answering(empty, queued, done) as (url, asked), ComfyServer(url) as server:
        assert server.state("x").phase is Phase.DONE
    assert asked == ["GET /history/x", "GET /queue", "GET /history/x"]


def test_an_interrupt_gives_up_in_time_and_is_sent_again() -> None:
    running = {"queue_running": [[0, "x", {}, {}, []]], "queue_pending": []}
    empty = (200, "application/json", b"{}")
    queued = (200, "application/json", json.dumps(running).encode())
    clock = [0.0]

    def wait(seconds: float) -> None:
        clock[0] += seconds

    answers = (empty, queued, empty) * 4
    with answering(*answers) as (url, asked), ComfyServer(url, now=lambda: clock[0]) as server:
        assert not server.interrupt("x", seconds=1.0, wait=wait)
    assert asked.count("POST /interrupt") == 2


@pytest.mark.parametrize(("status", "kind"), [(413, UserFault), (500, UserFault), (400, UserFault)])
def test_uploads_that_are_refused(tmp_path: Path, status: int, kind: type[Exception]) -> None:
    (tmp_path / "a.png").write_bytes(b"x")
    with (
        answering((status, "text/plain", b"too big")) as (url, _),
        ComfyServer(url) as server,
        pytest.raises(kind, match=r"a\.png"),
    ):
        server.upload(tmp_path / "a.png")


def test_a_workflow_that_is_too_large() -> None:
    with (
        answering((413, "text/plain", b"too big")) as (url, _),
        ComfyServer(url) as server,
        pytest.raises(UserFault, match="too large"),
    ):
        server.submit({}, prompt_id="p", client_id="c")


FILE = OutputFile("1", "images", "a.png")


def get(server: ComfyServer, target: Path, **options: object) -> Path:
    return fetch(server, FILE, target / "0001.png", wait=lambda _: None, **options).path  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "bad", [HTML, (200, "application/json", b"{}"), (200, "image/png", b""), (500, "text/plain", b"x")]
)
def test_downloads_that_are_no_file_are_tried_again(tmp_path: Path, bad: Answer) -> None:
    with answering(bad, (200, "image/png", b"png")) as (url, asked), ComfyServer(url) as server:
        assert get(server, tmp_path).read_bytes() == b"png"
    assert len(asked) == 2
    with answering(bad) as (url, asked), ComfyServer(url) as server, pytest.raises(PassingFault, match="4 tries"):
        get(server, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["0001.png"]


def test_a_download_that_does_not_decode_is_tried_again(tmp_path: Path) -> None:
    def verify(path: Path) -> None:
        assert path.suffix == ".png"
        if path.read_bytes() == b"half":
            raise ValueError("cut short")

    with answering((200, "image/png", b"half"), (200, "image/png", b"whole")) as (url, _), ComfyServer(url) as server:
        assert get(server, tmp_path, verify=verify).read_bytes() == b"whole"


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    with answering((404, "text/plain", b"")) as (url, asked), ComfyServer(url) as server, pytest.raises(NotFoundError):
        get(server, tmp_path)
    assert len(asked) == 1


def test_a_time_limit_ends_a_download_at_once(tmp_path: Path) -> None:
    calls: list[int] = []

    def check() -> None:
        calls.append(1)
        if len(calls) > 1:
            raise TimedOut("too long")

    with answering((200, "image/png", b"png")) as (url, asked), ComfyServer(url) as server, pytest.raises(TimedOut):
        get(server, tmp_path, check=check)
    assert len(asked) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tls")
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2", "-nodes"]
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-keyout", str(folder / "key.pem")]
    command = ["openssl", "req", "-x509", *key, "-out", str(folder / "cert.pem"), *subject]
    subprocess.run(command, check=True, capture_output=True)
    return folder / "cert.pem"


def test_certificates(certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    answer = (200, "application/json", b'{"exec_info": {"queue_remaining": 0}}')
    with answering(answer, tls=context) as (url, _):
        with ComfyServer(url, verify=str(certificate)) as server:
            assert server.queue_remaining() == 0
            assert server.socket_url("c").startswith("wss://")
        with ComfyServer(url, verify=False) as server:
            assert server.queue_remaining() == 0
        with ComfyServer(url) as server, pytest.raises(UnreachableError, match="certificate"):
            server.queue_remaining()


def heard(inbox: "queue.SimpleQueue[Event]") -> Event:
    return inbox.get(timeout=10)


def test_the_listener_comes_back_under_another_id(fake: FakeComfy, server: ComfyServer) -> None:
    inbox: queue.SimpleQueue[Event] = queue.SimpleQueue()
    listener = SocketListener(server, inbox)
    assert listener.ready()
    assert heard(inbox) == QueueLength(0)
    fake.restart()
    assert heard(inbox) == QueueLength(0)  # the greeting of the second connection
    server.submit(picture(), prompt_id="p", client_id=listener.client_id)
    assert [heard(inbox) for _ in range(3)] == [QueueLength(1), QueueLength(1), QueueLength(0)]
    listener.close()


def test_a_listener_without_a_server_does_no_harm() -> None:
    lines: list[str] = []
    with FakeComfy() as gone:
        url = gone.url
    with ComfyServer(url) as server:
        listener = SocketListener(server, queue.SimpleQueue(), lines.append)
        assert not listener.ready(0.2)
        listener.close()
    assert "polling goes on" in lines[0]


def test_forgetting_waits_for_nobody(fake: FakeComfy) -> None:
    """Somebody may be waiting long for the answer of a server that hangs."""
    asked, answer = threading.Event(), threading.Event()

    class Hanging(ComfyServer):
        def _object(self, path: str, *, seconds: float | None = None) -> Any:
            asked.set()
            answer.wait(30)
            return {"first": {}}

    with Hanging(fake.url) as server:
        asking = threading.Thread(target=server.object_info)
        asking.start()
        assert asked.wait(10)
        forgetting = threading.Thread(target=server.forget, daemon=True)
        forgetting.start()
        forgetting.join(10)
        assert not forgetting.is_alive()
        answer.set()
        asking.join()
