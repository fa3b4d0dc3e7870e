"""The plan's common helpers: the command runner, the configuration and the paths, each a door to the product's own.

An exported script in this folder that says ``import utils`` means ComfyUI's package of that name, which this file would
hide: it steps aside then.
"""

import importlib
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

FOLDER = Path(__file__).resolve().parents[1]
CONFIG = FOLDER / "poets_cron_config.json"

if __name__ == "utils":  # as ``media.utils`` it is ours
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [path for path in sys.path if os.path.abspath(path) != here]
    del sys.modules[__name__]
    try:
        importlib.import_module(__name__)
    finally:
        sys.path.append(here)  # what else lies here is still found, after ComfyUI's
else:
    from musings import process
    from musings.worker.standalone import settings_of

if TYPE_CHECKING:
    from musings.process import Completed


def run_command(command: Sequence[str], *, cwd: Path | None = None, timeout: float | None = None) -> "Completed":
    """Run a list of words to its end; nothing of its process group is left. ``timeout`` in seconds.

    Raises ``CommandError``, with code, stdout and stderr, when it fails, and ``TimedOut``.
    """
    return process.run(command, cwd=cwd, timeout=timeout)


def load_config(path: Path = CONFIG) -> dict[str, Any]:
    """The configuration file as it stands; nothing where there is none. Its ``media`` section is what ``run`` takes."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8-sig")) if path.is_file() else {}
    return found


def media_root(config: Mapping[str, Any]) -> Path:
    """The absolute folder of the artifacts, from ``comfyui.output_directory``."""
    return settings_of(config, FOLDER).media_root


def relative_path(path: Path, config: Mapping[str, Any]) -> str:
    """A file as rows name it: relative to the media root, with ``/``. Raises ``ValueError`` for one outside."""
    return path.resolve().relative_to(media_root(config).resolve()).as_posix()
