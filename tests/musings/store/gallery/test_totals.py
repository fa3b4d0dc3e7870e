"""Totals of everything that was made, without what is in the trash."""

from datetime import timedelta

from musings.models import ArtifactType, NewArtifact
from musings.store import times
from musings.store.database import Database
from musings.store.gallery import artifacts, totals, trash
from tests.musings.store.adding import add, shell


def test_an_empty_house(database: Database) -> None:
    found = database.reading(totals.totals)
    assert (found.prompts, found.artifacts, found.writings, found.words, found.tagged_writings) == (0, 0, 0, 0, 0)
    assert len(found.completed_by_day) == totals.DAYS
    assert set(found.completed_by_day.values()) == {0}


def test_prompts_by_status_and_kind_in_our_words(database: Database) -> None:
    for prompt_type, status in (("image", None), ("image_prompt", "unprocessed"), ("poem", "failed"), ("odd", "odd")):
        made = add(database)
        shell(database, "UPDATE prompts SET prompt_type = ?, status = ? WHERE id = ?", prompt_type, status, made.id)
    found = database.reading(totals.totals)
    assert found.prompts_by_status == {"pending": 2, "failed": 1, "odd": 1}
    assert found.prompts_by_kind == {"image": 2, "text": 1, "unknown": 1}


def test_what_is_in_the_trash_does_not_count(database: Database) -> None:
    shell(
        database,
        "INSERT INTO writings (id, title, content, content_type, mood, word_count)"
        " VALUES (5, 'a', 'a', 'poem', 'glad', 3), (6, 'b', 'b', 'story', 'sad', 40), (7, 'c', 'c', NULL, '', NULL)",
    )
    shell(database, "INSERT INTO tags (id, name) VALUES (1, 'sea')")
    shell(database, "INSERT INTO writing_tags (writing_id, tag_id) VALUES (5, 1), (6, 1)")
    prompts = [add(database, prompt_type="image") for _ in range(2)]
    for number, made in enumerate(prompts):
        file = NewArtifact(ArtifactType.IMAGE, f"image/{number}_20260101T000000/0001.png")
        database.writing(artifacts.record_prompt_artifacts, made.id, [file])
    shell(database, "UPDATE prompts SET output_reference = 4 + id")
    before = database.reading(totals.totals)
    assert (before.prompts, before.artifacts, before.writings, before.words) == (2, 2, 3, 43)
    assert before.tagged_writings == 2
    database.writing(trash.discard, prompts[1].id)
    after = database.reading(totals.totals)
    assert (after.prompts, after.artifacts, after.writings, after.words) == (1, 1, 2, 3)
    assert after.tagged_writings == 1
    assert (after.writings_by_type, after.writings_by_mood) == ({"poem": 1, "unknown": 1}, {"glad": 1})


def test_days_are_the_last_thirty_in_their_order(database: Database) -> None:
    today = times.now()
    for back in (0, 0, 29, 30):
        made = add(database)
        day = (today - timedelta(days=back)).strftime("%Y-%m-%d 00:00:00.000000")
        shell(database, "UPDATE prompts SET status = 'completed', completed_at = ? WHERE id = ?", day, made.id)
    days = database.reading(totals.totals).completed_by_day
    assert list(days) == sorted(days)
    assert [count for count in days.values() if count] == [1, 2]
