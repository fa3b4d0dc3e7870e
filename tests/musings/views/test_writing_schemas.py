"""The shapes about writings, and which tags are taken."""

import pytest
from pydantic import ValidationError

from musings.views.writing_schemas import TagList, WritingTags


@pytest.mark.parametrize("name", ["sea", "a b", "日本", "🦊", "x" * 60, "a-b/c"])
def test_a_tag_is_any_short_word(name: str) -> None:
    assert WritingTags(tags=[name]).tags == [name]


@pytest.mark.parametrize("name", ["", " sea", "sea ", "\tsea", "x" * 61, "sea\n", " "])
def test_a_tag_has_no_space_at_its_ends(name: str) -> None:
    with pytest.raises(ValidationError):
        WritingTags(tags=[name])


def test_thirty_are_enough_and_none_is_fine() -> None:
    assert WritingTags(tags=[]).tags == []
    assert len(WritingTags(tags=[str(number) for number in range(30)]).tags) == 30
    with pytest.raises(ValidationError, match="30"):
        WritingTags(tags=[str(number) for number in range(31)])


def test_a_key_that_is_none_of_ours_is_refused() -> None:
    with pytest.raises(ValidationError, match="tag_type"):
        WritingTags.model_validate({"tags": [], "tag_type": "theme"})


def test_a_list_of_tags_is_never_continued() -> None:
    assert TagList(items=[]).model_dump() == {"items": [], "next_cursor": None}
