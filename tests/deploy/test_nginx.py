"""The nginx sample, run for real before a real `musings serve`."""

import http.client
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from musings.security.credentials import digest, new_token
from musings.security.signing import SigningKey
from musings.sqlite.database import open_database
from musings.sqlite.location import Location
from musings.store.access import tokens
from tests.musings.sqlite.installations import furnish
from tests.ports import free_port

SAMPLE = Path(__file__).parents[2] / "deploy" / "nginx.conf"
PICTURE = bytes(range(256)) * 40
WAIT_SECONDS = 30


@dataclass
class Front:
    """nginx with the API behind it."""

    port: int
    media: Path
    database: Path

    def ask(self, path: str, method: str = "GET", **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT_SECONDS)) as connection:
            connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
            answer = connection.getresponse()
            return answer, answer.read()


def wait_for(port: int, child: subprocess.Popen[bytes]) -> None:
    """Until somebody listens; connecting is the waiting."""
    for _ in range(WAIT_SECONDS * 20):
        assert child.poll() is None
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            with pytest.raises(subprocess.TimeoutExpired):
                child.wait(0.05)
        else:
            return
    pytest.fail(f"nobody listens on port {port}")


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """A studio whose owner lets everybody in who comes through nginx."""
    with standing(tmp_path_factory.mktemp("front"), {"security": {"require_auth": False}}) as found:
        yield found


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """The same without a word about security: it asks what comes through a proxy who it is."""
    with standing(tmp_path_factory.mktemp("locked"), {}) as found:
        yield found


@contextmanager
def standing(folder: Path, document: dict[str, Any]) -> Iterator[Front]:
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if nginx is None:
        pytest.skip("nginx is not here")
    config = folder / "poets_cron_config.json"
    config.write_text(json.dumps(document))
    media, api, port = folder / "GeneratedMedia", free_port(), free_port()
    furnish(folder / "musings.db", media, 1)
    (media / "image/7_20261122T101500").mkdir()
    (media / "image/7_20261122T101500/0001.png").write_bytes(PICTURE)
    (media / "image/7_20261122T101500/page.html").write_text("<script>alert(1)</script>")
    (media / ".attempts/9-1").mkdir(parents=True)
    (media / ".attempts/9-1/0001.png").write_bytes(b"half")
    (folder / "secret.png").write_bytes(b"secret")
    (media / "image/7_20261122T101500/link.png").symlink_to(folder / "secret.png")
    (folder / "nginx.conf").write_text(whole_configuration(folder, api, port, media))
    environment = {**os.environ, "MUSINGS_CONFIG": str(config), "PYTHONPATH": os.pathsep.join(sys.path)}
    serve = [sys.executable, "-m", "musings", "serve", "--port", str(api)]
    with (
        ended(subprocess.Popen(serve, env=environment, stderr=subprocess.DEVNULL)) as server,
        ended(subprocess.Popen([nginx, "-p", str(folder), "-c", str(folder / "nginx.conf")])) as proxy,
    ):
        wait_for(api, server)
        wait_for(port, proxy)
        yield Front(port, media, folder / "musings.db")


class ended:  # noqa: N801 (reads as `closing` does)
    """A program that is asked to end with the block."""

    def __init__(self, child: subprocess.Popen[bytes]) -> None:
        self._child = child

    def __enter__(self) -> subprocess.Popen[bytes]:
        return self._child

    def __exit__(self, *_: object) -> None:
        self._child.terminate()
        self._child.wait(WAIT_SECONDS)


def whole_configuration(folder: Path, api: int, port: int, media: Path) -> str:
    """The sample with its three lines changed, in a configuration that needs nothing else of the machine."""
    sample = SAMPLE.read_text()
    for before, after in (
        ("server 127.0.0.1:8000;", f"server 127.0.0.1:{api};"),
        ("listen 127.0.0.1:3001;", f"listen 127.0.0.1:{port};"),
        ("alias /srv/musings/GeneratedMedia/;", f"alias {media}/;"),
        ("disable_symlinks on from=/srv/musings/GeneratedMedia;", f"disable_symlinks on from={media};"),
    ):
        assert before in sample
        sample = sample.replace(before, after)
    paths = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;\n" if os.geteuid() == 0 else ""
    return (
        f"{user}daemon off;\npid {folder}/nginx.pid;\nerror_log {folder}/error.log;\nworker_processes 1;\n"
        f"events {{}}\nhttp {{\naccess_log off;\n{paths}{sample}}}\n"
    )


def test_media_come_from_the_disk_with_their_types_and_guards(front: Front) -> None:
    answer, body = front.ask("/media/image/7_20261122T101500/0001.png")

    assert (answer.status, body) == (200, PICTURE)
    assert answer.headers["Server"].startswith("nginx")
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "immutable" in answer.headers["Cache-Control"]
    assert front.ask("/media/image/7_20261122T101500/0001.png", "HEAD")[0].headers["Content-Length"] == "10240"
    again, _ = front.ask("/media/image/7_20261122T101500/0001.png", If_None_Match=answer.headers["ETag"])
    assert again.status == 304


