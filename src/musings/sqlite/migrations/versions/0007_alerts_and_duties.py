"""Tables for what alerts and housekeeping remember, which was JSON under names of ``queue_state`` before.

``queue_state`` keeps what is a state of the queue: ``paused`` and ``schedule``. The jobs that ended prompts left on
servers have a table as well. An attempt says from now on which worker made it, and on which host.
"""

import json
import re
import socket
from typing import Any

from alembic import op
from sqlalchemy import Connection, inspect, text

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = (
    "CREATE TABLE musings_alerts (key TEXT PRIMARY KEY, since TIMESTAMP, title TEXT NOT NULL, body TEXT NOT NULL)",
    "CREATE TABLE musings_alert_notices (id TEXT PRIMARY KEY, title TEXT NOT NULL, body TEXT NOT NULL,"
    " level TEXT NOT NULL, channels TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0, posted_at TIMESTAMP,"
    " next_try_at TIMESTAMP)",
    "CREATE TABLE musings_backend_outages (backend TEXT PRIMARY KEY, since TIMESTAMP)",
    "CREATE TABLE musings_duties (name TEXT PRIMARY KEY, due_at TIMESTAMP,"
    " claims INTEGER NOT NULL DEFAULT 0, host TEXT, process TEXT, claimed_until TIMESTAMP)",
    "CREATE TABLE musings_low_disks (host TEXT PRIMARY KEY, message TEXT NOT NULL, noted_at TIMESTAMP)",
    "CREATE TABLE musings_leftover_jobs (prompt_id INTEGER NOT NULL, attempt INTEGER NOT NULL,"
    " whereabouts TEXT NOT NULL, PRIMARY KEY (prompt_id, attempt))",
)
ATTEMPTS = ("worker_id TEXT", "host TEXT")
# The page shows what is said of a disk, and looks again when the journal has something new.
EVENTS = tuple(
    f"CREATE TRIGGER musings_event_disk_{act.lower()} AFTER {act} ON musings_low_disks BEGIN"  # noqa: S608
    " INSERT INTO prompt_events (event) VALUES ('queue'); END"
    for act in ("INSERT", "UPDATE", "DELETE")
)
MOVED = ("alert:", "notice:", "down:", "duty:", "disk_low", "left:")
NUMBERS = re.compile(r"left:[0-9]{1,18}\.[0-9]{1,18}", re.ASCII)
"""A prompt and its attempt; what another program wrote under such a name stays where it is."""


def upgrade() -> None:
    connection = op.get_bind()
    for statement in TABLES:
        connection.exec_driver_sql(statement)
    there = {column["name"].casefold() for column in inspect(connection).get_columns("attempts")}
    for column in ATTEMPTS:
        if column.split()[0] not in there:
            connection.exec_driver_sql(f"ALTER TABLE attempts ADD COLUMN {column}")
    _move(connection)
    for statement in EVENTS:
        connection.exec_driver_sql(statement)


def _move(connection: Connection) -> None:
    """Take the names of :data:`MOVED` out of ``queue_state``, each to the table that is its own now."""
    for name, value in connection.execute(text("SELECT name, value FROM queue_state")).all():
        prefix = next((each for each in MOVED if str(name).startswith(each)), None)
        if prefix is None or (prefix == "left:" and not NUMBERS.fullmatch(str(name))):
            continue
        for table, values in _rows(prefix, str(name).removeprefix(prefix), value).items():
            marks = ", ".join(f":{column}" for column in values)
            connection.execute(
                text(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})"),  # noqa: S608 (names of ours)
                values,
            )
        connection.execute(text("DELETE FROM queue_state WHERE name = :name"), {"name": name})


def _rows(prefix: str, name: str, value: Any) -> dict[str, dict[str, Any]]:
    """The row that a value becomes, by its table."""
    told = _object(value) if prefix in ("alert:", "notice:") else {}
    words = {key: str(told.get(key)) for key in ("title", "body")}
    match prefix:
        case "alert:":
            return {"musings_alerts": {"key": name, "since": told.get("since"), **words}}
        case "notice:":
            left, tries = told.get("left"), told.get("tries")
            notice = {
                "id": name,
                **words,
                "level": str(told.get("level")),
                "channels": json.dumps(left if isinstance(left, list) else []),
                "tries": tries if isinstance(tries, int) else 0,
                "posted_at": told.get("since"),
                "next_try_at": told.get("at"),
            }
            return {"musings_alert_notices": notice}
        case "down:":
            return {"musings_backend_outages": {"backend": name, "since": value}}
        case "duty:":
            return {"musings_duties": {"name": name, "due_at": value}}
        case "left:":
            prompt_id, _, attempt = name.partition(".")
            job = {"prompt_id": int(prompt_id), "attempt": int(attempt), "whereabouts": str(value or "")}
            return {"musings_leftover_jobs": job}
        case _:  # it was this host's, because there was no other
            return {"musings_low_disks": {"host": socket.gethostname(), "message": str(value)}}


def _object(written: Any) -> dict[str, Any]:
    """JSON of a column that anybody may have written."""
    try:
        found = json.loads(written)
    except (TypeError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
