"""What people answered at the gates of runs: one answer for each gate, which is the one that counts."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select

from musings.errors import ConflictError
from musings.models import JsonObject
from musings.store import rows, times
from musings.store.tables import run_answers


def add(connection: Connection, run_id: int, step: str, answer: JsonObject) -> None:
    """Keep an answer. Raises ``ConflictError`` where the gate was answered already."""
    # Looked up first for its words; the primary key is what makes it true.
    if connection.execute(select(run_answers.c.step).where(_is(run_id, step))).first() is not None:
        raise ConflictError(
            f"The gate of {step!r} was answered already.",
            hint=f"Retry the step {step!r} to have it made and asked anew.",
        )
    values = {"run_id": run_id, "step": step, "answer": rows.dump(dict(answer)), "answered_at": times.now()}
    connection.execute(insert(run_answers).values(values))


def withdraw(connection: Connection, run_id: int, step: str) -> None:
    """Forget an answer, if there is one: what it was about is made anew."""
    connection.execute(delete(run_answers).where(_is(run_id, step)))


def of_runs(connection: Connection, run_ids: Sequence[int]) -> Mapping[int, Mapping[str, JsonObject]]:
    """The answers of runs, by the names of the steps."""
    found: dict[int, dict[str, JsonObject]] = {each: {} for each in run_ids}
    for row in connection.execute(select(run_answers).where(run_answers.c.run_id.in_(run_ids))):
        found[row.run_id][str(row.step)] = rows.json_object(row.answer)
    return found


def _is(run_id: int, step: str) -> ColumnElement[bool]:
    return and_(run_answers.c.run_id == run_id, run_answers.c.step == step)
