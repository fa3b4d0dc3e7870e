"""A server that has no free file descriptors says so once, and goes on when there are some again."""

import asyncio
import errno
import json
import os
import socket
import subprocess
import sys
import urllib.request
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from musings.api.exhaustion import QUIET_SECONDS, WORDS, Exhaustion
from tests.paths import ROOT
from tests.ports import free_port
from tests.waiting import until

DESCRIPTORS = 80
SECONDS = 60.0


def answers(port: int) -> bool:
    with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
        return bool(answer.status == 200)
    return False


def test_it_is_said_once_however_many_come(tmp_path: Path) -> None:
    config = tmp_path / "poets_cron_config.json"
    config.write_text(json.dumps({"logging": {"directory": "logs"}}))
    port = free_port()
    words = [sys.executable, "-m", "musings", "serve", "--config", str(config), "--port", str(port)]
    limited = ["/bin/sh", "-c", f'ulimit -n {DESCRIPTORS}; exec "$@"', "sh", *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    with (tmp_path / "said").open("wb") as said:
        server = subprocess.Popen(limited, cwd=tmp_path, env=environment, stdout=said, stderr=said)
    log = tmp_path / "logs" / "musings-api.log"
    try:
        until(lambda: answers(port), SECONDS)
        with ExitStack() as stack:
            for _ in range(DESCRIPTORS):
                stack.enter_context(socket.create_connection(("127.0.0.1", port), SECONDS))
            until(lambda: WORDS in log.read_text(), SECONDS)
        until(lambda: answers(port), SECONDS)
    finally:
        server.terminate()
        server.wait(SECONDS)
    assert log.read_text().count(WORDS) == 1
    assert "out of system resource" not in log.read_text() + (tmp_path / "said").read_text()


def test_it_is_said_again_after_a_while_and_other_errors_always(caplog: pytest.LogCaptureFixture) -> None:
    now = [0.0]
    handler, loop = Exhaustion(lambda: now[0]), asyncio.new_event_loop()
    full = {"message": "socket.accept() out of system resource", "exception": OSError(errno.EMFILE, "too many")}
    for at in (0.0, 1.0, QUIET_SECONDS, QUIET_SECONDS + 1):
        now[0] = at
        handler(loop, full)
    handler(loop, {"message": "something else broke", "exception": ValueError("x")})
    loop.close()
    assert caplog.text.count("no free file descriptors") == 2
    assert "something else broke" in caplog.text
