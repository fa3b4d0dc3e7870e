"""What rows of other programs ask for in their metadata is read once, when they are admitted."""

import json
from typing import Any

import pytest
from sqlalchemy import select

from musings.models import Instructions, NewPrompt
from musings.store import tables
from musings.store.database import Database
from musings.store.gallery import prompts
from musings.store.queue import submission
from musings.store.queue.admission import admit


def insert(database: Database, metadata: str | None) -> int:
    """What another program does, which knows no other column; returns the row's id."""
    row = tables.prompts.insert().values(prompt_text="a fox", prompt_type="image", metadata=metadata)
    with database.write() as connection:
        return int(connection.execute(row.returning(tables.prompts.c.id)).scalar_one())


def stored(database: Database, prompt_id: int) -> Any:
    """The column as it is."""
    with database.read() as connection:
        query = select(tables.prompts.c.instructions).where(tables.prompts.c.id == prompt_id)
        return connection.execute(query).scalar_one()


@pytest.mark.parametrize(
    ("metadata", "settled"),
    [
        (None, "{}"),
        ("no JSON", "{}"),
        ('{"mine": 1, "workflow_hash": "abc", "reproduces": 1, "document": 3}', "{}"),
        ('{"mine": 1, "enhance": true}', '{"enhance": true}'),
        ('{"parameters": {"steps": 7}}', '{"parameters": {"steps": 7}}'),
    ],
)
def test_admission_settles_what_the_metadata_ask(database: Database, metadata: str | None, settled: str) -> None:
    made = insert(database, metadata)
    database.writing(admit, 3)
    assert stored(database, made) == settled


def test_what_is_written_there_later_counts_no_more(database: Database) -> None:
    made = insert(database, '{"mine": 1}')
    database.writing(admit, 3)
    database.writing(prompts.change, made, metadata={"enhance": True, "parameters": {"steps": 7}})
    assert database.reading(prompts.get, made).instructions == Instructions()


def test_a_row_of_ours_that_is_set_back_keeps_its_own(database: Database) -> None:
    new = NewPrompt("a fox", "image", metadata={"enhance": True}, instructions=Instructions(workflow="fox"))
    made, _ = database.writing(submission.add, new)
    with database.write() as connection:
        connection.execute(tables.prompts.update().values(status="queued"))
    assert database.writing(admit, 3) == 1
    assert json.loads(stored(database, made.id)) == {"workflow": "fox"}
