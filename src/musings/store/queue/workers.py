"""The runner's sign of life: a row with a heartbeat, so that the API notices a dead worker."""

import socket
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from musings.store import times
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


def sign_in(connection: Connection, worker_id: str, process: str, kinds: str) -> None:
    """Register the runner and forget those that have been silent for long."""
    now = times.now()
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


def beat(connection: Connection, worker_id: str) -> None:
    connection.execute(update(workers).where(workers.c.id == worker_id).values(heartbeat_at=times.now()))


def sign_out(connection: Connection, worker_id: str) -> None:
    connection.execute(delete(workers).where(workers.c.id == worker_id))


def known(connection: Connection) -> list[WorkerRow]:
    """Every worker that signed in and has not signed out, whoever was heard of last first."""
    found = connection.execute(select(workers).order_by(workers.c.heartbeat_at.desc()))
    return [WorkerRow(*row) for row in found]


def foremost(connection: Connection, is_alive: Callable[[WorkerRow], bool]) -> WorkerRow | None:
    """The one that speaks for all: the first that is alive, or else the one that was heard of last."""
    found = known(connection)
    return next((each for each in found if is_alive(each)), found[0] if found else None)


def latest(connection: Connection) -> WorkerRow | None:
    """The worker that was heard of last."""
    return next(iter(known(connection)), None)
