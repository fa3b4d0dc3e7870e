"""Who looks at the folder: one process, every second.

It is the API, which is there whether the worker stays or comes by, and of several the one that has the lock. Looked at
and not listened to: a file must be seen twice anyway, to know that nobody writes it any more, and shares of other
machines tell nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from musings import logs
from musings.config.settings import Settings
from musings.errors import ConfigError, LockedError, StoreError
from musings.housekeeping.duties import Duty, doing
from musings.models import Kind
from musings.requests.stored_makers import makers_of
from musings.sqlite.location import where
from musings.store.database import Database
from musings.watched_folder.directory import Directory, inside, opened
from musings.watched_folder.intake import FolderIntake
from musings.watched_folder.results import FolderResults

LOCK = "watched folder"
LOOK_SECONDS = 1.0


@contextmanager
def watching(settings: Settings, database: Database, look_seconds: float = LOOK_SECONDS) -> Iterator[None]:
    """Look at the folder for as long as the block lasts. Raises ``ConfigError`` for one among our own files."""
    path = settings.watched_folder.path
    if path is None:
        yield
        return
    if path.resolve().is_relative_to(settings.media_root.resolve()):
        raise ConfigError(
            f"watched_folder.path is {path}, within the media root.", hint="Name a folder of its own for it."
        )
    makers = makers_of(settings, database)
    watch = FolderWatch(settings, FolderIntake(settings, database, makers), FolderResults(settings, database))
    try:
        with doing(database, [Duty("the watched folder was looked at", 0, watch.look)], "watched_folder", look_seconds):
            yield
    finally:
        watch.close()
        makers.close()


class FolderWatch:
    """``look`` is for one thread; it raises nothing that another look would not mend."""

    def __init__(self, settings: Settings, intake: FolderIntake, results: FolderResults) -> None:
        self._settings = settings
        self._intake = intake
        self._results = results
        self._lock = where(settings.database).host_lock(LOCK)
        self._has_lock = False
        self._said: str | None = None
        self._log = logs.get("watched_folder")

    def look(self) -> dict[str, object] | None:
        path = self._settings.watched_folder.path
        if path is None or not self._is_ours():
            return None
        try:
            with opened(path) as root:
                self._look_into(None, root)
                for kind in Kind:
                    with inside(root, kind.value) as directory:
                        if directory is not None:
                            self._look_into(kind, directory)
        except (OSError, StoreError) as error:
            self._say(error.explained if isinstance(error, StoreError) else f"{path}: {error.strerror or error}")
        else:
            self._said = None
        return None

    def close(self) -> None:
        self._lock.release()

    def _look_into(self, kind: Kind | None, directory: Directory) -> None:
        # Results first: they make room where the queue is full.
        self._results.look(kind, directory)
        self._intake.look(kind, directory)

    def _is_ours(self) -> bool:
        if not self._has_lock:
            try:
                self._lock.acquire()
            except LockedError:  # another API looks, and may end
                return False
            except StoreError as error:
                self._say(error.explained)
                return False
            self._has_lock = True
        return True

    def _say(self, words: str) -> None:
        """Once, and not every second."""
        if words != self._said:
            self._said = words
            self._log.warning("the watched folder cannot be used now", why=words)
