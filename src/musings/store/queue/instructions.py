"""The instructions of rows that other programs inserted: read from their metadata once, when they are admitted."""

from sqlalchemy import ColumnElement, Connection, bindparam, select, update

from musings.store import rows
from musings.store.tables import prompts


def settle(connection: Connection, which: ColumnElement[bool]) -> None:
    """Write down what those of these rows ask for that have no instructions yet: what is in the metadata counts now.

    What somebody writes into the metadata later is theirs, and changes nothing about how the prompt runs.
    """
    asking = select(prompts.c.id, prompts.c.metadata).where(which, prompts.c.instructions.is_(None))
    # Row by row in Python: what metadata may say is known there, not in SQL.
    found = [
        {"row": row.id, "found": rows.dump(rows.instructions(None, rows.json_object(row.metadata)).to_json())}
        for row in connection.execute(asking)
    ]
    if found:
        settled = update(prompts).where(prompts.c.id == bindparam("row")).values(instructions=bindparam("found"))
        connection.execute(settled, found)
