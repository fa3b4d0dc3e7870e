"""The last lines of the logs, media operations included; --prompt ID shows those of one prompt."""

import argparse
import os
import re
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from musings.commands.opening import prompt_id, say, settings_for

LOOK_SECONDS = 0.5
ROTATED = re.compile(r"(?P<log>musings-.+\.log)(?:\.(?P<age>\d+))?")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--lines", type=int, default=40, metavar="N", help="how many of each log")
    parser.add_argument("--prompt", type=prompt_id, metavar="ID", help="only lines about this prompt")
    parser.add_argument("--follow", action="store_true", help="go on until Ctrl-C")


def run(arguments: argparse.Namespace) -> int:
    folder = settings_for(arguments).logging.directory
    found = generations(folder)
    if not found and not arguments.follow:
        say(f"No logs in {folder} yet.")
    about = re.compile(rf"prompt=['\"]?{arguments.prompt}\b|\"prompt\": ?{arguments.prompt}\b")
    places: dict[str, _Place] = {}
    shown = 0
    for log, files in found.items():
        last: deque[str] = deque(maxlen=max(0, arguments.lines))
        for file in files:
            for line in _lines(file, log, places):
                if arguments.prompt is None or about.search(line):
                    last.append(line)
        shown += len(last)
        for line in last:
            say(_shown(log, line))
    if found and not shown and arguments.prompt is not None and not arguments.follow:
        say(f"No log in {folder} tells of prompt {arguments.prompt}.")
    while arguments.follow:
        for log, line in _new_lines(folder, places):
            if arguments.prompt is None or about.search(line):
                say(_shown(log, line))
        time.sleep(LOOK_SECONDS)
    return 0


def generations(folder: Path) -> dict[str, list[Path]]:
    """The files of each log in the order in which they were written: what was rotated away longest ago comes first."""
    found: dict[str, dict[int, Path]] = {}
    for file in folder.glob("musings-*.log*"):
        named = ROTATED.fullmatch(file.name)
        if named is not None:
            found.setdefault(named["log"], {})[int(named["age"] or 0)] = file
    return {log: [files[age] for age in sorted(files, reverse=True)] for log, files in sorted(found.items())}


@dataclass(frozen=True)
class _Place:
    """How far a log was read: in which file, whatever it is called now, and up to which byte."""

    inode: int
    end: int


_NOWHERE = _Place(-1, 0)


def _lines(file: Path, log: str, places: dict[str, _Place], start: int = 0, inode: int | None = None) -> Iterator[str]:
    """The lines of a file from a byte on; remembers how far it was read. One that is rotated away has none.

    ``inode`` is the file that is meant: another that has taken its name since is left for the next look.
    """
    try:
        with file.open(encoding="utf-8", errors="replace") as lines:
            found = os.fstat(lines.fileno()).st_ino
            if inode is not None and found != inode:
                return
            lines.seek(start)
            yield from iter(lines.readline, "")
            places[log] = _Place(found, lines.tell())
    except FileNotFoundError:
        return


def _new_lines(folder: Path, places: dict[str, _Place]) -> Iterator[tuple[str, str]]:
    """What was written since the last look: the rest of the file that was read last, then those that came after it."""
    for log, files in generations(folder).items():
        place = places.get(log)
        inodes = [_inode(file) for file in files]
        known = inodes.index(place.inode) if place is not None and place.inode in inodes else None
        first = known if known is not None else len(files) - 1
        for at in range(first, len(files)):
            start = place.end if place is not None and at == known else 0
            start = start if _size(files[at]) >= start else 0  # emptied in its place
            for line in _lines(files[at], log, places, start, inodes[at]):
                yield log, line
            if places.get(log, _NOWHERE).inode != inodes[at]:
                break  # rotated just now: what came after it must not be taken for what was read


def _shown(log: str, line: str) -> str:
    return f"{log.removeprefix('musings-').removesuffix('.log'):<6} {line.rstrip()}"


def _inode(file: Path) -> int:
    try:
        return file.stat().st_ino
    except FileNotFoundError:
        return -1


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0
