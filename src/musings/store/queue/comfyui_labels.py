"""Labels of jobs of Comfy API v2: words of their callers, by which the jobs are found again."""

from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, Connection, insert, select

from musings.store.comfyui_tables import comfyui_labels as labels
from musings.store.tables import comfyui_jobs as jobs


def add(connection: Connection, prompt_id: int, given: Mapping[str, str]) -> None:
    """Label a job, in the transaction that stores it."""
    if given:
        values = [{"prompt_id": prompt_id, "name": name, "value": value} for name, value in given.items()]
        connection.execute(insert(labels), values)


def of_prompts(connection: Connection, prompt_ids: Collection[int]) -> dict[int, dict[str, str]]:
    """The labels of these jobs; those that have none are left out."""
    found: dict[int, dict[str, str]] = {}
    query = select(labels).where(labels.c.prompt_id.in_(prompt_ids)).order_by(labels.c.prompt_id, labels.c.name)
    for row in connection.execute(query):
        found.setdefault(row.prompt_id, {})[row.name] = row.value
    return found


def labelled(wanted: Mapping[str, str]) -> list[ColumnElement[bool]]:
    """What a job must be that carries all of these labels."""
    return [
        jobs.c.prompt_id.in_(select(labels.c.prompt_id).where(labels.c.name == name, labels.c.value == value))
        for name, value in wanted.items()
    ]
