"""What a power cut may leave on a disk: pure, from a recording.

Two models. *posix* promises only what POSIX does: the bytes of a file are there after a sync of the file, a name after
a sync of its folder; of everything else any part may be there, and a file may be torn at any sector of 512 bytes.
*journal* is what ext4 and XFS add: names change in the order in which they were changed, and any sync brings
with it all changes of names before it. The bytes of files that were not synced may still be missing.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.campaigns.recording import Event

SECTOR = 512
MODELS = ("posix", "journal")


@dataclass(eq=False)
class Inode:
    """A file: what of it is on the disk, and what was done to it since, with the place of each in the recording."""

    durable: bytes = b""
    pending: list[tuple[int, Event]] = field(default_factory=list)


@dataclass(eq=False)
class Folder:
    """``names`` are what programs see, ``durable`` what is on the disk; ``pending`` are changes since: when, which
    name, and what it names then, None for nothing.
    """

    names: dict[str, "Inode | Folder"] = field(default_factory=dict)
    durable: dict[str, "Inode | Folder"] = field(default_factory=dict)
    pending: list[tuple[int, str, "Inode | Folder | None"]] = field(default_factory=list)

    def change(self, at: int, name: str, found: "Inode | Folder | None") -> None:
        _put(self.names, name, found)
        self.pending.append((at, name, found))

    def sync(self, before: int) -> None:
        for at, name, found in self.pending:
            if at < before:
                _put(self.durable, name, found)
        self.pending = [each for each in self.pending if each[0] >= before]


class Disk:
    """``files`` are what is on the disk at the beginning; folders are ``folders``, those above come first."""

    def __init__(self, files: Mapping[str, bytes], folders: Sequence[str], model: str) -> None:
        self._model = model
        self._root = Folder()
        self._folders = [self._root]
        self._at = 0
        for path in sorted(folders):
            self._lay(path, self._new_folder())
        for path, content in files.items():
            self._lay(path, Inode(content))

    def play(self, event: Event) -> None:
        """One event of the recording, in order. What names nothing that is known is passed over."""
        at, self._at = self._at, self._at + 1
        found = self._found(event.path)
        if event.what in ("write", "size"):
            if isinstance(found, Inode):
                found.pending.append((at, event))
        elif event.what == "sync":
            self._sync(found, event.began)
        elif event.what in ("create", "mkdir"):
            if found is None:
                self._change(at, event.path, Inode() if event.what == "create" else self._new_folder())
        elif event.what in ("unlink", "rmdir"):
            self._change(at, event.path, None)
        elif event.what in ("link", "rename") and found is not None:
            self._change(at, event.other, found)
            if event.what == "rename":
                self._change(at, event.path, None)

    def cut(self, chance: random.Random) -> tuple[dict[str, bytes], set[str]]:
        """A state that the disk may be in now: files with their bytes, and folders."""
        times = sorted({at for folder in self._folders for at, _, _ in folder.pending})
        how = chance.choice(("none", "all", "some"))
        if how == "some" and self._model == "journal":
            kept = set(times[: chance.randint(0, len(times))])
        elif how == "some":
            kept = {at for at in times if chance.random() < 0.5}
        else:
            kept = set(times if how == "all" else ())
        contents: dict[Inode, bytes] = {}
        files: dict[str, bytes] = {}
        folders: set[str] = set()

        def walk(folder: Folder, above: str, seen: frozenset[int]) -> None:
            names = dict(folder.durable)
            for at, name, found in folder.pending:
                if at in kept:
                    _put(names, name, found)
            for name, found in names.items():
                path = f"{above}{name}"
                if isinstance(found, Inode):
                    contents.setdefault(found, b"")
                    contents[found] = contents[found] or _content(found, chance)
                    files[path] = contents[found]
                elif id(found) not in seen:
                    folders.add(path)
                    walk(found, f"{path}/", seen | {id(found)})

        walk(self._root, "", frozenset())
        return files, folders

    def _new_folder(self) -> Folder:
        made = Folder()
        self._folders.append(made)
        return made

    def _lay(self, path: str, found: Inode | Folder) -> None:
        above, _, name = path.rpartition("/")
        folder = self._found(above)
        if isinstance(folder, Folder):
            folder.names[name] = folder.durable[name] = found

    def _found(self, path: str) -> Inode | Folder | None:
        found: Inode | Folder | None = self._root
        for part in path.split("/") if path else ():
            found = found.names.get(part) if isinstance(found, Folder) else None
        return found

    def _change(self, at: int, path: str, found: Inode | Folder | None) -> None:
        above, _, name = path.rpartition("/")
        folder = self._found(above)
        if isinstance(folder, Folder):
            folder.change(at, name, found)

    def _sync(self, found: Inode | Folder | None, began: int) -> None:
        if isinstance(found, Inode):
            done = [each for at, each in found.pending if at < began]
            found.pending = [(at, each) for at, each in found.pending if at >= began]
            found.durable = _applied(found.durable, done)
        elif isinstance(found, Folder):
            found.sync(began)
        if self._model == "journal":
            for folder in self._folders:
                folder.sync(began)


def _put(names: dict[str, Inode | Folder], name: str, found: Inode | Folder | None) -> None:
    if found is None:
        names.pop(name, None)
    else:
        names[name] = found


def _content(inode: Inode, chance: random.Random) -> bytes:
    """The bytes of a file: of what was not synced nothing, all, a beginning, or any part; the last write torn."""
    events = [event for _, event in inode.pending]
    how = chance.choice(("none", "all", "beginning", "part"))
    if how == "none" or not events:
        return inode.durable
    if how == "beginning":
        events = events[: chance.randint(0, len(events))]
    elif how == "part":
        events = [each for each in events if chance.random() < 0.5]
    if how != "all" and events and events[-1].what == "write":
        last = events[-1]
        whole = len(last.data) // SECTOR
        events = [*events[:-1], Event("write", offset=last.offset, data=last.data[: SECTOR * chance.randint(0, whole)])]
    return _applied(inode.durable, events)


def _applied(content: bytes, events: Sequence[Event]) -> bytes:
    made = bytearray(content)
    for event in events:
        if event.what == "size":
            made = made[: event.offset] + bytes(max(0, event.offset - len(made)))
        else:
            made += bytes(max(0, event.offset - len(made)))
            made[event.offset : event.offset + len(event.data)] = event.data
    return bytes(made)
