"""How an attempt talks to its runner."""

import json
import math

import pytest

from musings.errors import Cancelled, Stopping, TimedOut
from musings.models import Kind, NewPrompt
from musings.store.database import Database
from musings.store.gallery import prompts
from musings.store.queue import attempts, claims, events, submission
from musings.worker.context import LOG_CHARACTERS, PREVIEW_BYTES, AttemptContext
from tests.musings.worker.conftest import until


def test_it_goes_on_until_it_is_told_otherwise(database: Database, context: AttemptContext) -> None:
    context.check()
    assert 0 < context.remaining <= 30
    late = AttemptContext(database, database.reading(prompts.get, 1), 0)
    assert late.remaining == 0
    with pytest.raises(TimedOut, match="limit of 0 s"):
        late.check()


def test_cancelling_comes_before_stopping(context: AttemptContext) -> None:
    context.stop()
    with pytest.raises(Stopping):
        context.check()
    context.cancel()
    with pytest.raises(Cancelled):
        context.check()


def test_progress_is_told_at_most_twice_a_second_but_each_stage_at_once(
    database: Database, context: AttemptContext
) -> None:
    for value in range(100):
        context.progress(value, 100, "loading")
    context.progress(1, 4, "drawing")
    told = [json.loads(each.data or "") for each in database.reading(events.after, 0) if each.event == "progress"]
    assert [(each["stage"], each["value"], each["max"]) for each in told] == [("loading", 0, 100), ("drawing", 1, 4)]
    assert told[1]["eta_seconds"] >= 0


def test_what_is_told_at_once_is_shown_only_when_the_attempt_lasts(database: Database) -> None:
    database.writing(submission.add, NewPrompt("a fox", "image"))
    taken = database.writing(claims.claim, list(Kind))
    assert taken is not None
    quick = AttemptContext(database, taken, 30, quiet_seconds=600)
    quick.progress(1, 4, "quick")
    quick.settle()
    lasting = AttemptContext(database, taken, 30, quiet_seconds=0.05)
    for stage in ("loading", "drawing"):
        lasting.progress(1, 4, stage)
    until(lambda: (database.reading(prompts.get, taken.id).progress or {}).get("stage") == "drawing")
    told = [json.loads(each.data or "") for each in database.reading(events.after, 0) if each.event == "progress"]
    assert "quick" not in [each["stage"] for each in told]


@pytest.mark.parametrize(
    ("value", "maximum"), [(math.nan, 1), (1, math.inf), (5, 0), (-1, 10), (20, 10), (1, math.nan)]
)
def test_odd_progress_is_no_error(database: Database, context: AttemptContext, value: float, maximum: float) -> None:
    context.progress(value, maximum, "odd")
    found = database.reading(prompts.get, 1).progress
    assert found is not None
    json.dumps(found, allow_nan=False)


def test_progress_after_the_row_is_gone_is_no_error(database: Database, context: AttemptContext) -> None:
    with database.write() as connection:
        connection.exec_driver_sql("DELETE FROM prompts")
    context.progress(1, 2, "late")
    context.preview(b"x", "image/png")
    with pytest.raises(Cancelled, match="taken over"):
        context.started("job")


def test_what_runs_outside_is_written_down_before_it_returns(database: Database, context: AttemptContext) -> None:
    context.started("job-1")
    assert database.reading(prompts.get, 1).external_id == "job-1"
    assert database.reading(attempts.of_prompts, [1])[1][0].external_id == "job-1"


def test_a_preview_is_shown_not_kept(database: Database, context: AttemptContext) -> None:
    context.preview(b"x" * (PREVIEW_BYTES + 1), "image/jpeg")
    context.preview(b"small", "image/jpeg")
    context.preview(b"too soon", "image/jpeg")
    told = [each for each in database.reading(events.after, 0) if each.event == "preview"]
    assert [json.loads(each.data or "")["url"] for each in told] == ["data:image/jpeg;base64,c21hbGw="]


def test_the_log_has_times_and_an_end(context: AttemptContext) -> None:
    context.log("first")
    assert context.logged.endswith(" s] first")
    for _ in range(50):
        context.log("x" * 100_000)
    assert len(context.logged) < LOG_CHARACTERS + 200_000
