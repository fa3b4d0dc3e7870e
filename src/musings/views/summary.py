"""The house in one flat object: for dashboards, which take a value by its name and know no lists."""

from pydantic import BaseModel, Field

from musings.models import PromptStatus
from musings.store.database import Database
from musings.store.gallery import failures, finished, totals
from musings.views import present
from musings.views.schemas import QueueStats, Time

PENDING, PROCESSING = PromptStatus.PENDING, PromptStatus.PROCESSING
MOST_CHARACTERS = 200


class HouseSummary(BaseModel):
    """Every value is a number, a text, true, false or null."""

    state: str = Field(description="working, waiting, idle, paused or stopped")
    pending: int
    processing: int
    completed: int
    failed: int
    cancelled: int
    completed_today: int = Field(description="UTC")
    failed_today: int = Field(description="UTC, of the 10,000 newest prompts that failed")
    paused: bool
    worker: str = Field(description="running, scheduled or none")
    disk_low: bool
    oldest_pending_seconds: float | None
    eta_seconds: float | None = Field(description="until the queue is empty, as likely longer as shorter")
    rate_per_hour: float
    running: str | None = Field(description="the words of a prompt that runs now")
    artifacts: int
    writings: int
    last_id: int | None = Field(description="the newest prompt that was completed")
    last_text: str | None
    last_kind: str | None
    last_completed_at: Time | None
    last_url: str | None = Field(description="its first file, as a path of this server")
    last_preview_url: str | None


def summary(database: Database, queue: QueueStats) -> HouseSummary:
    counted = database.reading(totals.totals)
    newest = database.reading(finished.newest, (), None, 1)
    failed = database.reading(failures.of_today)
    last = newest[0] if newest else None
    file = present.artifact_meta(last.artifacts[0]) if last is not None and last.artifacts else None
    days = list(counted.completed_by_day.values())
    # Of a house where no worker was ever heard of, nothing is known; nobody works there either.
    mode = queue.worker.mode if queue.worker is not None else "none"
    return HouseSummary(
        state=_state(queue, mode),
        pending=queue.pending,
        processing=queue.processing,
        completed=queue.by_status.get(PromptStatus.COMPLETED, 0),
        failed=queue.by_status.get(PromptStatus.FAILED, 0),
        cancelled=queue.by_status.get(PromptStatus.CANCELLED, 0),
        completed_today=days[-1] if days else 0,
        failed_today=failed,
        paused=queue.paused,
        worker=mode,
        disk_low=queue.disk_low,
        oldest_pending_seconds=queue.oldest_pending_seconds,
        eta_seconds=queue.eta_seconds.p50,
        rate_per_hour=queue.rate_per_hour,
        running=queue.running[0].prompt_text[:MOST_CHARACTERS] if queue.running else None,
        artifacts=counted.artifacts,
        writings=counted.writings,
        last_id=None if last is None else last.prompt.id,
        last_text=None if last is None else last.prompt.prompt_text[:MOST_CHARACTERS],
        last_kind=None if last is None or last.prompt.kind is None else str(last.prompt.kind),
        last_completed_at=None if last is None else last.prompt.completed_at,
        last_url=None if file is None else file.file_url,
        last_preview_url=None if file is None else file.preview_url,
    )


def _state(queue: QueueStats, mode: str) -> str:
    # First: what runs goes on after a pause, too.
    if queue.processing:
        return "working"
    if queue.paused:
        return "paused"
    # Nobody is needed where nothing waits.
    if queue.pending:
        return "stopped" if mode == "none" else "waiting"
    return "idle"
