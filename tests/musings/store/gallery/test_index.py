"""The gallery in brief: the same artifacts in the same order, and how many there are of each day."""

import pytest

from musings.errors import InvalidInputError
from musings.models import ArtifactType, NewArtifact, NewPrompt
from musings.store.database import Database
from musings.store.gallery import artifacts, index, trash
from musings.store.gallery.artifacts import ArtifactFilter
from musings.store.queue import submission

DAYS = ("2026-11-27 23:59:59.000000", "2026-11-28T00:00:01Z", "2026-11-28 09:00:00", "2026-10-01 12:00:00.000000")


def execute(database: Database, statement: str, *values: object) -> None:
    """What another program writes."""
    with database.write() as connection:
        connection.exec_driver_sql(statement, values)


@pytest.fixture
def filled(database: Database) -> Database:
    """Four prompts with an artifact each; the times are written as several programs write them."""
    sizes: tuple[dict[str, float], ...] = (
        {"width": 1600, "height": 900},
        {"width": 300, "height": 400},
        {"duration": 3.0},
        {},
    )
    kinds = (ArtifactType.IMAGE, ArtifactType.VIDEO, ArtifactType.AUDIO, ArtifactType.TEXT)
    for number, (kind, metadata) in enumerate(zip(kinds, sizes, strict=True)):
        made, _ = database.writing(submission.add, NewPrompt(f"a fox {number}", "image"))
        new = NewArtifact(kind, f"image/{made.id}_x/1.png", None, dict(metadata))
        database.writing(artifacts.record_prompt_artifacts, made.id, [new])
        execute(database, "UPDATE prompt_artifacts SET created_at = ? WHERE prompt_id = ?", DAYS[number], made.id)
    return database


def test_what_a_wall_needs_of_each_newest_first(filled: Database) -> None:
    found = filled.reading(index.brief, ArtifactFilter(), 10, None)
    assert list(found.ids) == [4, 3, 2, 1]
    assert list(found.types) == ["text", "audio", "video", "image"]
    assert list(found.ratios) == [None, None, pytest.approx(0.75), pytest.approx(16 / 9)]
    assert list(found.days) == ["2026-10-01", "2026-11-28", "2026-11-28", "2026-11-27"]
    assert found.next_cursor is None


def test_pages_follow_each_other_to_the_end(filled: Database) -> None:
    walked: list[int] = []
    cursor = None
    while True:
        page = filled.reading(index.brief, ArtifactFilter(), 3, cursor)
        walked += page.ids
        cursor = page.next_cursor
        if cursor is None:
            break
    assert walked == [4, 3, 2, 1]
    assert list(filled.reading(index.brief, ArtifactFilter(text="nothing"), 3, None).ids) == []
    with pytest.raises(InvalidInputError, match="cursor"):
        filled.reading(index.brief, ArtifactFilter(), 3, "x")


@pytest.mark.parametrize(
    "wanted",
    [
        ArtifactFilter(),
        ArtifactFilter(types=["audio", "text"]),
        ArtifactFilter(text="fox 2"),
        ArtifactFilter(starred=True),
        ArtifactFilter(starred=False),
        ArtifactFilter(ids=[4, 2]),
    ],
)
def test_every_filter_finds_what_the_gallery_finds(filled: Database, wanted: ArtifactFilter) -> None:
    page = filled.reading(artifacts.gallery, wanted, 10, None)
    assert list(filled.reading(index.brief, wanted, 10, None).ids) == [artifact.id for artifact, _ in page.items]
    assert sum(each.count for each in filled.reading(index.counts, wanted, index.DAY)) == len(page.items)


def test_what_is_in_the_trash_hangs_on_no_wall(filled: Database) -> None:
    filled.writing(trash.discard, 2)
    assert list(filled.reading(index.brief, ArtifactFilter(), 10, None).ids) == [4, 3, 1]
    assert [each.count for each in filled.reading(index.counts, ArtifactFilter(), index.DAY)] == [1, 1, 1]


def test_counts_of_days_and_of_months_newest_first(filled: Database) -> None:
    days = filled.reading(index.counts, ArtifactFilter(), index.DAY)
    assert [(each.period, each.count) for each in days] == [("2026-11-28", 2), ("2026-11-27", 1), ("2026-10-01", 1)]
    months = filled.reading(index.counts, ArtifactFilter(), index.MONTH)
    assert [(each.period, each.count) for each in months] == [("2026-11", 3), ("2026-10", 1)]


@pytest.mark.parametrize("written", [None, "", "yesterday", "1764288000 or so", "2026-nor-7", b"2026-11-28"])
def test_a_time_that_is_none_is_counted_as_unknown(filled: Database, written: str | bytes | None) -> None:
    execute(filled, "UPDATE prompt_artifacts SET created_at = ? WHERE id = 4", written)
    assert filled.reading(index.brief, ArtifactFilter(), 1, None).days == [None]
    assert [each.period for each in filled.reading(index.counts, ArtifactFilter(), index.MONTH)] == ["2026-11", None]


@pytest.mark.parametrize("written", [9e999, -1.0, 0.0, "wide", None])
def test_a_ratio_that_is_none_is_not_told(filled: Database, written: object) -> None:
    execute(filled, "UPDATE prompt_artifacts SET aspect_ratio = ? WHERE id = 4", written)
    assert filled.reading(index.brief, ArtifactFilter(), 1, None).ratios == [None]


@pytest.mark.parametrize("written", [None, "", b"\xff", 7])
def test_an_artifact_of_no_known_type_is_another(filled: Database, written: object) -> None:
    execute(filled, "UPDATE prompt_artifacts SET artifact_type = ? WHERE id = 4", written)
    [told] = filled.reading(index.brief, ArtifactFilter(), 1, None).types
    [(shown, _)] = filled.reading(artifacts.gallery, ArtifactFilter(), 1, None).items
    assert told == shown.artifact_type


@pytest.mark.parametrize(
    ("metadata", "ratio"),
    [
        ('{"width": 200, "height": 100}', 2.0),
        ('{"width": 2.5, "height": 5}', 0.5),
        ('{"width": 1e300, "height": 1e-300}', 100.0),
        ('{"width": 1, "height": 100000}', 0.01),
        ('{"width": "200", "height": 100}', None),
        ('{"width": 200, "height": 0}', None),
        ('{"width": 200}', None),
        ("[1]", None),
        ("{", None),
        ("", None),
        (None, None),
        (b"\x00\xff", None),
        (7, None),
    ],
)
def test_rows_of_other_programs_have_a_ratio_too(database: Database, metadata: object, ratio: float | None) -> None:
    """Whatever they write, at the insertion and at a change; nothing that they write is refused for it."""
    prompt, _ = database.writing(submission.add, NewPrompt("a fox", "image"))
    insert = "INSERT INTO prompt_artifacts (id, prompt_id, artifact_type, metadata) VALUES (?, ?, 'image', ?)"
    execute(database, insert, 1, prompt.id, metadata)
    execute(database, insert, 2, prompt.id, '{"width": 3, "height": 4}')
    assert list(database.reading(index.brief, ArtifactFilter(), 9, None).ratios) == [0.75, ratio]
    execute(database, "UPDATE prompt_artifacts SET metadata = ? WHERE id = 2", metadata)
    assert list(database.reading(index.brief, ArtifactFilter(), 9, None).ratios) == [ratio, ratio]
