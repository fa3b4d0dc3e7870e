"""What was made last: completed, not thrown away, with what belongs to each."""

from musings.store.database import Database
from musings.store.gallery import finished

ROWS = (
    "INSERT INTO writings (id, title, content) VALUES (1, 'Dusk', 'x')",
    "INSERT INTO tags (id, name) VALUES (1, 'night')",
    "INSERT INTO writing_tags (writing_id, tag_id) VALUES (1, 1)",
    "INSERT INTO prompts (id, prompt_text, prompt_type, status, output_reference) VALUES"
    " (1, 'a', 'poem', 'completed', 1), (2, 'b', 'image', 'completed', NULL), (3, 'c', 'image', 'failed', NULL),"
    " (4, 'd', 'image', 'pending', NULL), (5, 'e', NULL, 'completed', NULL)",
    "INSERT INTO prompts (id, prompt_text, prompt_type, status, deleted_at) VALUES"
    " (6, 'f', 'image', 'completed', '2026-11-28 10:00:00')",
    "INSERT INTO prompt_artifacts (prompt_id, artifact_type, file_path) VALUES"
    " (2, 'image', 'a.png'), (2, 'image', 'b.png')",
)


def ids(database: Database, *types: str, tag: str | None = None, limit: int = 10) -> list[int]:
    return [each.prompt.id for each in database.reading(finished.newest, types, tag, limit)]


def test_what_is_found(database: Database) -> None:
    with database.write() as connection:
        for statement in ROWS:
            connection.exec_driver_sql(statement)
    assert ids(database) == [5, 2, 1]
    assert ids(database, "image") == [2]
    assert ids(database, tag="night") == [1]
    assert ids(database, "image", tag="night") == []
    assert ids(database, limit=1) == [5]
    [picture] = database.reading(finished.newest, ["image"], None, 10)
    assert [each.file_path for each in picture.artifacts] == ["a.png", "b.png"]
    [poem] = database.reading(finished.newest, ["poem"], None, 10)
    assert poem.writing is not None
    assert poem.writing.title == "Dusk"
    assert database.reading(finished.holds, ["image"], None, 2)
    assert not database.reading(finished.holds, ["image"], None, 1)
    assert not database.reading(finished.holds, ["image"], None, 6)
