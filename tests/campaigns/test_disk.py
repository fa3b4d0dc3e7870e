"""What a power cut may leave, and what it may not."""

import random

from tests.campaigns.disk import SECTOR, Disk
from tests.campaigns.recording import Event

TRIES = 200


def states(model: str, *events: Event, files: dict[str, bytes] | None = None) -> list[dict[str, bytes]]:
    chance = random.Random(1)
    disk = Disk(files or {}, ["folder"], model)
    for event in events:
        disk.play(event)
    return [disk.cut(chance)[0] for _ in range(TRIES)]


def written(path: str, data: bytes, offset: int = 0) -> Event:
    return Event("write", path, offset=offset, data=data)


def test_what_was_not_synced_may_be_there_or_not_or_torn() -> None:
    found = {each["a"] for each in states("posix", written("a", b"x" * 2 * SECTOR), files={"a": b""})}
    assert found == {b"", b"x" * SECTOR, b"x" * 2 * SECTOR}


def test_what_was_synced_is_there() -> None:
    events = written("a", b"new"), Event("sync", "a", began=1)
    assert {each["a"] for each in states("posix", *events, files={"a": b"old and long"})} == {b"new and long"}


def test_a_sync_does_not_speak_for_what_was_written_while_it_went_on() -> None:
    events = written("a", b"1"), written("a", b"2", offset=1), Event("sync", "a", began=1)
    assert {each["a"] for each in states("posix", *events, files={"a": b""})} == {b"1", b"12"}


def test_a_name_needs_a_sync_of_its_folder_or_in_a_journal_of_anything() -> None:
    made = Event("create", "folder/a"), Event("sync", "folder/a", began=1)
    assert {"folder/a" in each for each in states("posix", *made)} == {True, False}
    assert {"folder/a" in each for each in states("journal", *made)} == {True}
    assert {"folder/a" in each for each in states("posix", *made, Event("sync", "folder", began=2))} == {True}


def test_a_file_that_replaces_another_without_a_sync_may_be_empty() -> None:
    events = Event("create", "b"), written("b", b"new"), Event("rename", "b", "a"), Event("sync", "other", began=3)
    found = {each["a"] for each in states("journal", *events, files={"a": b"old", "other": b""})}
    assert found == {b"", b"new"}


def test_names_in_a_journal_come_in_order() -> None:
    events = Event("create", "a"), Event("create", "b"), Event("unlink", "a")
    found = {tuple(sorted(each)) for each in states("journal", *events)}
    assert found == {(), ("a",), ("a", "b"), ("b",)}


def test_a_file_below_a_folder_that_is_not_there_is_not_there() -> None:
    events = Event("mkdir", "new"), Event("create", "new/a"), Event("sync", "new", began=2)
    assert {tuple(each) for each in states("posix", *events)} == {(), ("new/a",)}


def test_a_folder_is_moved_with_all_that_is_in_it() -> None:
    events = (
        *(Event("mkdir", "new"), Event("create", "new/a"), written("new/a", b"x"), Event("sync", "new/a", began=3)),
        *(Event("sync", "new", began=4), Event("rename", "new", "folder/new"), Event("sync", "folder", began=6)),
        Event("sync", "", began=7),
    )
    assert {tuple(each.items()) for each in states("posix", *events)} == {(("folder/new/a", b"x"),)}
