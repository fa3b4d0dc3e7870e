"""A real Chromium before the real program: ``musings up`` on a free port, in a folder of its own."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hatch_build
import pytest
from playwright.sync_api import Browser, ViewportSize, expect, sync_playwright

from fake_comfyui.server import FakeComfy
from tests.browser.desk import Desk
from tests.waiting import until

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_PATHS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
PATIENCE_MILLISECONDS = 30_000
STOP_SECONDS = 30
NOBODY = "http://127.0.0.1:9"
"""A server that does not answer: nothing listens on the port of `discard`."""

expect.set_options(timeout=PATIENCE_MILLISECONDS)


@dataclass
class Studio:
    """A running program and the folder that holds everything it keeps."""

    url: str
    folder: Path
    comfy: str
    """The address of the ComfyUI that answers; the studio knows of another that does not."""


def find_chromium() -> str | None:
    """The program that MUSINGS_CHROMIUM names, else a Chromium on PATH, else one of macOS' usual places."""
    named = os.environ.get("MUSINGS_CHROMIUM")
    if named:
        return named
    on_path = next(filter(None, map(shutil.which, NAMES)), None)
    return on_path or next((path for path in MAC_PATHS if Path(path).exists()), None)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """For one file: Playwright keeps an event loop running in its thread, where other tests want their own."""
    program = find_chromium()
    if program is None:
        pytest.skip("no Chromium was found: install one, or name it in MUSINGS_CHROMIUM")
    with sync_playwright() as playwright:
        # Chromium's own sandbox needs rights that the root of a container does not have.
        arguments = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def comfy() -> Iterator[str]:
    """The address of a ComfyUI without models."""
    with FakeComfy() as fake:
        yield fake.url


@pytest.fixture(scope="session")
def studio(comfy: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """One program for nearly all tests of the page, with the page as it is in this checkout."""
    folder = tmp_path_factory.mktemp("studio")
    with running(folder, {"media": {"comfyui": {"hosts": [comfy, NOBODY]}}}) as url:
        yield Studio(url, folder, comfy)


@contextlib.contextmanager
def running(folder: Path, settings: dict[str, Any], port: int = 0, verb: str = "up") -> Iterator[str]:
    """The address of ``musings up`` with these settings, in this folder; port 0 is a free one, not for ``serve``."""
    hatch_build.build_page(ROOT)
    config = folder / "poets_cron_config.json"
    config.write_text(json.dumps({"processing": {"backoff_seconds": 0.1, "shutdown_seconds": 1}, **settings}))
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MUSINGS_")}
    with (folder / "stderr.txt").open("w") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-m", "musings", verb, "--config", str(config), "--port", str(port)],
            env={**environment, "PYTHONPATH": str(ROOT / "src"), "PYTHONUNBUFFERED": "1"},
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )
    try:
        # `serve` is for services and says nothing; its port is known.
        yield _address(process, folder) if verb == "up" else _served(process, port)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=STOP_SECONDS)


def _served(process: subprocess.Popen[str], port: int) -> str:
    url = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        assert process.poll() is None
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/health") as answer:
            return bool(answer.status == 200)
        return False

    until(answers, PATIENCE_MILLISECONDS / 1000)
    return url


def _address(process: subprocess.Popen[str], folder: Path) -> str:
    said = []
    for line in process.stdout or ():
        said.append(line)
        if found := re.search(r"http://[\w.\[\]:]+:\d+", line):
            return found[0]
    words = "".join(said) + (folder / "stderr.txt").read_text()
    raise AssertionError(f"musings up ended with {process.wait(STOP_SECONDS)} before it gave an address:\n{words}")


@pytest.fixture
def desk(chromium: Browser, studio: Studio) -> Iterator[Desk]:
    """A desktop window. What the page says to the console or to nobody fails the test."""
    yield from window(chromium, studio.url, viewport={"width": 1280, "height": 900})


@pytest.fixture
def phone(chromium: Browser, studio: Studio) -> Iterator[Desk]:
    """A phone of 390 by 844 points, with fingers."""
    viewport: ViewportSize = {"width": 390, "height": 844}
    yield from window(chromium, studio.url, viewport=viewport, is_mobile=True, has_touch=True)


def window(chromium: Browser, url: str, **options: Any) -> Iterator[Desk]:
    """A window on the studio at an address; what goes wrong in it fails the test afterwards."""
    context = chromium.new_context(reduced_motion="reduce", **options)
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    page = context.new_page()
    opened = Desk(page, url)
    page.on("console", opened.hear)
    page.on("pageerror", lambda error: opened.troubles.append(str(error)))
    page.on("request", lambda request: opened.requests.append(f"{request.method} {request.url}"))
    yield opened
    context.close()
    assert opened.troubles == []