@pytest.mark.parametrize("prefix", ["/media", "/api/media"])
@pytest.mark.parametrize(
    ("wanted", "part", "told"),
    [
        ("bytes=0-9", PICTURE[:10], "bytes 0-9/10240"),
        ("bytes=10000-", PICTURE[10000:], "bytes 10000-10239/10240"),
        ("bytes=-5", PICTURE[-5:], "bytes 10235-10239/10240"),
    ],
)
def test_parts_of_media_can_be_had_both_ways(front: Front, prefix: str, wanted: str, part: bytes, told: str) -> None:
    answer, body = front.ask(f"{prefix}/image/7_20261122T101500/0001.png", Range=wanted)
    assert (answer.status, body, answer.headers["Content-Range"]) == (206, part, told)


def test_media_of_the_api_reach_the_api_whatever_their_ending(front: Front) -> None:
    answer, body = front.ask("/api/media/image/7_20261122T101500/0001.png")
    assert (answer.status, body) == (200, PICTURE)
    missing, problem = front.ask("/api/media/image/x.png")
    assert (missing.status, missing.headers["Content-Type"]) == (404, "application/problem+json")
    assert b'"status"' in problem


def test_what_a_browser_could_run_is_offered_as_a_download(front: Front) -> None:
    answer, _ = front.ask("/media/image/7_20261122T101500/page.html")
    assert answer.headers["Content-Disposition"] == "attachment"
    assert answer.headers["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize(
    "path",
    [
        "/media/.attempts/9-1/0001.png",
        "/media/image/7_20261122T101500/link.png",
        "/media/../secret.png",
        "/media/%2e%2e/secret.png",
        "/media/image/..%2f..%2fsecret.png",
        "/media../secret.png",
        "/media/nothing.png",
    ],
)
def test_nothing_but_finished_media_can_be_had(front: Front, path: str) -> None:
    answer, body = front.ask(path)
    assert answer.status in (400, 403, 404)
    assert b"secret" != body != b"half"


def test_events_arrive_one_by_one(front: Front) -> None:
    """The stream stays open; what happens is there long before it ends."""
    with closing(http.client.HTTPConnection("127.0.0.1", front.port, timeout=WAIT_SECONDS)) as connection:
        connection.request("GET", "/api/events")
        stream = connection.getresponse()
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        assert next(line for line in stream if line.startswith(b"event:")) == b"event: queue\n"
        with closing(sqlite3.connect(front.database)) as shell, shell:
            shell.execute("INSERT INTO prompts (prompt_text, prompt_type) VALUES ('from a shell', 'image')")
        told = next(line for line in stream if b"from a shell" in line)
    assert told.startswith(b"data:")


def test_prompts_can_be_sent_and_another_site_cannot(front: Front) -> None:
    words = '{"prompt_text": "through nginx", "prompt_type": "poem"}'
    with closing(http.client.HTTPConnection("127.0.0.1", front.port, timeout=WAIT_SECONDS)) as connection:
        for origin, status in ((f"http://127.0.0.1:{front.port}", 201), ("http://elsewhere.example", 403)):
            connection.request("POST", "/api/prompts", words, {"Content-Type": "application/json", "Origin": origin})
            answer = connection.getresponse()
            answer.read()
            assert answer.status == status
    assert front.ask("/healthz")[0].status == 200


def test_the_sample_needs_no_other_change_than_it_says() -> None:
    assert SAMPLE.read_text().count("# CHANGE") == 3


def test_nginx_asks_who_wants_to_see(locked: Front) -> None:
    """A file on the disk is as closed as the API: to a stranger, to a wrong token, to a forged link."""
    path = "/media/image/7_20261122T101500/0001.png"
    secret = new_token()
    with closing(open_database(locked.database)) as database:
        database.writing(tokens.add, "phone", digest(secret), ["read"], None)
    link = f"{path}?expires=9999999999&signature="
    with closing(sqlite3.connect(locked.database)) as shell, shell:
        shell.execute("INSERT INTO prompts (id, prompt_text, status) VALUES (900, 'shared', 'completed')")
        shell.execute("INSERT INTO prompt_artifacts (prompt_id, file_path) VALUES (900, ?)", (path[len("/media/") :],))
    signature = SigningKey(Location(locked.database).signing_key(), None).sign(path[len("/media/") :], 9999999999)

    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Cookie": "musings_session=wrong"}):
        for wanted in (path, "/api" + path, "/media/nothing.png", "/media/.attempts/9-1/0001.png", "/api/prompts"):
            refused, problem = locked.ask(wanted, **headers)
            assert (refused.status, refused.headers["Content-Type"]) == (401, "application/problem+json"), wanted
            assert PICTURE[:50] not in problem
    assert locked.ask("/may-see")[0].status in (401, 404)
    for wanted, headers in ((path, {"Authorization": f"Bearer {secret}"}), (link + signature, {})):
        answer, body = locked.ask(wanted, **headers)
        assert (answer.status, body) == (200, PICTURE)
        part, body = locked.ask(wanted, Range="bytes=0-9", **headers)
        assert (part.status, body) == (206, PICTURE[:10])
        again, _ = locked.ask(wanted, If_None_Match=answer.headers["ETag"], **headers)
        assert again.status == 304
    assert locked.ask(link + signature[::-1])[0].status == 403
    assert locked.ask("/media/nothing.png", Authorization=f"Bearer {secret}")[0].status == 404
