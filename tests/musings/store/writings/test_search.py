"""Writings as people look for them: listed, searched, tagged, compared."""

import pytest

from musings.errors import InvalidInputError, NotFoundError
from musings.models import Writing
from musings.store.database import Database
from musings.store.writings import search, writings
from musings.store.writings.search import Like, Tag, WritingFilter
from tests.musings.store.adding import add, shell


def write(database: Database, title: str, content: str, content_type: str = "poem", mood: str | None = None) -> int:
    with database.write() as connection:
        return writings.insert_writing(connection, Writing(title, content, content_type, mood))


@pytest.fixture
def three(database: Database) -> Database:
    write(database, "Fox", "a fox in the snow", mood="Glad")
    write(database, "Bear", "a bear and a fox", "story")
    write(database, "Sea", "nothing but water", mood="sad")
    return database


def found(database: Database, **wanted: object) -> list[int]:
    page = database.reading(search.listing, WritingFilter(**wanted), 50, None)  # type: ignore[arg-type]
    return [each.id for each in page.items]


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        ({}, [3, 2, 1]),
        ({"types": ["story", "prose"]}, [2]),
        ({"mood": "gLAD"}, [1]),
        ({"mood": ""}, []),
        ({"text": "fox"}, [2, 1]),
        ({"text": 'fox" OR "water'}, []),
        ({"explicit": True}, []),
        ({"explicit": False}, [3, 2, 1]),
        ({"tag": "sea"}, []),
    ],
)
def test_filters(three: Database, wanted: dict[str, object], ids: list[int]) -> None:
    assert found(three, **wanted) == ids


def test_pages_give_each_once(three: Database) -> None:
    first = three.reading(search.listing, WritingFilter(), 2, None)
    second = three.reading(search.listing, WritingFilter(), 2, first.next_cursor)
    assert [each.id for each in (*first.items, *second.items)] == [3, 2, 1]
    assert second.next_cursor is None
    with pytest.raises(InvalidInputError):
        three.reading(search.listing, WritingFilter(), 2, "x")


def test_a_word_in_the_title_counts_more(three: Database) -> None:
    hits = three.reading(search.search, "fox", WritingFilter(), 10, 0)
    assert [each.title for each in hits] == ["Fox", "Bear"]
    assert [each.title for each in three.reading(search.search, "fox", WritingFilter(), 10, 1)] == ["Bear"]
    assert three.reading(search.search, "fox", WritingFilter(types=["prose"]), 10, 0) == []


def test_tags_replace_each_other_and_are_shared(three: Database) -> None:
    assert three.writing(search.set_tags, 1, ["sea", "b", "sea"]) == ["b", "sea"]
    three.writing(search.set_tags, 2, ["sea"])
    assert three.reading(search.tags_of, [1, 2, 3]) == {1: ["b", "sea"], 2: ["sea"], 3: []}
    assert three.reading(search.all_tags) == [Tag("sea", None, 2), Tag("b", None, 1)]
    assert found(three, tag="sea") == [2, 1]
    three.writing(search.set_tags, 1, [])
    assert three.reading(search.all_tags) == [Tag("sea", None, 1)]
    with pytest.raises(NotFoundError, match="no writing 99"):
        three.writing(search.set_tags, 99, ["x"])


def test_a_tag_that_another_program_has_twice_is_one(three: Database) -> None:
    shell(three, "INSERT INTO tags (id, name, tag_type) VALUES (7, 'sea', 'theme')")
    three.writing(search.set_tags, 1, ["sea"])
    assert three.reading(search.all_tags) == [Tag("sea", "theme", 1)]


def test_nearly_the_same_texts_are_told_the_nearest_first(database: Database) -> None:
    words = [
        "the",
        "quick",
        "brown",
        "fox",
        "jumps",
        "over",
        "the",
        "lazy",
        "dog",
        "while",
        "the",
        "old",
        "bear",
        "sleeps",
        "in",
        "his",
        "den",
        "by",
        "the",
        "river",
    ]
    one = write(database, "One", " ".join(words))
    near = write(database, "Near", " ".join([*words[:-1], "lake"]))
    same = write(database, "Same", " ".join(words).upper() + "!")
    write(database, "Far", "nothing of this is in any other text that was written here today")
    alike = database.reading(search.like, one)
    assert [each.id for each in alike] == [same, near]
    assert alike[0] == Like(same, "Same", 1.0)
    shell(database, "UPDATE writings SET content_fingerprint = 'of another program' WHERE id = ?", same)
    assert [each.id for each in database.reading(search.like, one)] == [near]
    assert database.reading(search.like, same) == database.reading(search.like, 99) == []


def test_what_is_in_the_trash_is_found_by_nobody(three: Database) -> None:
    made = add(three)
    shell(three, "UPDATE prompts SET output_reference = 1 WHERE id = ?", made.id)
    assert three.reading(search.prompts_of, 1) == [made.id]
    shell(three, "UPDATE prompts SET deleted_at = '2026-01-01 00:00:00.000000'")
    assert found(three) == [3, 2]
    assert [each.id for each in three.reading(search.search, "fox", WritingFilter(), 10, 0)] == [2]
    assert three.reading(search.prompts_of, 1) == []
