"""The trash: out of sight, and back as it was."""

from datetime import timedelta

import pytest

from musings.errors import ConflictError, NotFoundError
from musings.models import ArtifactType, Kind, NewArtifact, NewPrompt, Prompt, Writing
from musings.store import times
from musings.store.database import Database
from musings.store.gallery import artifacts, lists, prompts, stats, trash
from musings.store.gallery.artifacts import ArtifactFilter
from musings.store.gallery.lists import PromptFilter
from musings.store.queue import claims, endings, in_flight, submission
from musings.store.visibility import TOMBSTONE
from musings.store.writings import search, writings

PLACE = "image/1_20261122T101500"


@pytest.fixture
def made(database: Database) -> Prompt:
    """A finished picture with a preview."""
    prompt, _ = database.writing(submission.add, NewPrompt("a fox in the snow", "image"))
    file = NewArtifact(ArtifactType.IMAGE, f"{PLACE}/0001.png", f"{PLACE}/previews/0001.png.webp", {"seed": 7})
    database.writing(artifacts.record_prompt_artifacts, prompt.id, [file])
    return database.writing(prompts.change, prompt.id, starred=True)


def deleted(database: Database) -> list[int]:
    return [each.id for each in database.reading(lists.listing, PromptFilter(deleted=True), 50, None).items]


def set_deleted_at(database: Database, prompt_id: int, words: str) -> None:
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE prompts SET deleted_at = ? WHERE id = ?", (words, prompt_id))


def test_what_is_in_the_trash_is_nowhere_else(database: Database, made: Prompt) -> None:
    [artifact] = database.reading(artifacts.of_prompts, [made.id])
    database.writing(trash.discard, made.id)
    with pytest.raises(NotFoundError):
        database.reading(prompts.get, made.id)
    with pytest.raises(NotFoundError):
        database.reading(artifacts.get, artifact.id)
    assert database.reading(lists.listing, PromptFilter(), 50, None).items == ()
    assert database.reading(lists.listing, PromptFilter(text="fox"), 50, None).items == ()
    assert database.reading(artifacts.gallery, ArtifactFilter(), 50, None).items == ()
    assert database.reading(stats.queue_stats).by_status["completed"] == 0
    assert deleted(database) == [made.id]


def test_restoring_brings_everything_back(database: Database, made: Prompt) -> None:
    before = database.reading(artifacts.of_prompts, [made.id])
    database.writing(trash.discard, made.id)
    assert database.writing(trash.restore, made.id, 30) == made
    assert database.reading(artifacts.of_prompts, [made.id]) == before
    assert deleted(database) == []


def test_the_trash_says_since_when(database: Database, made: Prompt) -> None:
    database.writing(trash.discard, made.id)
    [found] = database.reading(lists.listing, PromptFilter(deleted=True), 50, None).items
    assert found.deleted_at is not None
    assert times.now() - found.deleted_at < timedelta(minutes=1)


def test_deleting_twice_keeps_the_first_time(database: Database, made: Prompt) -> None:
    set_deleted_at(database, made.id, "2026-01-01 00:00:00.000000")
    database.writing(trash.discard, made.id)
    [found] = database.reading(lists.listing, PromptFilter(deleted=True), 50, None).items
    assert found.deleted_at is not None
    assert found.deleted_at.year == 2026
    assert found.deleted_at.month == 1


def test_a_waiting_prompt_waits_in_the_trash_and_afterwards(database: Database) -> None:
    prompt, _ = database.writing(submission.add, NewPrompt("a fox", "image"))
    database.writing(trash.discard, prompt.id)
    assert database.writing(claims.claim, list(Kind)) is None
    assert database.reading(claims.next_due, list(Kind)) is None
    assert database.writing(trash.restore, prompt.id, 30).status == "pending"
    taken = database.writing(claims.claim, list(Kind))
    assert taken is not None


def test_a_running_prompt_is_asked_to_stop(database: Database) -> None:
    prompt, _ = database.writing(submission.add, NewPrompt("a fox", "image"))
    taken = database.writing(claims.claim, list(Kind))
    assert taken is not None
    database.writing(trash.discard, prompt.id)
    assert database.reading(in_flight.to_stop, {prompt.id: 1}) == {prompt.id}
    assert database.writing(endings.cancelled, taken, 1, "")
    assert database.writing(trash.restore, prompt.id, 30).status == "cancelled"


