"""What a schedule makes is what was asked for, and is kept and read back as it was."""

import pytest

from musings.chains.starting import RunRequest
from musings.errors import InvalidInputError, NotFoundError, QueueFullError
from musings.requests.request import PromptRequest
from musings.schedules import making
from tests.musings.schedules.planning import POEM, Planner
from tests.musings.store.adding import add


@pytest.mark.parametrize(
    "wanted",
    [
        PromptRequest("a fox", "image", 3, {"for": "me"}, None, {"width": 64}, 2, enhance=False),
        RunRequest("album", "a fox", {"songs": 2}, 4),
    ],
)
def test_what_was_asked_for_is_read_back(wanted: making.Wanted) -> None:
    found = making.wanted_of(making.as_json(wanted), "morning")
    if isinstance(found, PromptRequest):
        assert found.metadata == {"schedule": "morning", "for": "me"}
        assert (found.parameters, found.count, found.enhance) == ({"width": 64}, 2, False)
    else:
        assert found == wanted


def test_the_callers_own_word_stands() -> None:
    wanted = making.wanted_of({"prompt": {"prompt_text": "x", "metadata": {"schedule": "mine"}}}, "morning", "key")
    assert isinstance(wanted, PromptRequest)
    assert (wanted.metadata, wanted.idempotency_key) == ({"schedule": "mine"}, "key")


@pytest.mark.parametrize(
    "request_", [{}, {"video_call": {}}, {"prompt": {"hue": 1}}, {"prompt": None}, {"a": {}, "b": {}}]
)
def test_what_no_version_wrote_is_refused(request_: dict[str, object]) -> None:
    with pytest.raises(InvalidInputError, match="neither a prompt nor a musing"):
        making.wanted_of(request_, "morning")


def test_a_prompt_and_a_run_are_stored_by_whoever_opened_the_transaction(planner: Planner) -> None:
    ready = planner.room.ready(POEM)
    with planner.database.write() as connection:
        made, is_new = ready.store(connection)
    assert ([each.id for each in planner.prompts()], is_new) == ([made.prompt_id], True)
    with planner.database.write() as connection:
        made, _ = planner.room.ready(RunRequest("album", "a fox")).store(connection)
    assert (made.prompt_id, made.musing_id) == (None, 1)


def test_what_cannot_be_made_is_told_before_anything_is_stored(planner: Planner) -> None:
    with pytest.raises(InvalidInputError, match="prompt_type"):
        planner.room.ready(PromptRequest("x", "opera"))
    with pytest.raises(NotFoundError):
        planner.room.ready(RunRequest("opera", "x"))
    assert planner.prompts() == []


def test_a_full_queue_takes_none(planner: Planner) -> None:
    planner.max_pending = 1
    add(planner.database)
    ready = planner.room.ready(POEM)
    with pytest.raises(QueueFullError), planner.database.write() as connection:
        ready.store(connection)
