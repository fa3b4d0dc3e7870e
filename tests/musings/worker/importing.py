"""A drain in a process of its own that writes down which thread imports what.

``python -m tests.musings.worker.importing CONFIG`` prints, as JSON, the modules that were imported on the thread of
an attempt without the lock of ``musings.late``. Those of the standard library do not count.
"""

import importlib.abc
import importlib.machinery
import json
import sys
import threading
from collections.abc import Sequence
from types import ModuleType

from musings import late
from musings.cli import main


class Witness(importlib.abc.MetaPathFinder):
    """Stands before all finders, so it is asked about every module that is not imported yet; it finds none."""

    def __init__(self) -> None:
        self.unguarded: list[tuple[str, str]] = []

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        thread = threading.current_thread()
        library = fullname.partition(".")[0]
        if thread is not threading.main_thread() and not late.is_mine() and library not in sys.stdlib_module_names:
            self.unguarded.append((thread.name, fullname))
        return None


if __name__ == "__main__":
    witness = Witness()
    sys.meta_path.insert(0, witness)
    code = main(["worker", "--drain", "--config", sys.argv[1]])
    print(json.dumps({"code": code, "unguarded": [each for each in witness.unguarded if each[1] in sys.modules]}))
