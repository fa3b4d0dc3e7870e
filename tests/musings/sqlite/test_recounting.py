"""Counts that triggers keep: right after whatever anybody does, and put right after what no trigger hears of."""

import random

from musings.models import ArtifactType, Kind, NewArtifact, NewPrompt
from musings.sqlite import recounting
from musings.store.database import Database
from musings.store.gallery import artifacts, counts, lists, prompts, removal, trash
from musings.store.queue import cancellation, claims, submission
from tests.musings.store.adding import shell

WRITING = "INSERT INTO writings (id, content_type, mood, word_count) VALUES (?, ?, ?, ?)"
HANDS = (
    "INSERT OR IGNORE INTO prompts (id, prompt_text, prompt_type) VALUES (1, 'again', 'poem')",
    "INSERT OR REPLACE INTO tags (id, name) VALUES (1, 'sea')",
    "INSERT OR REPLACE INTO writing_tags VALUES (1, 1), (1, 2), (2, 1)",
    "UPDATE OR REPLACE prompts SET status = 'completed', completed_at = '2026-05-04 10:00:00' WHERE id % 3 = 0",
    "UPDATE OR IGNORE prompts SET prompt_type = x'ff00', priority = 'soon' WHERE id = 4",
    "UPDATE prompts SET status = NULL, priority = NULL WHERE id = 5",
    "UPDATE prompts SET status = 'pending', deleted_at = NULL WHERE id IN (4, 5, 6)",
    "UPDATE writings SET word_count = 9e300, mood = 'glad' WHERE id = 1",
    "UPDATE writings SET word_count = 'many' WHERE id = 2",
    "UPDATE writing_tags SET writing_id = 3 WHERE writing_id = 2",
    "DELETE FROM writing_tags WHERE tag_id = 1",
    "DELETE FROM writings WHERE id = 1",
    "UPDATE prompt_artifacts SET prompt_id = 2 WHERE prompt_id = 1",
    "UPDATE prompt_artifacts SET artifact_type = NULL WHERE prompt_id = 2",
    "INSERT INTO prompt_artifacts (prompt_id, artifact_type) VALUES (2, 'video'), (NULL, 'image')",
    "DELETE FROM prompts WHERE id % 5 = 1",
)


def test_counts_are_right_after_each_thing_that_anybody_does(database: Database) -> None:
    for n in range(1, 12):
        made, _ = database.writing(
            submission.add, NewPrompt(f"a fox {n}", ("image", "poem")[n % 2], priority=n % 10 + 1)
        )
        shell(database, WRITING, n, ("poem", None)[n % 2], ("sad", "")[n % 2], n)
        if n % 2:
            file = NewArtifact(ArtifactType.IMAGE, f"image/{n}_20260101T000000/0001.png")
            database.writing(artifacts.record_prompt_artifacts, made.id, [file])
    database.writing(claims.claim, list(Kind))
    database.writing(prompts.change, 3, priority=None, metadata=None, starred=True)
    database.writing(trash.discard, 8)
    database.writing(trash.discard, 3)
    database.writing(trash.restore, 3, 7)
    database.writing(cancellation.cancel, 10)
    assert recounting.recount(database) == 0
    for statement in HANDS:
        shell(database, statement)
        assert recounting.recount(database) == 0, statement
    database.writing(removal.mark_trash, [8])
    database.writing(removal.remove, [8])
    assert recounting.recount(database) == 0
    assert list(database.reading(lambda connection: list(counts.of(connection, "artifacts"))))


def test_what_is_replaced_without_a_trigger_is_put_right(database: Database) -> None:
    for n in range(4):
        made, _ = database.writing(submission.add, NewPrompt(f"a fox {n}", "image"))
        file = NewArtifact(ArtifactType.IMAGE, f"image/{n}_20260101T000000/0001.png")
        database.writing(artifacts.record_prompt_artifacts, made.id, [file])
    shell(database, "PRAGMA foreign_keys = OFF")
    shell(database, "INSERT OR REPLACE INTO prompts (id, prompt_text, prompt_type) VALUES (2, 'a wren', 'poem')")
    assert recounting.recount(database) > 0
    assert recounting.recount(database) == 0
    found = database.reading(lambda connection: {a: n for a, _, n in counts.of(connection, "prompts")})
    assert found == {"image": 3, "poem": 1}


def test_places_in_a_long_queue_are_those_of_counting_one_by_one(database: Database) -> None:
    draw = random.Random(7)
    for _ in range(60):
        database.writing(submission.add, NewPrompt("a fox", "image", priority=draw.choice((1, 5, 5, 9))))
    shell(database, "UPDATE prompts SET id = id * 97, deleted_at = CASE WHEN id % 7 = 0 THEN '2026-01-01' END")
    shell(database, "UPDATE prompts SET status = 'completed' WHERE id % 11 = 0")
    waiting = database.reading(lists.in_line, lists.PromptFilter(), 200, None).items
    some = [each for each in waiting if draw.random() < 0.4]
    places = {each.id: place for place, each in enumerate(waiting, start=1)}
    assert len(waiting) > 40
    assert database.reading(lists.positions, some) == {each.id: places[each.id] for each in some}
    assert database.reading(lists.positions, waiting) == places
    assert recounting.recount(database) == 0
