"""Kill a piece of work by SIGKILL at many moments, from its first to its last."""

import multiprocessing
import time
from collections.abc import Callable
from pathlib import Path

PRELOADED = ["alembic.command", "alembic.script", "musings.sqlite.schema", "musings.archive.export"]
Work = Callable[[Path], None]
_SERVER = multiprocessing.get_context("forkserver")
_Child = multiprocessing.context.ForkServerProcess


def kill_at_many_moments(
    work: Work, folder: Path, kills: int, prepare: Callable[[], None], judge: Callable[[], None]
) -> None:
    """Run ``work(folder)`` in processes of its own, each killed a little later than the one before.

    ``prepare`` sets the ground before each, ``judge`` looks at what was left. ``work`` is a function of a module.
    """
    _SERVER.set_forkserver_preload([*PRELOADED, work.__module__])
    mark = folder.with_name(folder.name + ".begun")
    seconds = []
    for _ in range(2):
        prepare()
        child = _begun(work, folder, mark)
        began = time.monotonic()
        child.join()
        assert child.exitcode == 0
        seconds.append(time.monotonic() - began)
    for number in range(kills):
        prepare()
        child = _begun(work, folder, mark)
        last = number == kills - 1  # is let finish, whatever else the machine is doing
        child.join(None if last else max(seconds) * 1.1 * number / kills)
        child.kill()
        child.join()
        judge()


def _begun(work: Work, folder: Path, mark: Path) -> _Child:
    mark.unlink(missing_ok=True)
    child = _SERVER.Process(target=_work, args=(work, folder, mark))
    child.start()
    while not mark.exists():
        assert child.is_alive() or mark.exists()
        child.join(0.001)
    return child


def _work(work: Work, folder: Path, mark: Path) -> None:
    mark.touch()
    work(folder)
