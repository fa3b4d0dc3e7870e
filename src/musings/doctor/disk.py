"""The media root: there, writable, with room; and when asked, whether rows and files agree."""

from collections.abc import Iterator
from contextlib import closing

from musings.config.settings import Settings
from musings.doctor.findings import Finding, failure, ok, warning
from musings.errors import MusingsError
from musings.files import disk
from musings.files.media_root import MediaRoot, media_root_of
from musings.housekeeping import checking, mounting
from musings.sqlite import schema
from musings.sqlite.location import where

WHAT = "media root"


def check(settings: Settings, deep: bool) -> Iterator[Finding]:
    root = media_root_of(settings)
    try:
        _expect_known(settings, root)
        root.prepare()
    except MusingsError as error:
        yield failure(WHAT, str(error), error.hint or "Look at the folder and its disk.")
        return
    free = disk.free_bytes(root.folder) or 0
    least = settings.media.retention.min_free_gigabytes
    if free < least * 1e9:
        mend = "Free some space, `musings prune` or the trash for one, or lower media.retention.min_free_gigabytes."
        detail = f"{root.folder} has {free / 1e9:.2f} GB left, less than {least:g}: media prompts wait"
        yield warning(WHAT, detail, mend)
    else:
        yield ok(WHAT, f"{root.folder}, {free / 1e9:.1f} GB free")
    if deep and where(settings.database).exists():
        yield from _files(settings, root)


def _expect_known(settings: Settings, root: MediaRoot) -> None:
    if not where(settings.database).exists():
        return
    with closing(where(settings.database).open()) as database:
        if schema.version(database) == schema.HEAD:
            mounting.expect_known(database, root)


def _files(settings: Settings, root: MediaRoot) -> Iterator[Finding]:
    database = where(settings.database).open()
    try:
        if schema.version(database) != schema.HEAD:
            return
        found = checking.check(database, root)
    finally:
        database.close()
    wrong = {
        "rows have lost their file": len(found.missing),
        "files are named by no row": len(found.orphans),
        "previews are gone": len(found.without_preview),
    }
    for words, count in wrong.items():
        if count:
            yield warning("files", f"{count} {words}", "Run `musings check-files`, then with --repair.")
    if not any(wrong.values()):
        yield ok("files", f"{found.files} files and {found.rows} rows agree")
