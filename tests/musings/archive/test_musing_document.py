"""A musing as a document: what belongs together stands together, and what is not done is not in it."""

import pytest

from musings.archive import musing_document
from musings.archive.musing_document import MusingDocument, document_of, is_of_finished, newest_finished
from musings.errors import ConflictError, NotFoundError
from musings.store.gallery import artifacts, trash
from musings.views.present import prompt_responses
from tests.musings.archive.workroom import STORY, WHOLE, Workroom

GATED = WHOLE.replace('prompt = "{{idea}}"', 'prompt = "{{idea}}"\ngate = { ask = "edit" }')


def shown(workroom: Workroom, musing: int, *, with_idea: bool = False) -> MusingDocument:
    return document_of(workroom.database, musing, with_idea=with_idea)


def test_what_is_for_later_steps_alone_is_not_in_it(workroom: Workroom) -> None:
    outlined = STORY.replace(
        'name = "chapters"',
        'name = "outline"\ntype = "prose"\nhidden = true\nprompt = "{{idea}}"\n[[steps]]\nname = "chapters"',
    )
    workroom.titles["a fox"] = "The fox, in two chapters"
    found = shown(workroom, workroom.made(outlined))
    assert found.title == "The fox, in two chapters"
    assert [each.heading for each in found.sections if each.text] == ["Title 2", "Title 3"]


def test_a_single_text_has_all_that_was_made(workroom: Workroom) -> None:
    found = shown(workroom, workroom.made())
    [section] = found.sections
    assert (found.title, section.heading, found.idea) == ("Title 1", "Title 1", None)
    assert section.text is not None
    assert section.text.startswith("The fox goes out")
    assert [(each.title, each.artifact.artifact_type) for each in section.files] == [
        ("Picture", "image"),
        ("Song", "audio"),
        ("Reading", "audio"),
    ]
    assert found.cover is section.files[0]


def test_chapters_have_what_was_made_of_each_and_the_rest_comes_first(workroom: Workroom) -> None:
    found = shown(workroom, workroom.made(STORY, "a tale of a fox"), with_idea=True)
    assert [each.heading for each in found.sections] == [None, "Title 1", "Title 2"]
    assert [[file.title for file in each.files] for each in found.sections] == [
        ["Cover"],
        ["Pictures", "Pictures", "Narration"],
        ["Pictures", "Pictures", "Narration"],
    ]
    assert found.title == found.idea == "a tale of a fox"
    assert found.name_of(found.sections[0]) == "a tale of a fox"


def test_words_that_are_not_to_be_shown_are_not_its_title(workroom: Workroom) -> None:
    musing = workroom.made(STORY, "a secret " * 30)
    assert shown(workroom, musing).title == "A tale"
    assert shown(workroom, musing).idea is None
    assert shown(workroom, musing, with_idea=True).title == ("a secret " * 30)[:79].rstrip() + "…"


def test_a_title_of_nothing_but_blanks_is_none(workroom: Workroom) -> None:
    workroom.titles["a fox"] = "  "
    found = shown(workroom, workroom.made())
    assert (found.title, found.sections[0].heading) == ("A whole", None)


def test_what_a_gate_still_asks_about_is_not_shown(workroom: Workroom) -> None:
    musing = workroom.made(GATED)
    assert shown(workroom, musing).sections == ()
    with pytest.raises(ConflictError, match=f"Nothing of musing {musing} is done yet"):
        shown(workroom, musing).require_done()
    workroom.answer(musing, "poem", "edit", {1: "My own words."})
    workroom.make()
    assert shown(workroom, musing).sections[0].text == "My own words."
    shown(workroom, musing).require_done()


def test_what_is_in_the_trash_is_not_in_it(workroom: Workroom) -> None:
    musing = workroom.made()
    [picture] = workroom.prompts(musing, "picture")
    workroom.database.writing(trash.discard, picture.id)
    assert [each.title for each in shown(workroom, musing).files] == ["Song", "Reading"]
    [poem] = workroom.prompts(musing, "poem")
    workroom.database.writing(trash.discard, poem.id)
    found = shown(workroom, musing)
    assert (found.title, [each.text for each in found.sections]) == ("A whole", [None])


def test_there_must_be_one(workroom: Workroom) -> None:
    with pytest.raises(NotFoundError):
        shown(workroom, 99)


def test_those_that_are_done_are_found_newest_first(workroom: Workroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(musing_document, "PAGE", 2)
    done = [workroom.made(idea=f"fox {number}") for number in range(3)]
    workroom.made(GATED, "one that waits")
    last = workroom.made(idea="the last fox")

    def found(most: int) -> list[int]:
        return [each.id for each in newest_finished(workroom.database, most, with_idea=True)]

    assert found(10) == [last, *done[::-1]]
    assert found(2) == [last, done[2]]
    first = newest_finished(workroom.database, 1, with_idea=True)[0]
    assert (first, first.idea) == (shown(workroom, last, with_idea=True), "the last fox")
    assert first.made_at >= first.created_at


def test_only_files_of_what_is_done_belong_to_a_document_that_is(workroom: Workroom) -> None:
    chosen = WHOLE.replace('kind = "image"', 'kind = "image"\ntimes = 2\ngate = { ask = "choose" }')
    musing = workroom.made(chosen)
    pictures = [
        each.artifacts[0] for each in prompt_responses(workroom.database, workroom.prompts(musing, "picture"), 3)
    ]
    files = [workroom.database.reading(artifacts.get, each.id) for each in pictures]
    assert [is_of_finished(workroom.database, each) for each in files] == [False, False]
    workroom.answer(musing, "picture", "choose", numbers=(2,))
    workroom.make()
    assert [is_of_finished(workroom.database, each) for each in files] == [False, True]
