"""The owner's control.sh: each of its words is one of `musings`."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.paths import ROOT


@pytest.fixture
def copied_door(tmp_path: Path) -> Path:
    """control.sh in a tree whose `musings` only says what it was called with."""
    folder = tmp_path / "a tree" / "poets-service-clean"
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "poets-service-clean" / "control.sh", folder)
    launcher = folder.parent / "musings"
    launcher.write_text('#!/bin/sh\nprintf "%s|" "$MUSINGS_CONFIG" "$@"\nexit 7\n')
    launcher.chmod(0o755)
    return folder / "control.sh"


@pytest.mark.parametrize(
    ("words", "forwarded"),
    [
        (["install"], "service|install|"),
        (["uninstall"], "service|uninstall|"),
        (["start"], "service|start|"),
        (["stop"], "service|stop|"),
        (["restart"], "service|restart|"),
        (["status", "--json"], "service|status|--json|"),
        (["logs"], "service|logs|--follow|"),
        (["test"], "doctor|"),
        (["migrate", "--db", "my file.db"], "migrate|--db|my file.db|"),
    ],
)
def test_control_sh_forwards(copied_door: Path, words: list[str], forwarded: str) -> None:
    done = subprocess.run(["sh", copied_door, *words], capture_output=True, text=True, check=False)
    assert done.stdout == f"{copied_door.parent}/poets_cron_config.json|{forwarded}"
    assert done.returncode == 7


def test_control_sh_refuses_what_it_does_not_know(copied_door: Path) -> None:
    for words in ([], ["explode"]):
        done = subprocess.run(["sh", copied_door, *words], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (2, "")
        assert "media prompts" in done.stderr


def test_control_sh_pleases_shellcheck() -> None:
    judge = shutil.which("shellcheck")
    if judge is None:
        pytest.skip("shellcheck is not here")
    done = subprocess.run(
        [judge, ROOT / "poets-service-clean" / "control.sh"], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.returncode) == ("", 0)
