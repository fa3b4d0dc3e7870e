"""Disks for tests that need one to be full, read-only or away, and files that this user may not write.

Mounts in memory, which take root; elsewhere the test is skipped.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

NOBODY = 65534


@contextmanager
def small_disk_at(folder: Path, megabytes: int = 2) -> Iterator[Path]:
    """A disk of so many megabytes, mounted at ``folder``, which is made where it is missing.

    An empty database and its log take 700 kB, and once more as much while the log is written back.
    """
    folder.mkdir(parents=True, exist_ok=True)
    mount(folder, megabytes)
    try:
        yield folder
    finally:
        # Lazily: what a test has left open must not keep the mount for ever.
        subprocess.run(["umount", "-l", str(folder)], check=True)


def mount(folder: Path, megabytes: int = 2) -> None:
    words = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(words, check=False, capture_output=True).returncode != 0:
        pytest.skip("a small disk cannot be mounted here: it takes root")


def remount(folder: Path, how: str) -> None:
    """``ro`` or ``rw``."""
    subprocess.run(["mount", "-o", f"remount,{how}", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """A file that takes all that is left."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (4096, 1):
            while True:
                try:
                    file.write(b"x" * size)
                except OSError:
                    break
    return ballast


def as_nobody() -> AbstractContextManager[None]:
    """Without the right of root to write everything."""
    return as_somebody(NOBODY)


@contextmanager
def as_somebody(user: int) -> Iterator[None]:
    """Root as another user, and back; anybody else stays who they are."""
    if os.getuid() != 0:
        yield
        return
    before = os.geteuid()
    os.seteuid(0)
    os.seteuid(user)
    try:
        yield
    finally:
        os.seteuid(0)
        os.seteuid(before)
