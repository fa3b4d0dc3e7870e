from dataclasses import MISSING, fields
from datetime import UTC, datetime
from typing import Any

import pytest
from openai.types import Video, VideoDeleteResponse

from musings.makers.sketch_forms import SKETCH_FORMS
from musings.models import Artifact, Instructions, Kind, Prompt
from musings.openai_api import videos

FORM = SKETCH_FORMS[Kind.VIDEO]
BEGUN = datetime(2026, 11, 27, tzinfo=UTC)
FILM = Artifact(1, 1, "video", "video/1_x/0001.mp4", None, {"width": 768, "height": 432, "duration": 4.0}, None)


def prompt(status: str = "pending", parameters: dict[str, Any] | None = None, **more: Any) -> Prompt:
    """A prompt so far; what is not said is empty, as in a row that another program inserted."""
    empty: dict[str, Any] = dict.fromkeys(each.name for each in fields(Prompt) if each.default is MISSING)
    said = {"id": 12, "prompt_text": "a fox runs", "prompt_type": "video", "created_at": BEGUN, "metadata": {}}
    return Prompt(
        **{**empty, **said, "instructions": Instructions(), "status": status, "parameters": parameters or {}, **more}
    )


def told(found: Prompt, film: Artifact | None = None) -> Video:
    """As the official client reads it."""
    return Video.model_validate(videos.job(found, FORM, film))


def test_a_job_waits_with_what_was_asked_for() -> None:
    job = videos.job(
        prompt(parameters={"width": 1280, "height": 720}, metadata={"openai": {"model": "sora-2"}}), FORM, None
    )
    found = Video.model_validate({**job, "size": "1280x720"})
    assert (found.status, found.progress, found.model, found.prompt) == ("queued", 0, "sora-2", "a fox runs")
    assert (found.seconds, job["size"]) == ("4", "1280x720")
    assert found.created_at > 1_700_000_000
    assert (found.error, found.completed_at) == (None, None)


@pytest.mark.parametrize(
    ("progress", "percent"),
    [
        (None, 0),
        ({"value": 24, "max": 96}, 25),
        ({"value": 96, "max": 96}, 99),
        ({"value": -1, "max": 96}, 0),
        ({"value": 1, "max": 0}, 0),
        ({"value": "x", "max": 5}, 0),
    ],
)
def test_progress_is_percent_and_is_whole_only_when_the_film_is_there(progress: Any, percent: int) -> None:
    found = videos.job(prompt("processing", progress=progress), FORM, None)
    assert (found["status"], found["progress"]) == ("in_progress", percent)


def test_a_job_that_is_done_tells_of_its_film() -> None:
    done = datetime(2026, 11, 28, tzinfo=UTC)
    found = videos.job(prompt("completed", completed_at=done), FORM, FILM)
    assert (found["status"], found["progress"], found["completed_at"]) == ("completed", 100, int(done.timestamp()))
    assert (found["seconds"], found["size"], found["error"]) == ("4", "768x432", None)


@pytest.mark.parametrize(
    ("status", "message", "code"),
    [("failed", "no such luck", "failed"), ("cancelled", "by you", "cancelled"), ("completed", None, "no_video")],
)
def test_what_ends_without_a_film_has_failed_and_says_why(status: str, message: str | None, code: str) -> None:
    found = told(prompt(status, error_message=message, parameters={"width": 1280, "height": 720}))
    assert found.error is not None
    assert (found.status, found.error.code, found.progress) == ("failed", code, 0)
    assert (message or "none of it is a film") in found.error.message


def test_a_word_of_another_program_waits_and_its_metadata_is_its_own() -> None:
    found = videos.job(prompt("unprocessed", metadata={"openai": "mine"}, workflow="clouds"), (), None)
    assert (found["status"], found["model"], found["size"], found["seconds"]) == ("queued", "clouds", None, None)


@pytest.mark.parametrize(
    ("name", "number"),
    [("video_12", 12), ("video_", None), ("12", None), ("video_x", None), ("video_" + "9" * 19, None)],
)
def test_the_name_of_a_job_is_that_of_its_prompt(name: str, number: int | None) -> None:
    assert videos.number_of(name) == number
    assert number is None or videos.name_of(number) == name


def test_a_list_names_its_edges() -> None:
    assert videos.listed([], more=False) == {
        "object": "list", "data": [], "has_more": False, "first_id": None, "last_id": None
    }  # fmt: skip
    found = videos.listed([{"id": "video_2"}, {"id": "video_1"}], more=True)
    assert (found["first_id"], found["last_id"], found["has_more"]) == ("video_2", "video_1", True)


def test_a_deletion_is_what_the_client_knows() -> None:
    found = prompt()
    assert VideoDeleteResponse.model_validate(videos.deleted(found)).id == f"video_{found.id}"
