"""What a task says of a prompt or a musing: a function of its row alone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from musings.mcp_server.task_states import Found, asking, created, detailed, id_of, is_named, subject_of
from musings.remote.answers import RemoteMusing, RemoteProgress, RemotePrompt, RemoteStep

MADE = datetime(2026, 11, 29, 3, 0, 0, 123456, tzinfo=UTC)
FORM: dict[str, Any] = {"type": "object", "properties": {"action": {"type": "string"}}}


def prompt(**more: Any) -> RemotePrompt:
    return RemotePrompt(**{"id": 12, "status": "pending", "prompt_text": "a fox", "created_at": MADE, **more})


def musing(status: str, **more: Any) -> RemoteMusing:
    return RemoteMusing(**{"id": 12, "status": status, "idea": "a fox", "created_at": MADE, **more})


def test_an_id_is_that_of_one_row_whatever_becomes_of_it() -> None:
    task_id = id_of(prompt())
    assert task_id == id_of(prompt(status="completed", completed_at=MADE + timedelta(minutes=5)))
    others: list[Found] = [
        prompt(id=13),
        prompt(created_at=MADE + timedelta(microseconds=1)),
        prompt(prompt_text="a f0x"),
        musing("running"),
    ]
    assert not any(is_named(each, task_id) for each in others)
    found = subject_of(task_id)
    assert found is not None
    assert (found.kind, found.number) == ("prompt", 12)
    assert is_named(prompt(), task_id)


@pytest.mark.parametrize(
    "task_id", ["", "prompt-12", "prompt-012-" + "0" * 32, "writing-1-" + "0" * 32, "prompt-１-" + "0" * 32]
)
def test_what_is_no_id_names_nothing(task_id: str) -> None:
    assert subject_of(task_id) is None


def test_a_row_of_another_program_may_have_no_time_and_odd_letters() -> None:
    odd = prompt(created_at=None, prompt_text="\ud83e")
    assert is_named(odd, id_of(odd))
    assert created(odd, can_ask=True)["createdAt"]


@pytest.mark.parametrize(
    ("status", "task", "is_error"),
    [
        ("pending", "working", None),
        ("processing", "working", None),
        ("completed", "completed", False),
        ("failed", "completed", True),
        ("cancelled", "cancelled", None),
    ],
)
def test_the_status_of_a_prompt(status: str, task: str, is_error: bool | None) -> None:
    said = detailed(prompt(status=status, error_message="No such voice."), True, dict)
    assert (said["status"], said.get("result", {}).get("isError")) == (task, is_error)
    assert "prompt" in said["statusMessage"].lower()


def test_progress_is_what_is_said_while_it_runs() -> None:
    running = prompt(status="processing", progress=RemoteProgress(value=3, max=20, stage="sampling"))
    assert detailed(running, True, dict)["statusMessage"] == "sampling 3/20"


@pytest.mark.parametrize(
    ("status", "can_ask", "task"),
    [
        ("running", True, "working"),
        ("paused", True, "working"),
        ("asking", True, "input_required"),
        ("asking", False, "working"),
        ("completed", True, "completed"),
        ("failed", True, "completed"),
        ("cancelled", True, "cancelled"),
    ],
)
def test_the_status_of_a_musing(status: str, can_ask: bool, task: str) -> None:
    step = RemoteStep(name="verse", ask="approve" if status == "asking" else None, prompts=[prompt(id=41)])
    said = detailed(musing(status, steps=[step]), can_ask, lambda: FORM)
    assert said["status"] == task
    assert list(said.get("inputRequests", {})) == (["verse-41"] if task == "input_required" else [])


def test_a_question_keeps_its_key_and_a_new_one_has_another() -> None:
    step = RemoteStep(name="verse", ask="edit", prompts=[prompt(id=41), prompt(id=40)])
    anew = step.model_copy(update={"prompts": [prompt(id=43), prompt(id=42)]})
    keys = [list(asking(musing("asking", steps=[each]))) for each in (step, step, anew)]
    assert keys == [["verse-41"], ["verse-41"], ["verse-43"]]


def test_the_last_change_is_the_newest_time_of_all_its_prompts() -> None:
    later = prompt(completed_at=MADE + timedelta(minutes=5))
    said = created(musing("running", steps=[RemoteStep(name="verse", prompts=[prompt(), later])]), can_ask=True)
    assert (said["createdAt"], said["lastUpdatedAt"]) == (
        MADE.isoformat(),
        (MADE + timedelta(minutes=5)).isoformat(),
    )
