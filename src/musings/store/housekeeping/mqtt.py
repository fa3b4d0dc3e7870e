"""How the connection to the MQTT broker stands, for other processes, and the kind that was chosen there last."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from musings.store import times
from musings.store.dialect import dialect_of
from musings.store.tables import queue_state

CONNECTION, CHOSEN = "mqtt", "mqtt_kind"


@dataclass(frozen=True)
class BrokerState:
    """``trouble`` says in words what is in the way, None while connected; ``since`` is when that began."""

    broker: str
    trouble: str | None
    since: datetime


def note(connection: Connection, broker: str, trouble: str | None) -> None:
    """Write down how it stands with a broker; the time of its beginning stays while nothing changes."""
    known = find(connection)
    if known is not None and (known.broker, known.trouble) == (broker, trouble):
        return
    # Another reason is the same trouble: it is away since it went away.
    lasts = known is not None and known.broker == broker and (known.trouble is None) == (trouble is None)
    since = known.since if known is not None and lasts else times.now()
    value = json.dumps({"broker": broker, "trouble": trouble, "since": since.isoformat()}, ensure_ascii=False)
    _put(connection, CONNECTION, value)


def find(connection: Connection) -> BrokerState | None:
    """None before the first connection, and where another program wrote what cannot be read."""
    try:
        found = json.loads(_get(connection, CONNECTION) or "null")
        return None if found is None else BrokerState(**{**found, "since": datetime.fromisoformat(found["since"])})
    except (TypeError, ValueError, KeyError):
        return None


def choose_kind(connection: Connection, kind: str) -> None:
    """Remember what a message without a type makes, so that it means the same after a restart."""
    _put(connection, CHOSEN, kind)


def chosen_kind(connection: Connection) -> str | None:
    return _get(connection, CHOSEN)


def _get(connection: Connection, name: str) -> str | None:
    found = connection.execute(select(queue_state.c.value).where(queue_state.c.name == name)).scalar()
    return None if found is None else str(found)


def _put(connection: Connection, name: str, value: str) -> None:
    connection.execute(dialect_of(connection).upsert(queue_state, {"name": name, "value": value}, key="name"))
