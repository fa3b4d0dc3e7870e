"""A schedule as others see it."""

from datetime import UTC, datetime

from musings.store.schedules.schedules import Firing, ScheduleRow
from musings.views.schedules import schedule_detail, schedule_meta, schedule_run

AT = datetime(2026, 11, 28, 12, tzinfo=UTC)
ROW = ScheduleRow(
    id=1,
    name="morning",
    rule="FREQ=DAILY",
    time_zone="UTC",
    starts_at=datetime.fromisoformat("2026-11-28"),
    request={"prompt": {"prompt_text": "x"}},
    enabled=True,
    created_at=AT,
    planned_at=AT,
    next_at=AT,
    last_at=None,
    last_prompt_id=None,
    last_musing_id=None,
    last_error=None,
    revision=4,
)


def test_its_start_is_of_its_zone_and_its_times_are_of_utc() -> None:
    shown = schedule_meta(ROW).model_dump(mode="json")
    assert (shown["starts_at"], shown["next_at"]) == ("2026-11-28T00:00:00", "2026-11-28T12:00:00.000Z")
    assert (shown["prompt"], shown["musing"]) == ({"prompt_text": "x"}, None)
    assert "revision" not in shown
    assert schedule_detail(ROW, [AT]).model_dump(mode="json") == {**shown, "next_times": ["2026-11-28T12:00:00.000Z"]}
    assert schedule_run(Firing(musing_id=3)).model_dump() == {"prompt_id": None, "musing_id": 3}
