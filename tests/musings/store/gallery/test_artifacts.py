"""The gallery's rows."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from musings.errors import InvalidInputError, NotFoundError
from musings.models import ArtifactType, NewArtifact, NewPrompt
from musings.store.database import Database
from musings.store.gallery import artifacts
from musings.store.gallery.artifacts import ArtifactFilter
from musings.store.queue import submission


@pytest.fixture
def filled(database: Database) -> Database:
    """Three prompts: four pictures of a fox, a song of a bear, the text of a poem."""
    kinds = {"fox": (ArtifactType.IMAGE, 4), "bear": (ArtifactType.AUDIO, 1), "poem": (ArtifactType.TEXT, 1)}
    for word, (kind, count) in kinds.items():
        made, _ = database.writing(submission.add, NewPrompt(f"a {word}", "image", workflow=f"make-{word}"))
        files = [NewArtifact(kind, f"image/{made.id}_20260101T000000/{n}.x", None, {"n": n}) for n in range(count)]
        database.writing(artifacts.record_prompt_artifacts, made.id, files)
    return database


def listed(database: Database, wanted: ArtifactFilter) -> list[tuple[str, int]]:
    page = database.reading(artifacts.gallery, wanted, 50, None)
    return [(prompt.prompt_text, artifact.metadata["n"]) for artifact, prompt in page.items]


def test_newest_first_in_pages(filled: Database) -> None:
    walked, cursor = [], None
    while True:
        page = filled.reading(artifacts.gallery, ArtifactFilter(), 2, cursor)
        walked += [artifact.id for artifact, _ in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert walked == [6, 5, 4, 3, 2, 1]


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (ArtifactFilter(), 6),
        (ArtifactFilter(types=["audio", "text"]), 2),
        (ArtifactFilter(text="fox"), 4),
        (ArtifactFilter(text='fox" OR "bear'), 0),
        (ArtifactFilter(workflow="make-bear"), 1),
        (ArtifactFilter(starred=True), 0),
        (ArtifactFilter(starred=False), 6),
        (ArtifactFilter(since=datetime(2999, 1, 1, tzinfo=UTC)), 0),
        (ArtifactFilter(since=datetime(2000, 1, 1, tzinfo=UTC)), 6),
    ],
)
def test_filters(filled: Database, wanted: ArtifactFilter, count: int) -> None:
    assert len(listed(filled, wanted)) == count


def test_the_trash_is_not_shown(filled: Database) -> None:
    with filled.write() as connection:
        connection.execute(text("UPDATE prompts SET deleted_at = '2026-01-01' WHERE prompt_text = 'a bear'"))
    assert len(listed(filled, ArtifactFilter())) == 5
    with pytest.raises(NotFoundError):
        filled.reading(artifacts.get, 5)


def test_one(filled: Database) -> None:
    assert filled.reading(artifacts.get, 5).artifact_type == "audio"
    with pytest.raises(NotFoundError, match="no artifact 99"):
        filled.reading(artifacts.get, 99)
    with pytest.raises(InvalidInputError):
        filled.reading(artifacts.gallery, ArtifactFilter(), 10, "x")


def test_a_summary_of_nothing() -> None:
    assert artifacts.summary([]) == {"count": 0, "primary": None}


def test_they_go_with_their_prompt(filled: Database) -> None:
    with filled.write() as connection:
        connection.execute(text("DELETE FROM prompts WHERE prompt_text = 'a fox'"))
    assert len(listed(filled, ArtifactFilter())) == 2
