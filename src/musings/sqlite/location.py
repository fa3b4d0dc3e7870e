"""Where a configuration says that the database is: for code that knows the settings only, and opens nothing yet.

An SQLite database is a file with others beside it: its backups, its lock, the key that signs links. Code that needs one
of them asks here, so that a database without a file needs an answer in one place.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from musings.errors import StoreError
from musings.sqlite import backup
from musings.sqlite.database import open_database
from musings.sqlite.lock import HostLock, RunnerLock
from musings.sqlite.unwritable import is_there
from musings.store.database import Database


class Named(Protocol):
    """The section ``database`` of the settings."""

    @property
    def path(self) -> Path: ...


@dataclass(frozen=True)
class Location:
    """As text it is what a person would call the database: the path of its file."""

    file: Path

    def __str__(self) -> str:
        return str(self.file)

    def exists(self) -> bool:
        """Raises ``DiskError`` where this user may not even ask."""
        return is_there(self.file)

    def make_folder(self) -> None:
        """Have a place to make the database in. Raises ``StoreError``."""
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"The folder of the database {self} cannot be made: {error.strerror}.") from error

    def open(self) -> Database:
        """The database as it is; nothing is made or brought up to date (see ``schema.ensure``)."""
        return open_database(self.file)

    def lock(self) -> RunnerLock:
        """The lock of the one runner, which also keeps runners away while the file is replaced or rebuilt."""
        return RunnerLock(self.file)

    def host_lock(self, resource: str) -> HostLock:
        """The lock that the workers of this database share with who works beside them on this host."""
        return HostLock(self.file, resource)

    def backup_folder(self, now: datetime) -> Path:
        """Where a backup goes by default."""
        return self.file.parent / "backups" / now.strftime(backup.NAME)

    def signing_key(self) -> Path:
        """The file of the key that signs links: it is the database's, and stays when the database moves with it."""
        # Beside the database and not in it: who gets a backup of the rows cannot sign links with them.
        return self.file.with_name(self.file.name + ".key")

    def webhook_key(self) -> Path:
        """The file of the key that the secrets of webhooks are derived from."""
        return self.file.with_name(self.file.name + ".webhooks.key")


def where(database: Named) -> Location:
    """The place that the settings name."""
    return Location(database.path)


def signing_key_of(database: Database) -> Path | None:
    """The same for a database that is open; None for one in memory, whose links live as long as it does."""
    # In memory: no file, so that the key is made anew with each start.
    return None if database.path is None else Location(database.path).signing_key()


def webhook_key_of(database: Database) -> Path | None:
    """The same of the key for webhooks."""
    return None if database.path is None else Location(database.path).webhook_key()
