"""The runner's sign of life: a row with a heartbeat, so that the API notices a dead worker."""

import socket
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update

from musings.store import times
from musings.store.database import Database
from musings.store.tables import workers

HEARTBEAT_SECONDS = 5.0
SILENT_SECONDS = 15.0


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
    with database.write(relaxed=True) as connection:
        connection.execute(update(workers).where(workers.c.id == worker_id).values(heartbeat_at=times.now()))


def sign_out(database: Database, worker_id: str) -> None:
    with database.write() as connection:
        connection.execute(delete(workers).where(workers.c.id == worker_id))


def latest(database: Database) -> WorkerRow | None:
    """The worker that was heard of last."""
    with database.read() as connection:
        row = connection.execute(select(workers).order_by(workers.c.heartbeat_at.desc()).limit(1)).first()
    return WorkerRow(*row) if row else None
