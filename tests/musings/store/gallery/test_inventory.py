"""The rows that name files: all of them, marked missing and back, and previews made again."""

from musings.models import ArtifactType, NewArtifact
from musings.store.database import Database
from musings.store.gallery import artifacts, inventory
from musings.store.queue import in_flight
from tests.musings.store.adding import add, shell
from tests.musings.store.queue.taking import claimed


def one(database: Database) -> int:
    made = add(database, prompt_type="image")
    file = NewArtifact(ArtifactType.IMAGE, "image/1_20260101T000000/0001.png", None, {"seed": 7})
    database.writing(artifacts.record_prompt_artifacts, made.id, [file])
    return database.reading(inventory.entries)[-1].id


def test_every_row_counts_whatever_became_of_its_prompt(database: Database) -> None:
    first, second = one(database), one(database)
    shell(database, "UPDATE prompts SET deleted_at = '2026-01-01 00:00:00.000000'")
    assert [each.id for each in database.reading(inventory.entries)] == [first, second]


def test_missing_is_said_once_and_taken_back(database: Database) -> None:
    made = one(database)
    for _ in range(2):
        assert database.writing(inventory.mark_missing, made, True)
        assert database.reading(inventory.entries)[0].metadata == {"seed": 7, "missing": True}
    assert database.writing(inventory.mark_missing, made, False)
    assert database.reading(inventory.entries)[0].metadata == {"seed": 7}
    assert not database.writing(inventory.mark_missing, 99, True)


def test_a_new_preview_adds_facts_and_changes_none(database: Database) -> None:
    made = one(database)
    assert database.writing(inventory.set_preview, made, "p.webp", {"seed": 8, "width": 60})
    [found] = database.reading(inventory.entries)
    assert (found.preview_path, found.metadata) == ("p.webp", {"seed": 7, "width": 60})
    assert not database.writing(inventory.set_preview, 99, "p.webp", {})


def test_metadata_that_another_program_spoiled_are_kept_beside_ours(database: Database) -> None:
    made = one(database)
    shell(database, "UPDATE prompt_artifacts SET metadata = 'no json'")
    assert database.writing(inventory.mark_missing, made, True)
    assert database.reading(inventory.entries)[0].metadata == {"value": "no json", "missing": True}


def test_where_running_attempts_put_their_files(database: Database) -> None:
    taken = claimed(database)
    assert database.reading(inventory.announced) == []
    database.writing(in_flight.announce, taken.id, taken.attempt, "image/1_20260101T000000")
    assert database.reading(inventory.announced) == ["image/1_20260101T000000"]
    shell(database, "UPDATE attempts SET status = 'lost'")
    assert database.reading(inventory.announced) == []
