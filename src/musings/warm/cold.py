"""The program that runs an export of SaveAsScript once, where the export itself forgets a name.

Run by path with ComfyUI's Python (3.9 or later), so it imports the standard library alone and nothing of ours::

    python cold.py EXPORT [WORD…]

Exports of September 2025 to July 2026 read ``has_manager`` everywhere and set it only where ComfyUI-Manager is
installed. A builtin of that name is what they find where nobody has set it.
"""

import builtins
import runpy
import sys
from pathlib import Path


def main() -> None:
    export = sys.argv[1]
    if not hasattr(builtins, "has_manager"):
        builtins.has_manager = False  # type: ignore[attr-defined]
    sys.argv = sys.argv[1:]
    sys.path[0] = str(Path(export).parent)
    runpy.run_path(export, run_name="__main__")


if __name__ == "__main__":
    main()
