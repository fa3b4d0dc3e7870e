"""What programs did to files, as ``strace`` saw it: a list of events in the order in which the kernel finished them.

Nothing in the programs is changed for it. Only calls that SQLite and Python make on files are read; one that changes a
file in another way (``copy_file_range``, ``sendfile``, a shared mapping) is listed in ``unread``, so that a recording
which the model cannot hold is no silent success.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

CALLS = (
    *(
        "openat",
        "open",
        "creat",
        "lseek",
        "write",
        "pwrite64",
        "writev",
        "pwritev",
        "pwritev2",
        "ftruncate",
        "truncate",
    ),
    *("fallocate", "fsync", "fdatasync", "rename", "renameat", "renameat2", "unlink", "unlinkat", "link", "linkat"),
    *("mkdir", "mkdirat", "rmdir", "copy_file_range", "sendfile"),
)
MARK = "/musings-acknowledged/"
"""A path that is never there: to open ``MARK`` + an id says in the recording that this prompt was acknowledged."""
LONGEST = 50_000_000
_LINE = re.compile(r"^(\d+) +(.*)$")
_BEGUN = re.compile(r"^(\w+)\((.*) <unfinished \.\.\.>$", re.DOTALL)
_GOES_ON = re.compile(r"^<\.\.\. (\w+) resumed>(.*)$", re.DOTALL)
_CALL = re.compile(r"^(\w+)\((.*)\)\s+= (-?\d+)(?:<(.*)>)?.*$", re.DOTALL)
_STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')
_OPENED = re.compile(r"^(\d+)<((?:\\x[0-9a-f]{2})*)(?:\(deleted\))?>")
_BEFORE = re.compile(r"^(?:AT_FDCWD|\d+)(?:<((?:\\x[0-9a-f]{2})*)>)?")


@dataclass(frozen=True)
class Event:
    """``what`` is write, size, sync, create, rename, unlink, link, mkdir, rmdir or acknowledge.

    ``began`` is the place in the list that a sync speaks for: what came later need not be on the disk.
    """

    what: str
    path: str = ""
    other: str = ""
    offset: int = 0
    data: bytes = b""
    began: int = 0


@dataclass
class Recording:
    events: list[Event] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)


def words(log: Path) -> list[str]:
    """The command before the one that is to be recorded."""
    return ["strace", "-f", "-y", "-xx", "-s", str(LONGEST), "-e", f"trace={','.join(CALLS)}", "-o", str(log)]


def read(log: Path, folder: Path) -> Recording:
    """What was done below ``folder``, with paths relative to it."""
    reader = _Reader(str(folder))
    with log.open(encoding="ascii", errors="replace") as file:
        for line in file:
            reader.line(line.rstrip("\n"))
    return reader.recording


class _Reader:
    def __init__(self, root: str) -> None:
        self.recording = Recording()
        self._root = root.rstrip("/") + "/"
        self._open: dict[str, tuple[str, int]] = {}  # by thread: how its unfinished call began, and when
        self._places: dict[tuple[str, str], int] = {}
        self._appending: set[tuple[str, str]] = set()
        self._sizes: dict[str, int] = {}

    def line(self, line: str) -> None:
        if (found := _LINE.match(line)) is None:
            return
        thread, said = found.groups()
        began = len(self.recording.events)
        if begun := _BEGUN.match(said):
            self._open[thread] = (f"{begun[1]}({begun[2]}", began)
            return
        if goes_on := _GOES_ON.match(said):
            first, began = self._open.pop(thread, ("", began))
            said = first + goes_on[2]
        if (call := _CALL.match(said)) is not None and int(call[3]) >= 0:
            self._call(call[1], call[2], int(call[3]), began)
        elif call is not None and MARK in _text(call[2]):
            number = _text(call[2]).rpartition(MARK)[2].partition('"')[0].partition(",")[0]
            self._say(Event("acknowledge", other=number))

    def _say(self, event: Event) -> None:
        self.recording.events.append(event)

    def _inside(self, path: str) -> str | None:
        """The path from the root on, empty for the root itself; None for what is elsewhere."""
        if f"{path}/" == self._root:
            return ""
        return path.removeprefix(self._root) if path.startswith(self._root) else None

    def _call(self, name: str, arguments: str, result: int, began: int) -> None:
        if name in ("openat", "open", "creat"):
            self._opened(name, arguments, result)
        elif name in ("rename", "renameat", "renameat2", "link", "linkat"):
            self._two(name, arguments)
        elif name in ("unlink", "unlinkat", "mkdir", "mkdirat", "rmdir"):
            if (path := self._inside(_named(arguments))) is not None:
                removes_folder = name == "unlinkat" and "AT_REMOVEDIR" in arguments
                self._say(Event("rmdir" if removes_folder else name.removesuffix("at"), path))
        elif (opened := _OPENED.match(arguments)) is not None:
            path = self._inside(_bytes(opened[2]).decode("utf-8", "surrogateescape"))
            if path is not None:
                self._on_file(name, arguments, result, began, (path, opened[1]))

    def _opened(self, name: str, arguments: str, result: int) -> None:
        path = self._inside(_named(arguments))
        if path is None:
            return
        key = (path, str(result))
        self._places[key] = 0
        self._appending.discard(key)
        if "O_APPEND" in arguments:
            self._appending.add(key)
        if "O_TRUNC" in arguments or name == "creat":
            self._say(Event("create", path))
            self._say(Event("size", path, offset=0))
            self._sizes[path] = 0
        elif "O_CREAT" in arguments:
            self._say(Event("create", path))

    def _two(self, name: str, arguments: str) -> None:
        found = [_bytes(each[1]).decode("utf-8", "surrogateescape") for each in _STRING.finditer(arguments)]
        path, other = self._inside(found[0]), self._inside(found[1])
        if path is None or other is None:
            return
        if name.startswith("rename"):
            self._sizes[other] = self._sizes.pop(path, 0)
        self._say(Event("rename" if name.startswith("rename") else "link", path, other))

    def _on_file(self, name: str, arguments: str, result: int, began: int, key: tuple[str, str]) -> None:
        path = key[0]
        if name == "lseek":
            self._places[key] = result
        elif name in ("write", "pwrite64", "writev"):
            found = list(_STRING.finditer(arguments, _OPENED.match(arguments).end()))  # type: ignore[union-attr]
            if any(each[2] for each in found):
                self.recording.unread.add(f"a {name} that is too long")
            data = b"".join(_bytes(each[1]) for each in found)[:result]
            if name == "pwrite64":
                offset = int(arguments.rpartition(",")[2])
            else:
                offset = self._sizes.get(path, 0) if key in self._appending else self._places.get(key, 0)
                self._places[key] = offset + len(data)
            self._sizes[path] = max(self._sizes.get(path, 0), offset + len(data))
            self._say(Event("write", path, offset=offset, data=data))
        elif name == "ftruncate":
            size = int(arguments.rpartition(",")[2])
            self._sizes[path] = size
            self._say(Event("size", path, offset=size))
        elif name in ("fsync", "fdatasync"):
            self._say(Event("sync", path, began=began))
        else:
            self.recording.unread.add(f"{name} of {path}")


def _named(arguments: str) -> str:
    """The path that a call names: absolute, or below the folder that it gives."""
    name = _STRING.search(arguments)
    path = _bytes(name[1]).decode("utf-8", "surrogateescape") if name else ""
    if path.startswith("/"):
        return path
    before = _BEFORE.match(arguments)
    folder = _bytes(before[1]).decode("utf-8", "surrogateescape") if before and before[1] else ""
    return f"{folder}/{path}"


def _bytes(hexed: str | None) -> bytes:
    return bytes.fromhex((hexed or "").replace("\\x", ""))


def _text(arguments: str) -> str:
    return " ".join(_each(arguments))


def _each(arguments: str) -> Iterator[str]:
    for found in _STRING.finditer(arguments):
        yield _bytes(found[1]).decode("utf-8", "replace")
