"""The command line as a program of its own, and what it said."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import musings

SECONDS = 60


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Said]


def environment(home: Path, **more: str) -> dict[str, str]:
    """The little that a program needs, and nothing of the developer's own settings."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, "HOME": str(home), "PYTHONPATH": str(Path(musings.__file__).parents[1]), **more}


def command(*words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "musings", *words)


@contextmanager
def running(config: Path, *words: str, **more: str) -> Iterator[subprocess.Popen[str]]:
    """``musings`` as a program that goes on; whatever becomes of the test, it is gone at the end."""
    child = subprocess.Popen(
        command(*words), cwd=config.parent, env=environment(config.parent, PYTHONUNBUFFERED="1", **more),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        yield child
    finally:
        child.kill()
        child.wait()
        if child.stdout is not None:
            child.stdout.close()
