"""Which prompts wish for the poets' words before the medium."""

import pytest

from musings.makers.poets.wishes import wants_document
from musings.models import NewPrompt, Prompt
from musings.store.database import Database
from musings.store.queue import submission


def ask(database: Database, kind: str = "image_prompt", **more: object) -> Prompt:
    return database.writing(submission.add, NewPrompt("a fox", kind, **more))[0]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "metadata", "expected"),
    [
        ("image", {}, False),
        ("image", {"enhance": True}, True),
        ("image", {"enhance": "yes"}, False),
        ("image_prompt", {}, True),
        ("lyrics_prompt", {"enhance": False}, False),
        ("voice", {"enhance": True}, False),
        ("poem", {"enhance": True}, False),
    ],
)
def test_which_prompts_want_a_document(
    database: Database, kind: str, metadata: dict[str, object], expected: bool
) -> None:
    assert wants_document(ask(database, kind, metadata=metadata)) is expected
