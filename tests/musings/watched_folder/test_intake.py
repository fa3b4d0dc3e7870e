"""A dropped file becomes a prompt, once."""

import os
from pathlib import Path

import pytest

from musings.watched_folder.directory import opened
from musings.watched_folder.intake import MOST_AT_ONCE, OWNER
from tests.musings.store.adding import add
from tests.musings.watched_folder.conftest import Inbox


def test_a_file_is_a_prompt_of_the_kind_of_its_subfolder(inbox: Inbox) -> None:
    inbox.drop("a poem.txt", "rain on the roof")
    inbox.drop("image/fox.md", "---\nparameters: {width: 256}\npriority: 2\n---\na fox in the snow\n")
    inbox.look()
    inbox.look("image")
    poem, fox = inbox.prompts()
    assert (poem.prompt_text, poem.prompt_type, poem.instructions.owner) == ("rain on the roof", "text", OWNER)
    assert (fox.prompt_text, fox.prompt_type, fox.priority) == ("a fox in the snow", "image", 2)
    assert fox.parameters == {"width": 256}
    assert fox.metadata["watched_folder"] == {"file": "image/fox.md"}
    assert inbox.names() == ["a poem-1.waiting.txt", "image", "image/fox-2.waiting.md"]


def test_a_file_that_is_written_is_waited_for(inbox: Inbox) -> None:
    file = inbox.drop("fox.txt", "a fo")
    with opened(inbox.folder) as directory:
        inbox.intake.look(None, directory)
        inbox.now += 1.9
        inbox.intake.look(None, directory)
        assert inbox.prompts() == []
        file.write_text("a fox in the sn")
        inbox.now += 1
        inbox.intake.look(None, directory)
        inbox.now += 1.9
        file.write_text("a fox in the snow")
        inbox.intake.look(None, directory)
        inbox.now += 2
        inbox.intake.look(None, directory)
    assert [each.prompt_text for each in inbox.prompts()] == ["a fox in the snow"]


@pytest.mark.parametrize(
    "name", [".fox.txt", "fox.txt.part", "fox.txt~", "#fox.txt#", "~$fox.txt", "fox.png", "fox", ".txt", "x.error.txt"]
)
def test_temporary_and_other_files_are_left_alone(inbox: Inbox, name: str) -> None:
    inbox.drop(name)
    inbox.look()
    assert (inbox.prompts(), inbox.names()) == ([], [name])


def test_what_cannot_be_taken_is_said_beside_it_and_read_again_when_it_is_mended(inbox: Inbox) -> None:
    file = inbox.drop("fox.txt", "---\nworkflw: portrait\n---\na fox")
    inbox.look()
    words = (inbox.folder / "fox.error.txt").read_text()
    assert "did you mean workflow?" in words
    assert inbox.names() == ["fox.error.txt", "fox.txt"]
    (inbox.folder / "fox.error.txt").write_text(f"{words}seen")
    inbox.look()
    inbox.restart()
    inbox.look()
    assert (inbox.folder / "fox.error.txt").read_text().endswith("seen"), "it was refused again"
    file.write_text("a fox")
    inbox.look()
    assert inbox.names() == ["fox-1.waiting.txt"]


def test_the_same_words_dropped_again_are_meant_again(inbox: Inbox) -> None:
    for moment in (1_000_000_000, 2_000_000_000):
        os.utime(inbox.drop("fox.txt"), (moment, moment))
        inbox.look()
    assert inbox.names() == ["fox-1.waiting.txt", "fox-2.waiting.txt"]


def test_links_pipes_and_folders_are_left_alone(inbox: Inbox, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("what nobody should see")
    (inbox.folder / "link.txt").symlink_to(secret)
    (inbox.folder / "image").symlink_to(tmp_path)
    (inbox.folder / "folder.txt").mkdir()
    os.mkfifo(inbox.folder / "pipe.txt")
    before = inbox.names()
    inbox.look()
    inbox.look("image")
    assert (inbox.prompts(), inbox.names()) == ([], before)
    assert secret.read_text() == "what nobody should see"


@pytest.mark.parametrize("name", ["ä b\n\t%s.txt", "-rf.txt", "x" * 250 + ".txt", "🦊" * 60 + ".md", "fox-1.waiting"])
def test_odd_names_are_names(inbox: Inbox, name: str) -> None:
    try:
        inbox.drop(name)
    except OSError:
        pytest.skip("this file system takes no such name")
    inbox.look()
    assert len(inbox.prompts()) == (1 if name.endswith((".txt", ".md")) else 0)


@pytest.mark.skipif(os.uname().sysname == "Darwin", reason="needs names that are no text")
def test_a_name_that_is_no_text_is_a_name(inbox: Inbox) -> None:
    Path(os.fsdecode(os.fsencode(inbox.folder) + b"/caf\xe9.txt")).write_text("a fox")
    inbox.look()
    assert [each.metadata["watched_folder"]["file"] for each in inbox.prompts()] == ["caf\ufffd.txt"]


def test_a_full_queue_is_waited_for(inbox: Inbox) -> None:
    processing = inbox.settings.processing.model_copy(update={"max_pending": 1})
    inbox.settings = inbox.settings.model_copy(update={"processing": processing})
    inbox.restart()
    waits = add(inbox.database, "waits already")
    inbox.drop("fox.txt")
    inbox.look()
    assert inbox.names() == ["fox.txt"]
    inbox.complete(waits.id)
    inbox.look()
    assert inbox.names() == ["fox-2.waiting.txt"]


def test_a_great_many_are_taken_a_part_at_a_time(inbox: Inbox) -> None:
    for number in range(MOST_AT_ONCE + 1):
        inbox.drop(f"{number:03}.txt", f"number {number}")
    inbox.look()
    assert len(inbox.prompts()) == MOST_AT_ONCE
    inbox.look()
    assert len(inbox.prompts()) == MOST_AT_ONCE + 1
