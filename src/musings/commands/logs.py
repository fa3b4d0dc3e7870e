"""The last lines of the logs, media operations included; --prompt ID shows those of one prompt."""

import argparse
import re
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from musings.commands.opening import prompt_id, say, settings_for

LOOK_SECONDS = 0.5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--lines", type=int, default=40, metavar="N", help="how many of each log")
    parser.add_argument("--prompt", type=prompt_id, metavar="ID", help="only lines about this prompt")
    parser.add_argument("--follow", action="store_true", help="go on until Ctrl-C")


def run(arguments: argparse.Namespace) -> int:
    folder = settings_for(arguments).logging.directory
    files = sorted(folder.glob("musings-*.log"))
    if not files and not arguments.follow:
        say(f"No logs in {folder} yet.")
    about = re.compile(rf"prompt=['\"]?{arguments.prompt}\b|\"prompt\": ?{arguments.prompt}\b")
    ends = {}
    for file in files:
        with file.open(encoding="utf-8", errors="replace") as lines:
            wanted = (line for line in lines if arguments.prompt is None or about.search(line))
            for line in deque(wanted, maxlen=max(0, arguments.lines)):
                say(f"{file.stem.removeprefix('musings-'):<6} {line.rstrip()}")
            ends[file] = lines.tell()
    while arguments.follow:
        for name, line in _new_lines(folder, ends):
            if arguments.prompt is None or about.search(line):
                say(f"{name:<6} {line.rstrip()}")
        time.sleep(LOOK_SECONDS)
    return 0


def _new_lines(folder: Path, ends: dict[Path, int]) -> Iterator[tuple[str, str]]:
    """What was written since the last look; a rotated log is read from its beginning."""
    for file in sorted(folder.glob("musings-*.log")):
        size = file.stat().st_size
        start = ends.get(file, 0) if size >= ends.get(file, 0) else 0
        with file.open(encoding="utf-8", errors="replace") as lines:
            lines.seek(start)
            for line in lines:
                yield file.stem.removeprefix("musings-"), line
            ends[file] = lines.tell()
