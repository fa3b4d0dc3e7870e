"""``./musings`` of a checkout, up to the point where it would need the network."""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import musings

ROOT = Path(musings.__file__).parents[2]
PROGRAM = """#!/bin/sh
echo "musings $*"
exit "${EXIT:-0}"
"""
PYTHON = """#!/bin/sh
case $1 in
-c) ;;
-m) echo "python -m $2" ;;
*) echo "python $(basename "$1")" ;;
esac
"""
SHELLS = [shell for shell in ("sh", "dash", "bash", "busybox") if shutil.which(shell)]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose environment is up to date, with a program that only says how it was called."""
    folder = tmp_path / "my checkout"
    binaries = folder / ".venv" / "bin"
    binaries.mkdir(parents=True)
    shutil.copytree(ROOT / "requirements", folder / "requirements")
    shutil.copyfile(ROOT / "requirements" / "run.txt", folder / ".venv" / ".musings-run")
    (folder / ".venv" / ".musings-built").touch()
    for name, text in (("musings", PROGRAM), ("python", PYTHON)):
        (binaries / name).write_text(text)
        (binaries / name).chmod(0o755)
    shutil.copy(ROOT / "musings", folder / "musings")
    return folder


def run(*words: str, path: str | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words, capture_output=True, text=True, cwd="/",
        env={"PATH": path or os.environ["PATH"], "HOME": "/nonexistent", **environment}, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_runs_it(checkout: Path, shell: str) -> None:
    first = (shell, "sh") if shell == "busybox" else (shell,)
    done = run(*first, str(checkout / "musings"), "submit", "a fox in the snow", "--wait")
    assert (done.returncode, done.stdout, done.stderr) == (0, "musings submit a fox in the snow --wait\n", "")


def test_words_and_exit_codes_pass_through(checkout: Path) -> None:
    for code in (0, 1, 2, 3, 75, 130):
        done = run(str(checkout / "musings"), "list", EXIT=str(code))
        assert (done.returncode, done.stdout) == (code, "musings list\n")
    assert run(str(checkout / "musings")).stdout == "musings \n"


@pytest.mark.parametrize("verb", ["up", "serve"])
def test_the_page_is_built_before_it_is_served(checkout: Path, verb: str) -> None:
    done = run(str(checkout / "musings"), verb, "--port", "0")
    assert done.stdout == f"python hatch_build.py\nmusings {verb} --port 0\n"


def test_a_link_leads_back_to_the_checkout(checkout: Path, tmp_path: Path) -> None:
    near = checkout / "near"
    near.symlink_to("musings")
    far = tmp_path / "bin"
    far.symlink_to(near)
    for link in (near, far):
        assert run(str(link), "list").stdout == "musings list\n"


def test_two_that_come_at_once_set_up_once(checkout: Path) -> None:
    """The second waits for the first, looks again, and finds nothing left to do."""
    stamp = checkout / ".venv" / ".musings-run"
    stamp.unlink()
    (checkout / ".venv" / "bin" / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    other = os.open(checkout / "requirements", os.O_RDONLY)
    try:
        fcntl.flock(other, fcntl.LOCK_EX)
        with subprocess.Popen(
            [checkout / "musings", "list"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as second:
            assert second.stderr is not None
            assert second.stderr.readline() == "Waiting for another ./musings that sets up .venv …\n"
            shutil.copyfile(checkout / "requirements" / "run.txt", stamp)
            fcntl.flock(other, fcntl.LOCK_UN)
            assert second.communicate(timeout=60) == ("musings list\n", "")
            assert second.returncode == 0
    finally:
        os.close(other)


def test_the_program_does_not_hold_the_lock(checkout: Path) -> None:
    stamp = checkout / ".venv" / ".musings-run"
    stamp.unlink()
    python = checkout / ".venv" / "bin" / "python"
    python.write_text(f'#!/bin/sh\n[ "$1" = -c ] || exit 0\nexec {sys.executable} "$@"\n')  # installs nothing, well
    uv = checkout / ".venv" / "bin" / "uv"
    uv.write_text("#!/bin/sh\n")
    uv.chmod(0o755)
    shutil.copyfile(checkout / "requirements" / "uv.txt", checkout / ".venv" / ".musings-uv")
    (checkout / ".venv" / "bin" / "musings").write_text("#!/bin/sh\necho started\nread answer\n")
    with subprocess.Popen(
        [checkout / "musings", "up"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as one:
        assert one.stdout is not None
        assert one.stdout.readline() == "started\n"
        lock = os.open(checkout / "requirements", os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        finally:
            os.close(lock)
        one.communicate("\n", timeout=60)
    assert stamp.exists()


def test_without_python_it_says_what_is_needed(checkout: Path, tmp_path: Path) -> None:
    shutil.rmtree(checkout / ".venv")
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("sh", "dirname", "readlink", "cmp", "rm", "cp"):
        (tools / name).symlink_to(str(shutil.which(name)))
    for stub in (None, "python3"):
        if stub:
            (tools / stub).write_text("#!/bin/sh\nexit 1\n")  # too old, or without venv
            (tools / stub).chmod(0o755)
        done = run(str(checkout / "musings"), "list", path=str(tools))
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("musings: Python 3.11 or later with its venv module is needed")
        assert not (checkout / ".venv").exists()


@pytest.mark.parametrize("asked", ["/nonexistent/python3", "false"])
def test_a_python_that_was_asked_for_and_does_not_serve_is_named(checkout: Path, tmp_path: Path, asked: str) -> None:
    shutil.rmtree(checkout / ".venv")
    (tmp_path / "python3").write_text('#!/bin/sh\n[ "$1" = -c ] || echo "python3 $*"\n')
    (tmp_path / "python3").chmod(0o755)
    path = os.pathsep.join((str(tmp_path), os.environ["PATH"]))
    done = run(str(checkout / "musings"), "list", path=path, MUSINGS_PYTHON=asked)
    assert done.stderr.startswith(f"musings: MUSINGS_PYTHON is {asked}, which is no Python 3.11 or later")
    assert done.stdout.startswith("python3 -m venv "), "another one serves"


@pytest.mark.parametrize("change", ["requirements", "stamp", "unfinished"])
def test_it_sets_up_again_when_something_changed(checkout: Path, change: str) -> None:
    """It gets as far as the first thing that this half of an environment cannot do, and says so."""
    if change == "requirements":
        (checkout / "requirements" / "run.txt").write_text("other")
    elif change == "stamp":
        (checkout / ".venv" / ".musings-run").unlink()
    else:
        (checkout / ".venv" / ".musings-built").unlink()
    done = run(str(checkout / "musings"), "list")
    assert (done.returncode, done.stdout) == (2, "python -m pip\n")
    assert "Installing the locked packages (run)" in done.stderr
    assert "musings: the packages could not be installed" in done.stderr


@pytest.mark.parametrize(
    "words", [("service", "install"), ("service", "--config", "x.json", "install"), ("service", "restart")]
)
def test_the_page_is_built_before_the_service_serves_it(checkout: Path, words: tuple[str, ...]) -> None:
    said = f"musings {' '.join(words)}\n"
    assert run(str(checkout / "musings"), *words).stdout == f"python hatch_build.py\n{said}"
    assert run(str(checkout / "musings"), "service", "status").stdout == "musings service status\n"


def test_the_checks_look_at_the_page_too(checkout: Path) -> None:
    shutil.copyfile(ROOT / "requirements" / "check.txt", checkout / ".venv" / ".musings-check")
    for name in ("ruff", "mypy"):
        (checkout / ".venv" / "bin" / name).write_text(f'#!/bin/sh\necho {name} "$1"\nexit "${{EXIT:-0}}"\n')
        (checkout / ".venv" / "bin" / name).chmod(0o755)
    (checkout / ".venv" / "bin" / "python").write_text('#!/bin/sh\necho "$(basename "$1") $2"\n')
    done = run(str(checkout / "musings"), "check")
    assert done.stdout.splitlines() == ["ruff format", "ruff check", "mypy ", "hatch_build.py check"]
    failed = run(str(checkout / "musings"), "check", EXIT="1")
    assert (failed.returncode, failed.stdout) == (1, "ruff format\n")


def test_the_owners_configuration_is_made_once(checkout: Path) -> None:
    doors = checkout / "poets-service-clean"
    doors.mkdir()
    (doors / "poets_cron_config.sample.json").write_text("{}")
    own = doors / "poets_cron_config.json"
    assert run(str(checkout / "musings"), "list").stderr == ""
    assert own.read_text() == "{}"
    own.write_text('{"server": {"port": 1}}')
    run(str(checkout / "musings"), "list")
    assert own.read_text() == '{"server": {"port": 1}}'
    assert {path.name for path in doors.iterdir()} == {own.name, "poets_cron_config.sample.json"}
