"""The shapes of answers: times in one form, and nothing that JSON cannot carry."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from pydantic import BaseModel, ValidationError

from musings.models import Kind
from musings.views import schemas
from musings.views.schemas import Progress, Time


class Stamp(BaseModel):
    at: Time


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (datetime(2026, 1, 2, 3, 4, 5, 678_901, UTC), "2026-01-02T03:04:05.678Z"),
        (datetime(2026, 1, 2, tzinfo=UTC), "2026-01-02T00:00:00.000Z"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00.000Z"),
        (datetime(2026, 1, 2, 3, tzinfo=timezone(timedelta(hours=1))), "2026-01-02T03:00:00.000+01:00"),
    ],
)
def test_times_are_rfc_3339_with_milliseconds(moment: datetime, written: str) -> None:
    assert json.loads(Stamp(at=moment).model_dump_json()) == {"at": written}
    assert datetime.fromisoformat(written).replace(microsecond=0) == moment.replace(microsecond=0)


def test_progress_of_another_program_is_kept() -> None:
    told = Progress.model_validate({"value": 2, "max": 5, "node": "KSampler", "preview": None})
    assert told.model_dump() == {
        "value": 2.0,
        "max": 5.0,
        "stage": "",
        "eta_seconds": None,
        "node": "KSampler",
        "preview": None,
    }


@pytest.mark.parametrize("said", [{"value": "many"}, {"max": None}, {"stage": 7}, []])
def test_what_is_no_progress_is_refused(said: object) -> None:
    with pytest.raises(ValidationError):
        Progress.model_validate(said)


def test_a_worker_has_one_of_three_modes() -> None:
    rest = {"alive": True, "pid": 1, "heartbeat_at": None, "last_run_at": None, "next_run_at": None, "message": "m"}
    assert schemas.WorkerState(mode="running", **rest).mode == "running"  # type: ignore[arg-type]
    with pytest.raises(ValidationError):
        schemas.WorkerState(mode="asleep", **rest)  # type: ignore[arg-type]


def test_every_shape_has_a_schema_that_says_its_fields() -> None:
    shapes = [each for each in vars(schemas).values() if isinstance(each, type) and issubclass(each, BaseModel)]
    assert len(shapes) > 20
    for shape in shapes:
        if shape is not BaseModel:
            assert set(shape.model_json_schema(mode="serialization")["properties"]) == set(shape.model_fields)


def test_kinds_are_told_as_words() -> None:
    told = schemas.RunningPrompt(id=1, kind=Kind.IMAGE, prompt_text="a", progress=None)
    assert json.loads(told.model_dump_json())["kind"] == "image"
