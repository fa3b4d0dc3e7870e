"""The container's files, as far as they can be judged without building it."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]


@pytest.fixture
def dockerfile() -> list[str]:
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@pytest.fixture
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return found


def test_images_are_named_without_a_host(dockerfile: list[str], compose: dict[str, Any]) -> None:
    named = [line.split()[1] for line in dockerfile if line.startswith("FROM ")]
    named += [service["image"] for service in compose["services"].values()]
    assert named
    for name in named:
        assert "/" not in name
        assert not re.search(r"[.:]\d*/", name)


def test_everything_that_is_copied_is_there_and_not_ignored(dockerfile: list[str]) -> None:
    allowed = {
        line[1:].rstrip("/") for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")
    }
    copied = {
        word.rstrip("/")
        for line in dockerfile
        if line.startswith("COPY ") and "--from" not in line
        for word in line.split()[1:-1]
    }
    assert copied == allowed
    assert all((ROOT / name).exists() for name in copied)


def test_the_packages_are_those_of_the_lock_and_nobody_is_root(dockerfile: list[str]) -> None:
    installs = re.findall(r"pip install ([^&]*)", " ".join(dockerfile))
    assert installs
    assert all("--require-hashes" in each or "--no-index" in each for each in installs)
    assert [line for line in dockerfile if line.startswith("USER")] == ["USER musings"]
    assert dockerfile.index("USER musings") > max(n for n, line in enumerate(dockerfile) if line.startswith("RUN"))


def test_only_this_machine_reaches_the_containers(compose: dict[str, Any]) -> None:
    published = [port for service in compose["services"].values() for port in service.get("ports", [])]
    assert published == ["127.0.0.1:3001:3001"]
    assert compose["services"]["nginx"]["network_mode"] == "service:api"


def test_worker_and_api_share_one_local_volume(compose: dict[str, Any]) -> None:
    api, worker = compose["services"]["api"], compose["services"]["worker"]
    assert api["volumes"] == worker["volumes"] == ["musings:/data"]
    assert compose["volumes"] == {"musings": None}
    assert (api["command"], worker["command"]) == (["serve"], ["worker"])


def test_behind_nginx_the_api_stays_on_loopback(dockerfile: list[str], compose: dict[str, Any]) -> None:
    [environment] = [line for line in dockerfile if line.startswith("ENV PATH=")]
    assert "MUSINGS_SERVER__HOST=0.0.0.0" in environment.split()
    api, worker = compose["services"]["api"]["environment"], compose["services"]["worker"]["environment"]
    assert api == worker | {"MUSINGS_SERVER__HOST": "127.0.0.1"}


def test_the_listening_line_that_compose_changes_is_in_the_sample(compose: dict[str, Any]) -> None:
    command = compose["services"]["nginx"]["command"][-1]
    wanted = re.search(r"s/(listen 127\.0\.0\.1:3001)/", command)
    assert wanted is not None
    assert wanted[1] + ";" in (ROOT / "deploy/nginx.conf").read_text()