@pytest.mark.parametrize("act", [trash.discard, lambda connection, wanted: trash.restore(connection, wanted, 30)])
def test_what_never_was_is_not_found(database: Database, act: object) -> None:
    assert callable(act)
    with pytest.raises(NotFoundError, match="no prompt 7"):
        database.writing(act, 7)


def test_the_window_ends(database: Database, made: Prompt) -> None:
    set_deleted_at(database, made.id, (times.now() - timedelta(days=31)).strftime(times.FORMAT))
    with pytest.raises(ConflictError, match="goes for good after 30 days"):
        database.writing(trash.restore, made.id, 30)
    assert database.writing(trash.restore, made.id, 32).id == made.id


def test_what_is_being_removed_is_gone(database: Database, made: Prompt) -> None:
    set_deleted_at(database, made.id, TOMBSTONE.strftime(times.FORMAT))
    assert deleted(database) == []
    with pytest.raises(NotFoundError):
        database.writing(trash.discard, made.id)
    with pytest.raises(NotFoundError, match="no prompt"):
        database.writing(trash.restore, made.id, 36_500)
    assert database.reading(trash.hides, f"{PLACE}/0001.png")


def test_a_clock_set_back_loses_nothing(database: Database, made: Prompt) -> None:
    """Deleted, as it seems, in the future: it can come back, and only its own time removes it."""
    set_deleted_at(database, made.id, (times.now() + timedelta(days=400)).strftime(times.FORMAT))
    assert database.writing(trash.restore, made.id, 30).id == made.id


def test_a_word_of_another_program_is_no_time_but_is_the_trash(database: Database, made: Prompt) -> None:
    set_deleted_at(database, made.id, "yes")
    assert deleted(database) == [made.id]
    assert database.writing(trash.restore, made.id, 30).id == made.id


@pytest.mark.parametrize(
    "path",
    [
        f"{PLACE}/0001.png",
        f"{PLACE}/previews/0001.png.webp",
        f"poets/{PLACE}/0001.png",
        f"{PLACE.upper()}/0001.png",
    ],
)
def test_files_of_the_trash_are_hidden(database: Database, made: Prompt, path: str) -> None:
    assert not database.reading(trash.hides, path)
    database.writing(trash.discard, made.id)
    assert database.reading(trash.hides, path)


def test_files_under_foreign_names_are_hidden_too(database: Database) -> None:
    prompt, _ = database.writing(submission.add, NewPrompt("a fox", "image"))
    database.writing(
        artifacts.record_prompt_artifacts, prompt.id, [NewArtifact(ArtifactType.IMAGE, "old/Fox.png", None)]
    )
    database.writing(trash.discard, prompt.id)
    assert database.reading(trash.hides, "old/Fox.png")
    assert database.reading(trash.hides, "old/fox.png")
    assert not database.reading(trash.hides, "old/hare.png")


def test_a_writing_is_out_of_sight_with_its_prompt(database: Database) -> None:
    with database.write() as connection:
        own = writings.insert_writing(connection, Writing("The fox", "Snow on the fox.", "poem"))
        shared = writings.insert_writing(connection, Writing("The owl", "Snow on the owl.", "poem"))
        adopted = writings.insert_writing(connection, Writing("The hare", "Snow on the hare.", "poem"))
    for writing in (own, shared, shared):
        prompt, _ = database.writing(submission.add, NewPrompt("write", "poem"))
        with database.write() as connection:
            words = "UPDATE prompts SET output_reference = ? WHERE id = ?"
            connection.exec_driver_sql(words, (writing, prompt.id))
    database.writing(trash.discard, 1)
    database.writing(trash.discard, 2)

    def seen() -> tuple[set[int], set[int]]:
        listed = database.reading(search.listing, search.WritingFilter(), 10, None).items
        found = database.reading(search.search, "snow", search.WritingFilter(), 10, 0)
        return {each.id for each in listed}, {each.id for each in found}

    assert seen() == ({shared, adopted},) * 2
    with pytest.raises(NotFoundError):
        database.reading(writings.get, own)
    database.writing(trash.restore, 1, 30)
    assert seen() == ({own, shared, adopted},) * 2
    assert database.reading(writings.get, own).title == "The fox"
