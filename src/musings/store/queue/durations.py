"""How long prompts took here, by kind and workflow."""

from sqlalchemy import Connection, select

from musings.models import TYPES_OF_KIND, Instructions, Kind, PromptStatus
from musings.store import rows
from musings.store.gallery.stats import ANY_STATUS
from musings.store.tables import prompts

# Rare workflows may have few among these; older runs say little about the machine of today.
RECENT = 500  # finished prompts that are looked at
SAMPLES = 100


def of_workflow(connection: Connection, kind: Kind, workflow: str, is_default: bool) -> list[float]:
    """The seconds of the latest completed prompts of a kind that a workflow made, newest first.

    A prompt that names none, and does not say what its default was, counts for the one that is the default now.
    """
    query = (
        select(prompts.c.workflow, prompts.c.instructions, prompts.c.processing_duration)
        .where(ANY_STATUS == PromptStatus.COMPLETED, prompts.c.completed_at.is_not(None))
        .where(prompts.c.prompt_type.in_(TYPES_OF_KIND[kind]))
        .order_by(prompts.c.completed_at.desc())
        .limit(RECENT)
    )
    found: list[float] = []
    for row in connection.execute(query):
        # What the default was at that time is in the instructions; the name of today's default would be a guess.
        made_with = row.workflow or Instructions.from_json(rows.json_object(row.instructions)).workflow
        seconds = row.processing_duration
        # Other programs store words there; one such row must not stop the estimate.
        if (made_with == workflow or (made_with is None and is_default)) and isinstance(seconds, int | float):
            found.append(float(seconds))
    return found[:SAMPLES]
