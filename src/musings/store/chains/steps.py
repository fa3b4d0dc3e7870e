"""What each step of a run has become: prompts with their results, nothing by its condition, or words for why not."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select, update

from musings.models import ArtifactType
from musings.store import rows, times
from musings.store.dialect import dialect_of
from musings.store.tables import prompt_artifacts, prompts, run_steps, writings


class StepOutcome(StrEnum):
    """What became of a step when its turn came."""

    PROMPT = "prompt"
    SKIPPED = "skipped"
    REFUSED = "refused"


@dataclass(frozen=True)
class StepRow:
    """A row of ``musings_run_steps``, with what its prompt has made.

    ``status`` is that of the prompt, or its last one when it is gone for good; ``deleted``: it is in the trash or gone.
    ``artifact`` is the id of the first file that is no text.
    """

    run_id: int
    step: str
    number: int
    count: int
    outcome: StepOutcome
    prompt_id: int | None = None
    problem: str | None = None
    status: str | None = None
    deleted: bool = False
    error: str | None = None
    text: str | None = None
    title: str | None = None
    mood: str | None = None
    artifact: int | None = None
    seed: int | None = None


@dataclass(frozen=True)
class StepOf:
    """Which step of which run a prompt is."""

    run_id: int
    step: str
    number: int


def add(
    connection: Connection,
    run_id: int,
    step: str,
    number: int,
    count: int,
    outcome: StepOutcome,
    problem: str | None = None,
    prompt_id: int | None = None,
) -> bool:
    """Note what a step becomes; False when it is noted already, and nothing more may be made of it.

    A prompt that was stored for it must be taken back then, with the whole transaction.
    """
    values = {
        "run_id": run_id,
        "step": step,
        "number": number,
        "total": count,
        "outcome": outcome,
        "prompt_id": prompt_id,
        "problem": None if problem is None else rows.storable(problem),
        "made_at": times.now(),
    }
    return connection.execute(dialect_of(connection).insert_or_ignore(run_steps, values)).rowcount == 1


def replace(connection: Connection, run_id: int, step: str, numbers: Sequence[int] | None = None) -> None:
    """Have a step, or some of its numbers, be made anew; what was made stays in the queue's history."""
    mine = update(run_steps).where(run_steps.c.run_id == run_id, run_steps.c.step == step, _IS_CURRENT)
    if numbers is not None:
        mine = mine.where(run_steps.c.number.in_(numbers))
    connection.execute(mine.values(replaced_at=times.now()))


def of_runs(connection: Connection, run_ids: Sequence[int]) -> Mapping[int, Sequence[StepRow]]:
    """The rows of runs that count, in the order in which they were made; in two queries, however many there are."""
    found: dict[int, list[StepRow]] = {each: [] for each in run_ids}
    # Two queries for a whole page of runs, where one for each would grow with the list.
    media = _media(connection, run_ids)
    for row in connection.execute(_ROWS, {"of": list(run_ids)}):
        found[row.run_id].append(_step_row(row, media.get(row.prompt_id or 0)))
    return found


def of_prompts(connection: Connection, prompt_ids: Sequence[int]) -> Mapping[int, StepOf]:
    """Which steps prompts are, of those that are any; also of those that were replaced."""
    asked = select(run_steps.c.prompt_id, run_steps.c.run_id, run_steps.c.step, run_steps.c.number)
    found = connection.execute(asked.where(run_steps.c.prompt_id.in_(prompt_ids)))
    return {row.prompt_id: StepOf(row.run_id, str(row.step), row.number) for row in found}


def prompt_ids(connection: Connection, run_id: int) -> Sequence[int]:
    """The prompts of a run that count, without those that are gone for good."""
    mine = (run_steps.c.run_id == run_id, _IS_CURRENT, run_steps.c.prompt_id.is_not(None))
    return list(connection.execute(select(run_steps.c.prompt_id).where(*mine).order_by(run_steps.c.id)).scalars())


def any_kept(connection: Connection, run_id: int) -> bool:
    """Whether any prompt of a run that counts is out of the trash."""
    there = select(run_steps.c.id).join(prompts, prompts.c.id == run_steps.c.prompt_id)
    mine = (run_steps.c.run_id == run_id, _IS_CURRENT, prompts.c.deleted_at.is_(None))
    return connection.execute(there.where(*mine).limit(1)).first() is not None


_IS_CURRENT = run_steps.c.replaced_at.is_(None)
# Built once: to build a statement costs more than to run it, and a worker asks these for every step.
_ROWS = (
    select(
        run_steps,
        prompts.c.status,
        prompts.c.deleted_at,
        prompts.c.error_message,
        writings.c.content,
        writings.c.title,
        writings.c.mood,
    )
    .select_from(
        run_steps.outerjoin(prompts, prompts.c.id == run_steps.c.prompt_id).outerjoin(
            writings, writings.c.id == prompts.c.output_reference
        )
    )
    .where(_IS_CURRENT, run_steps.c.run_id.in_(bindparam("of", expanding=True)))
    .order_by(run_steps.c.id)
)


_FIRSTS = (
    select(prompt_artifacts)
    .where(
        prompt_artifacts.c.id.in_(
            select(func.min(prompt_artifacts.c.id))
            .where(
                prompt_artifacts.c.prompt_id.in_(
                    select(run_steps.c.prompt_id).where(
                        run_steps.c.run_id.in_(bindparam("of", expanding=True)), run_steps.c.prompt_id.is_not(None)
                    )
                )
            )
            .group_by(prompt_artifacts.c.prompt_id, prompt_artifacts.c.artifact_type == ArtifactType.TEXT)
        )
    )
    .order_by(prompt_artifacts.c.id)
)


@dataclass(frozen=True)
class _Made:
    artifact: int | None
    seed: int | None


def _media(connection: Connection, run_ids: Sequence[int]) -> dict[int, _Made]:
    """By the prompt: the first artifact that is no text, and the seed of the first of all."""
    of: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(_FIRSTS, {"of": list(run_ids)}):
        of[row.prompt_id].append(row)
    return {prompt_id: _made(made) for prompt_id, made in of.items()}


def _made(found: Sequence[Row[Any]]) -> _Made:
    media = next((row.id for row in found if row.artifact_type != ArtifactType.TEXT), None)
    seed = rows.json_object(found[0].metadata).get("seed")
    return _Made(media, seed if isinstance(seed, int) and not isinstance(seed, bool) else None)


def _step_row(row: Row[Any], made: _Made | None) -> StepRow:
    # A trigger took the number away when the row went, because SQLite may give it to another prompt.
    is_gone = row.outcome == StepOutcome.PROMPT and row.prompt_id is None
    deleted_at: datetime | None = row.deleted_at
    return StepRow(
        run_id=row.run_id,
        step=str(row.step),
        number=row.number,
        count=row.total,
        outcome=StepOutcome(row.outcome),
        prompt_id=row.prompt_id,
        problem=rows.words(row.problem),
        status=rows.words(row.gone_status) if is_gone else rows.words(row.status),
        deleted=is_gone or deleted_at is not None,
        error=rows.words(row.error_message),
        text=rows.words(row.content),
        title=rows.words(row.title),
        mood=rows.words(row.mood),
        artifact=None if made is None else made.artifact,
        seed=None if made is None else made.seed,
    )
