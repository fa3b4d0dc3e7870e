"""A real prune in a process that ends itself by SIGKILL where a test says: ``program.py CONFIG STEP NUMBER``."""

import os
import signal
import sys
from pathlib import Path

from musings.config.settings import load
from musings.files.media_root import MediaRoot
from musings.housekeeping import pruning
from musings.sqlite.database import open_database


def main(config: str, step: str, number: str) -> int:
    settings = load(Path(config), {}, Path.cwd())
    database, root = open_database(settings.database.path), MediaRoot(settings.media_root)
    rules = pruning.rules_of(settings.media.retention)
    left = int(number)

    def at_step(name: str) -> None:
        nonlocal left
        left -= name == step
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    pruning.prune(database, root, pruning.plan(database, root, rules), rules, at_step=at_step)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
