"""Where the database of a configuration is, and what lies beside it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from musings.config.settings import Settings
from musings.errors import StoreError
from musings.sqlite.database import open_database
from musings.sqlite.location import Location, signing_key_of, where
from musings.store.database import Database


def test_it_is_where_the_settings_say(settings: Settings, database: Database) -> None:
    place = where(settings.database)
    assert (str(place), place.exists()) == (str(database.path), True)
    again = place.open()
    with again.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM prompts").scalar() == 0
    again.close()


def test_what_lies_beside_it(tmp_path: Path, database: Database) -> None:
    place = Location(tmp_path / "deep" / "musings.db")
    now = datetime(2026, 11, 22, 10, 15, tzinfo=UTC)
    assert place.backup_folder(now) == tmp_path / "deep" / "backups" / "musings-20261122T101500Z"
    assert place.signing_key() == tmp_path / "deep" / "musings.db.key"
    assert signing_key_of(database) == Path(f"{database.path}.key")
    memory = open_database(":memory:")
    assert signing_key_of(memory) is None
    memory.close()


def test_its_folder_is_made_or_said_to_be_impossible(tmp_path: Path) -> None:
    Location(tmp_path / "a" / "b" / "musings.db").make_folder()
    assert (tmp_path / "a" / "b").is_dir()
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"The folder of the database .*musings\.db cannot be made"):
        Location(tmp_path / "file" / "musings.db").make_folder()
