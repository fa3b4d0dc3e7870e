"""Prompts that go for good: only those that may, files before rows, and nothing that somebody else names."""

import pytest

from musings.files.paths import STRAY_PREFIX
from musings.models import ArtifactType, Kind, NewArtifact, Prompt
from musings.store.database import Database
from musings.store.gallery import artifacts, removal, trash
from tests.musings.store.adding import add, shell

PNG = "image/1_20260101T000000/0001.png"


def made(database: Database, path: str = PNG, *, preview: str | None = None, in_trash: bool = False) -> Prompt:
    prompt = add(database, "a  fox\nin the snow", "image")
    file = NewArtifact(ArtifactType.IMAGE, path, preview, {})
    database.writing(artifacts.record_prompt_artifacts, prompt.id, [file])
    if in_trash:
        database.writing(trash.discard, prompt.id)
    return prompt


def ids(database: Database) -> list[int]:
    return [each.id for each in database.reading(removal.holdings)]


def test_what_holds_files_or_lies_in_the_trash_is_listed(database: Database) -> None:
    kept, thrown, bare = made(database, preview="p.webp"), made(database, in_trash=True), add(database)
    first, second = database.reading(removal.holdings)
    assert (first.id, first.kind, first.text, first.in_trash) == (kept.id, Kind.IMAGE, "a fox in the snow", False)
    assert first.paths == (PNG, "p.webp")
    assert (second.id, second.in_trash, second.deleted_at is None) == (thrown.id, True, False)
    assert [each.id for each in removal_only(database)] == [thrown.id]
    database.writing(trash.discard, bare.id)
    assert ids(database) == [kept.id, thrown.id, bare.id]


def removal_only(database: Database) -> list[removal.Removable]:
    with database.read() as connection:
        return removal.holdings(connection, only_trash=True)


def test_files_reported_missing_are_not_looked_for(database: Database) -> None:
    made(database)
    shell(database, """UPDATE prompt_artifacts SET metadata = '{"missing": true}'""")
    assert [each.paths for each in database.reading(removal.holdings)] == [()]


def test_only_what_is_in_the_trash_still_and_does_not_run_is_marked(database: Database) -> None:
    thrown, live, running = made(database, in_trash=True), made(database), made(database, in_trash=True)
    shell(database, "UPDATE prompts SET status = 'processing' WHERE id = ?", running.id)
    assert database.writing(removal.mark_trash, [thrown.id, live.id, running.id, 99]) == [thrown.id]
    assert database.writing(removal.mark_trash, [thrown.id]) == []
    assert list(database.reading(removal.tombstones)) == [thrown.id]


@pytest.mark.parametrize("starred_too", [True, False])
def test_a_star_keeps_a_prompt_unless_stars_go_too(database: Database, starred_too: bool) -> None:
    plain, starred, waiting = made(database), made(database), add(database)
    shell(database, "UPDATE prompts SET starred = 1 WHERE id = ?", starred.id)
    with database.write() as connection:
        marked = removal.mark_kept(connection, [plain.id, starred.id, waiting.id], starred_too=starred_too)
    assert marked == ([plain.id, starred.id] if starred_too else [plain.id])


@pytest.mark.parametrize("other", [PNG, f"_stray/{PNG}"])
def test_a_file_that_another_prompt_names_is_left(database: Database, other: str) -> None:
    going, staying = made(database, in_trash=True), made(database, other.replace("_stray/", STRAY_PREFIX))
    database.writing(removal.mark_trash, [going.id])
    assert database.reading(removal.tombstones) == {going.id: ()}
    database.writing(trash.discard, staying.id)
    database.writing(removal.mark_trash, [staying.id])
    assert database.reading(removal.tombstones)[going.id] == (PNG,)


def test_rows_go_with_everything_of_theirs_and_only_behind_a_tombstone(database: Database) -> None:
    going, live = made(database, in_trash=True), made(database, "image/2_20260101T000000/0001.png")
    shell(database, "INSERT INTO writings (id, title, content) VALUES (5, 't', 'c'), (6, 't2', 'c2')")
    shell(database, "UPDATE prompts SET output_reference = 5 WHERE id = ?", going.id)
    database.writing(removal.mark_trash, [going.id])
    assert database.writing(removal.remove, [going.id, live.id]) == [going.id]
    assert ids(database) == [live.id]
    with database.read() as connection:
        left = connection.exec_driver_sql("SELECT id FROM writings ORDER BY id").scalars().all()
    assert left == [6]


def test_a_writing_that_another_prompt_has_stays(database: Database) -> None:
    going, live = made(database, in_trash=True), add(database)
    shell(database, "INSERT INTO writings (id, title, content) VALUES (5, 't', 'c')")
    shell(database, "UPDATE prompts SET output_reference = 5")
    database.writing(removal.mark_trash, [going.id])
    database.writing(removal.remove, [going.id])
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM writings").scalar() == 1
    assert live.id


def test_a_row_that_a_table_of_others_holds_keeps_its_tombstone(database: Database) -> None:
    going = made(database, in_trash=True)
    shell(database, "CREATE TABLE mine (prompt INTEGER REFERENCES prompts(id))")
    shell(database, "INSERT INTO mine VALUES (?)", going.id)
    database.writing(removal.mark_trash, [going.id])
    assert database.writing(removal.remove, [going.id]) == []
    assert database.reading(removal.tombstones) == {going.id: ()}


def test_many_are_marked_in_parts(database: Database) -> None:
    shell(
        database,
        "INSERT INTO prompts (prompt_text, prompt_type, status, starred, deleted_at)"
        " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1203)"
        " SELECT 'a', 'image', 'failed', 0, '2026-01-01 00:00:00.000000' FROM n",
    )
    every = list(range(1, 1204))
    assert sorted(database.writing(removal.mark_trash, every)) == every
