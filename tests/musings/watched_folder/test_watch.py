"""Who looks at the folder, and the whole program with it."""

import json
from pathlib import Path

import pytest

from musings.config.settings import Settings
from musings.errors import ConfigError
from musings.sqlite.location import where
from musings.store.database import Database
from musings.watched_folder.watch import LOCK, FolderWatch, watching
from tests.conftest import MakeSettings
from tests.musings.command_line import running
from tests.musings.watched_folder.conftest import Inbox
from tests.waiting import until


def test_it_is_looked_at_for_as_long_as_the_block_lasts(inbox: Inbox) -> None:
    folder = inbox.settings.watched_folder.model_copy(update={"settle_seconds": 0.01})
    inbox.drop("voice/hello.txt", "Good evening.")
    with watching(inbox.settings.model_copy(update={"watched_folder": folder}), inbox.database, 0.02):
        until(lambda: inbox.names() == ["voice", "voice/hello-1.waiting.txt"], 60)
        assert where(inbox.settings.database).host_lock(LOCK).is_held()
    assert not where(inbox.settings.database).host_lock(LOCK).is_held()


def test_of_two_one_looks(inbox: Inbox) -> None:
    first = FolderWatch(inbox.settings, inbox.intake, inbox.results)
    second = FolderWatch(inbox.settings, inbox.intake, inbox.results)
    first.look()
    assert not second._is_ours()
    first.close()
    assert second._is_ours()
    second.close()


def test_a_folder_that_is_not_there_is_said_once(inbox: Inbox, caplog: pytest.LogCaptureFixture) -> None:
    inbox.folder.rmdir()
    watch = FolderWatch(inbox.settings, inbox.intake, inbox.results)
    for _ in range(3):
        watch.look()
    assert caplog.text.count("cannot be used now") == 1
    assert not inbox.folder.exists(), "a disk that is not mounted must not get a folder in its place"
    inbox.folder.mkdir()
    watch.look()
    watch.close()


def test_none_among_our_own_files(make_settings: MakeSettings, database: Database) -> None:
    settings = make_settings(watched_folder={"path": "GeneratedMedia/inbox"})
    with pytest.raises(ConfigError, match="within the media root"), watching(settings, database):
        pass


def test_without_a_folder_nothing_happens(make_settings: MakeSettings, database: Database) -> None:
    with watching(make_settings(), database):
        assert not where(make_settings().database).host_lock(LOCK).is_held()


def test_the_whole_program(config: Path, settings: Settings) -> None:
    """`musings up`: a file in, a folder with its results out."""
    inbox = config.parent / "inbox"
    config.write_text(json.dumps({**json.loads(config.read_text()), "watched_folder": {"path": "inbox"}}))
    (inbox / "image").mkdir(parents=True, exist_ok=True)
    with running(config, "up"):
        (inbox / "image" / "fox.txt").write_text("---\nparameters: {width: 64, height: 64}\n---\na fox")
        until(lambda: (inbox / "image" / "fox-1" / "fox.txt").exists(), 240)
    assert [each.suffix for each in (inbox / "image" / "fox-1").glob("1-*")] == [".png"]
