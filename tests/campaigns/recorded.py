"""``python -m tests.campaigns.recorded``: the API, the worker and a client under a recorder, until all prompts ended.

Each answer that a prompt is kept is marked in the recording, so that it is known of each moment what was promised.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any

import httpx

from tests.campaigns.recording import MARK

SECONDS = 300.0


def main(said: dict[str, Any]) -> int:
    words: Sequence[Sequence[str]] = said["programs"]
    programs = [subprocess.Popen((sys.executable, *each), stdin=subprocess.DEVNULL) for each in words]
    deadline = time.monotonic() + SECONDS
    try:
        _until_ready(said["url"], deadline)
        numbers = [_submit(said["url"], number, body) for number, body in enumerate(said["prompts"])]
        while time.monotonic() < deadline and not all(_has_ended(said["url"], each) for each in numbers):
            time.sleep(0.5)
    finally:
        for each in programs:
            each.send_signal(signal.SIGTERM)
        for each in programs:
            each.wait()
    return 0


def _until_ready(url: str, deadline: float) -> None:
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"{url}/healthz", timeout=5).status_code == 200:
                return
        time.sleep(0.2)


def _submit(url: str, number: int, body: dict[str, Any]) -> int:
    key = {"Idempotency-Key": f"recorded-{number}"}
    told = httpx.post(f"{url}/api/prompts", json=body, headers=key, timeout=60)
    told.raise_for_status()
    made = int(told.json()["id"])
    with contextlib.suppress(FileNotFoundError):
        os.open(f"{MARK}{made}", os.O_RDONLY)
    return made


def _has_ended(url: str, number: int) -> bool:
    found = httpx.get(f"{url}/api/prompts/{number}", timeout=60).json()
    return str(found["status"]) not in ("pending", "processing")


if __name__ == "__main__":
    raise SystemExit(main(json.loads(sys.argv[1])))
