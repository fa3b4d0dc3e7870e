"""The Pythons that are promised, and those that are tried: one list."""

import importlib.util
import re
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def smoke() -> ModuleType:
    spec = importlib.util.spec_from_file_location("smoke", ROOT / ".ci" / "smoke.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def promised(smoke: ModuleType) -> list[str]:
    found: list[str] = smoke.promised()
    return found


def test_the_oldest_that_is_promised_is_the_oldest_that_installs(promised: list[str]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["requires-python"] == f">={promised[0]}"


def test_no_version_between_is_left_out(promised: list[str]) -> None:
    minors = [int(version.partition(".")[2]) for version in promised]
    assert minors == list(range(minors[0], minors[-1] + 1))


def test_the_image_runs_on_one_that_is_tried(promised: list[str]) -> None:
    bases = re.findall(r"^FROM python:(\S+?)-slim\b", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert len(bases) == 2
    assert len(set(bases)) == 1, "the environment is made with the Python that runs it"
    assert bases[0] in promised


def test_the_gate_tries_every_one(smoke: ModuleType, promised: list[str]) -> None:
    gate = (ROOT / ".ci" / "run").read_text()
    assert "\n./musings test\n" in gate
    assert re.search(r"^\.venv/bin/python \.ci/smoke\.py --but ", gate, re.MULTILINE)
    assert smoke.next_after(promised) not in promised


def test_the_gate_runs_on_the_newest_that_is_here(
    smoke: ModuleType, promised: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "smoke.py --newest" in (ROOT / ".ci" / "run").read_text()
    monkeypatch.setattr(smoke, "interpreter", {promised[0]: "/first", promised[1]: "/second"}.get)
    assert smoke.newest() == "/second"


def test_a_python_that_is_not_here_is_passed_over_and_said(
    smoke: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    assert smoke.tried("3.99", must=True)
    assert capsys.readouterr().out == "Python 3.99: passed over, it is not on this machine\n"


@pytest.mark.parametrize(("must", "end"), [(True, "FAILED"), (False, "passed over, the packages cannot be installed")])
def test_missing_packages_fail_only_what_is_promised(
    smoke: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    must: bool,
    end: str,
) -> None:
    """A Python that has no venv to offer stands in for one without packages."""
    stub = tmp_path / "python3.99"
    stub.write_text('#!/bin/sh\n[ "$1" = -c ] && echo 3.99 && exit 0\nexit 1\n')
    stub.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert smoke.tried("3.99", must=must) is not must
    assert end in capsys.readouterr().out
