"""What servers of other versions say: more is kept, less has a default."""

import pytest

from musings.remote.answers import RemotePrompt


def test_a_newer_server_says_more_and_an_older_one_less() -> None:
    newer = RemotePrompt.model_validate({"id": 1, "status": "completed", "mood": "calm", "progress": {"new": 1}})
    assert newer.model_extra == {"mood": "calm"}
    assert newer.model_dump(exclude_unset=True) == {
        "id": 1, "status": "completed", "mood": "calm", "progress": {"new": 1},
    }  # fmt: skip
    assert (newer.artifacts, newer.priority, newer.writing) == ([], 5, None)


@pytest.mark.parametrize(
    ("status", "finished", "succeeded"),
    [
        ("pending", False, False),
        ("processing", False, False),
        ("completed", True, True),
        ("failed", True, False),
        ("cancelled", True, False),
    ],
)
def test_what_is_finished(status: str, finished: bool, succeeded: bool) -> None:
    prompt = RemotePrompt(id=1, status=status)
    assert (prompt.is_finished, prompt.succeeded) == (finished, succeeded)
