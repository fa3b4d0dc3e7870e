"""Recovery: what a dead runner left, found and put right by the next one, which holds the lock (DESIGN D2)."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, func, or_, select, update

from musings.models import ArtifactStatus, PromptStatus
from musings.store import times
from musings.store.database import Database
from musings.store.queue import CANCELLED_RUNNING, TEXT_TYPES, AttemptStatus
from musings.store.tables import attempts, prompts


@dataclass(frozen=True)
class Orphan:
    """An attempt whose runner died, or that left files without rows, as recovery found it."""

    prompt_id: int
    attempt: int
    status: str
    directory: str | None
    external_id: str | None


def orphans(database: Database) -> list[Orphan]:
    """Attempts that a dead runner left: call it only while holding the runner's lock."""
    running = attempts.c.status == AttemptStatus.RUNNING
    columns = (attempts.c.prompt_id, attempts.c.attempt, attempts.c.status, attempts.c.directory)
    with database.read() as connection:
        found = connection.execute(select(*columns, attempts.c.external_id).where(or_(running, _files_without_rows())))
        return [Orphan(*row) for row in found]


def recover(database: Database, default_attempts: int) -> int:
    """Put every ``processing`` prompt back, or fail it when its attempts are used up; returns how many there were.

    Call it only while holding the runner's lock: then nobody else can be working on them.
    """
    said = "The worker stopped in the middle of this attempt."
    stuck = prompts.c.status == PromptStatus.PROCESSING
    used_up = prompts.c.attempt - prompts.c.uncounted_attempts >= func.coalesce(
        prompts.c.max_attempts, default_attempts
    )
    is_text = func.coalesce(prompts.c.prompt_type, "text").in_(TEXT_TYPES)
    with database.write() as connection:
        connection.execute(
            update(attempts)
            .where(attempts.c.status == AttemptStatus.RUNNING)
            .values(status=AttemptStatus.LOST, finished_at=times.now(), error=said, error_class="Lost")
        )
        connection.execute(update(attempts).where(_files_without_rows()).values(directory=None))
        ended = update(prompts).values(
            completed_at=times.now(), progress=None, external_id=None, cancel_requested=False
        )
        stopped = connection.execute(
            ended.where(stuck, prompts.c.cancel_requested == True).values(  # noqa: E712 (SQL)
                status=PromptStatus.CANCELLED,
                error_message=CANCELLED_RUNNING,
                artifact_status=case((is_text, None), else_=ArtifactStatus.ERROR),
            )
        ).rowcount
        failed = connection.execute(
            ended.where(stuck, used_up).values(
                status=PromptStatus.FAILED,
                error_message=func.printf(
                    "The worker stopped in the middle of every one of %d attempts, so this prompt may be what stops it."
                    " Look at the log, then retry or change it.",
                    prompts.c.attempt - prompts.c.uncounted_attempts,
                ),
                artifact_status=case((is_text, None), else_=ArtifactStatus.ERROR),
            )
        ).rowcount
        again = connection.execute(
            update(prompts)
            .where(stuck)
            .values(
                status=PromptStatus.PENDING,
                next_attempt_at=None,
                progress=None,
                external_id=case((prompts.c.external_id.like("process:%"), None), else_=prompts.c.external_id),
                artifact_status=case((is_text, None), else_=ArtifactStatus.PENDING),
            )
        ).rowcount
    return stopped + failed + again


def _files_without_rows() -> ColumnElement[bool]:
    return and_(attempts.c.directory.is_not(None), attempts.c.status != AttemptStatus.COMPLETED)
