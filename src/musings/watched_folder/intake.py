"""From a dropped file to a prompt, once."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from musings import logs
from musings.config.settings import Settings
from musings.errors import MusingsError, QueueFullError, StoreError
from musings.makers.choice import Makers
from musings.models import Kind, Prompt
from musings.requests.submitting import submit
from musings.store.database import Database
from musings.watched_folder.directory import Directory, FileLooks, Stumbles
from musings.watched_folder.front_matter import MOST_BYTES, request_in
from musings.watched_folder.names import as_text, is_dropped, refusal_of, taken_as

OWNER = "watched folder"
METADATA = "watched_folder"
MOST_AT_ONCE = 100
"""So many files are taken at a look: the results of others come in between."""


@dataclass
class _Seen:
    looks: FileLooks
    since: float
    is_refused: bool = False


class FolderIntake:
    """Looks at directories; remembers since when each file has stayed as it is. ``clock`` tells seconds."""

    def __init__(
        self, settings: Settings, database: Database, makers: Makers, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._settings = settings
        self._database = database
        self._makers = makers
        self._clock = clock
        self._seen: dict[tuple[Kind | None, str], _Seen] = {}
        self._log = logs.get("watched_folder")

    def look(self, kind: Kind | None, directory: Directory) -> int:
        """Take what is settled; how many were. Raises ``OSError`` and ``StoreError``: the next look goes on."""
        taken, stumbles = 0, Stumbles()
        names = [name for name in directory.names() if is_dropped(name)]
        for key in [key for key in self._seen if key[0] is kind and key[1] not in set(names)]:
            del self._seen[key]
        for name in names:
            looks = directory.looks_of(name)
            if looks is None or not self._is_settled((kind, name), looks) or taken >= MOST_AT_ONCE:
                continue
            try:
                with stumbles.over():
                    taken += self._take(kind, name, looks, directory)
            except QueueFullError as error:  # so it is for all that come after
                self._log.info("dropped files wait", file=as_text(name), why=error.explained)
                break
        stumbles.tell()
        return taken

    def _is_settled(self, key: tuple[Kind | None, str], looks: FileLooks) -> bool:
        """By a clock of ours: the time of a file may be that of another machine, or of what it was copied from."""
        known = self._seen.get(key)
        if known is None or known.looks != looks:
            self._seen[key] = _Seen(looks, self._clock())
            return False
        return not known.is_refused and self._clock() - known.since >= self._settings.watched_folder.settle_seconds

    def _take(self, kind: Kind | None, name: str, looks: FileLooks, directory: Directory) -> bool:
        read = directory.read(name, MOST_BYTES)
        if read is None or read[1] != looks:
            return False  # it is written at this moment, or it has gone
        path = as_text(name if kind is None else f"{kind}/{name}")
        fingerprint = _fingerprint(path, read[0], looks)
        if self._was_refused(directory, name, fingerprint):
            self._seen[kind, name].is_refused = True
            return False
        try:
            prompt = self._submit(path, read[0], kind, fingerprint)
        except (QueueFullError, StoreError):
            raise  # no fault of the file
        except MusingsError as error:
            self._refuse(directory, name, path, error.explained, fingerprint)
            self._seen[kind, name].is_refused = True
            return False
        # After a kill right here the same file is the same prompt: by its key.
        directory.rename(name, taken_as(name, prompt.id).name)
        if directory.looks_of(refusal_of(name)) is not None:
            directory.remove(refusal_of(name))  # of what it said before it was corrected
        self._log.info("a dropped file is a prompt", file=path, prompt=prompt.id)
        return True

    def _submit(self, path: str, content: bytes, kind: Kind | None, fingerprint: str) -> Prompt:
        request = request_in(content, kind)
        metadata = {**(request.metadata or {}), METADATA: {"file": path}}
        asked = replace(request, owner=OWNER, metadata=metadata, idempotency_key=f"folder:{fingerprint}")
        return submit(self._settings, self._database, self._makers, asked)

    def _was_refused(self, directory: Directory, name: str, fingerprint: str) -> bool:
        """In this very form, also before a restart: whoever mends it changes it, or at least saves it again."""
        found = directory.read(refusal_of(name), MOST_BYTES)
        return found is not None and fingerprint.encode() in found[0]

    def _refuse(self, directory: Directory, name: str, path: str, words: str, fingerprint: str) -> None:
        said = f"{path} was not taken.\n\n{words}\n\nCorrect the file and save it; it is read again then.\n"
        directory.write(refusal_of(name), f"{said}\n(Form {fingerprint})\n".encode())
        self._log.warning("a dropped file was not taken", file=path, why=words)


def _fingerprint(path: str, content: bytes, looks: FileLooks) -> str:
    """Of a file as it was dropped. With its time: the same words dropped again another day are meant again."""
    whole = hashlib.sha256(path.encode() + b"\0" + str(looks.modified).encode() + b"\0" + content)
    return whole.hexdigest()
