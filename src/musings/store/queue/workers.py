"""The runner's sign of life: a row with a heartbeat, so that the API notices a dead worker."""

import socket
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update

from musings.store import times
from musings.store.database import Database
from musings.store.tables import workers

HEARTBEAT_SECONDS = 5.0
# Three beats: one may be late by a busy database, two in a row hardly.
SILENT_SECONDS = 15.0


@dataclass(frozen=True)
class WorkerIdentity:
    """Which worker has something, and on which host it runs."""

    id: str
    host: str

    @property
    def is_here(self) -> bool:
        """Whether it runs on this host."""
        return self.host == socket.gethostname()


def new_identity() -> WorkerIdentity:
    """Of a worker that begins on this host."""
    return WorkerIdentity(uuid.uuid4().hex, socket.gethostname())


@dataclass(frozen=True)
class WorkerRow:
    id: str
    host: str
    process: str
    started_at: datetime
    heartbeat_at: datetime
    kinds: str

    @property
    def pid(self) -> int:
        # Identities of other forms may be in old rows; 0 is no process.
        pid = self.process.partition(":")[0]
        return int(pid) if pid.isdecimal() else 0

    @property
    def silent_seconds(self) -> float:
        return (times.now() - self.heartbeat_at).total_seconds()

    @property
    def is_here(self) -> bool:
        """Whether it runs on this host, so that its process can be looked for."""
        return self.host == socket.gethostname()


def sign_in(database: Database, worker_id: str, process: str, kinds: str) -> None:
    """Register the runner and forget those that have been silent for long."""
    now = times.now()
    with database.write() as connection:
        # Only the silent ones: on another engine there may be several workers.
        connection.execute(delete(workers).where(workers.c.heartbeat_at < now - timedelta(seconds=SILENT_SECONDS)))
        connection.execute(
            insert(workers).values(
                id=worker_id,
                host=socket.gethostname(),
                process=process,
                started_at=now,
                heartbeat_at=now,
                kinds=kinds,
            )
        )


def beat(database: Database, worker_id: str) -> None:
    # Relaxed: a beat that a power cut loses is of a worker that the power cut ended.
    with database.write(relaxed=True) as connection:
        connection.execute(update(workers).where(workers.c.id == worker_id).values(heartbeat_at=times.now()))


def sign_out(database: Database, worker_id: str) -> None:
    with database.write() as connection:
        connection.execute(delete(workers).where(workers.c.id == worker_id))


def known(database: Database) -> list[WorkerRow]:
    """Every worker that signed in and has not signed out, the latest heartbeat first."""
    with database.read() as connection:
        found = connection.execute(select(workers).order_by(workers.c.heartbeat_at.desc()))
        return [WorkerRow(*row) for row in found]


def foremost(database: Database, is_alive: Callable[[WorkerRow], bool]) -> WorkerRow | None:
    """The one to show: the first that is alive, or else the one with the latest heartbeat."""
    # The living first: a crashed worker's last beat may be newer than that of one that is busy.
    found = known(database)
    return next((each for each in found if is_alive(each)), found[0] if found else None)


def latest(database: Database) -> WorkerRow | None:
    """The worker with the latest heartbeat."""
    return next(iter(known(database)), None)
