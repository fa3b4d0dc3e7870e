"""The media root: room on its disk, and files that agree with their rows."""

from musings.config.settings import Settings
from musings.doctor import Level
from musings.doctor import test_configuration as examine
from musings.files.media_root import MediaRoot
from musings.store.database import Database
from tests.conftest import MakeSettings
from tests.musings.doctor.looking import problems
from tests.musings.housekeeping.stock import Stock


def test_a_disk_that_is_nearly_full(make_settings: MakeSettings) -> None:
    settings = make_settings(media={"retention": {"min_free_gigabytes": 10**9}})
    found = problems(settings)["media root"]
    assert (found.level, "media prompts wait" in found.detail) == (Level.WARNING, True)


def test_a_deep_look_counts_what_rows_and_files_lack(settings: Settings, database: Database) -> None:
    stock = Stock(database, MediaRoot(settings.media_root))
    stock.root.prepare()
    stock.add()
    assert any(each.detail == "2 files and 1 rows agree" for each in examine(settings, deep=True))
    (stock.root.folder / stock.files()[0]).unlink()
    assert problems(settings, deep=True)["files"].detail == "1 rows have lost their file"
    assert "files" not in problems(settings)
