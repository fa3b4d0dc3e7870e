"""A musing for others: `musings musing share` makes a link to its page, `musings musing export` one file of it."""

import argparse
import math
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from musings.api.signed_links import SignedLinks
from musings.archive import musing_export
from musings.archive.musing_document import document_of
from musings.archive.musing_export import MusingFormat, MusingRevision
from musings.commands.opening import id_of, report
from musings.config.settings import Settings
from musings.files.media_root import media_root_of
from musings.security.signing import VARIABLE, SigningKey
from musings.sqlite.location import signing_key_of
from musings.store import times
from musings.store.database import Database

MOST_HOURS = 24 * 365
FORMATS = "ends with .zip (a page with its files), .epub or .pdf (a book), .m4b or .mp3 (its sound with chapters)"
ACTS = ("share", "export")


def add_acts(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    share = verbs.add_parser("share", help="a link to a page with all that is done of it, for who cannot log in")
    share.add_argument("--hours", type=_hours, default=24.0, metavar="N", help="how long it works, 24 by default")
    export = verbs.add_parser("export", help="write all that is done of it into one file")
    export.add_argument("--to", required=True, type=_file, metavar="FILE", help=FORMATS)
    for act in (share, export):
        act.add_argument("id", type=id_of("a musing"), metavar="ID", help="its number")


def run(settings: Settings, database: Database, arguments: argparse.Namespace) -> int:
    document = document_of(database, arguments.id, with_idea=settings.security.share_recipes)
    if arguments.act == "share":
        document.require_done()
        key = SigningKey(signing_key_of(database), settings.secrets.get(VARIABLE))
        # The key and the clock are those of the server on this machine, which honours the link.
        path, expires = SignedLinks(database, key).make_for_musing(document.id, arguments.hours * 3600)
        url, until = settings.address + path, datetime.fromtimestamp(expires, UTC)
        report(arguments, lambda: {"url": url, "expires_at": times.rfc3339(until)}, _shared(url, until))
        return 0
    target = arguments.to.expanduser().absolute()
    revision = MusingRevision(marks=settings.media.mark.exports, recipes=settings.security.share_recipes)
    wanted = MusingFormat(target.suffix[1:].lower())
    musing_export.export(document, media_root_of(settings), target, wanted, times.now(), revision)
    size = target.stat().st_size
    report(arguments, lambda: {"file": str(target), "bytes": size}, [f"{target}  ({size / 1e6:,.1f} MB)"])
    return 0


def _shared(url: str, until: datetime) -> Iterator[str]:
    yield url
    yield f"Whoever has it sees the page until {until:%Y-%m-%d %H:%M} UTC."


def _hours(word: str) -> float:
    try:
        found = float(word)
    except ValueError:
        found = math.nan
    if not 0 < found <= MOST_HOURS:
        raise argparse.ArgumentTypeError(f"{word[:40]!r} is no number of hours up to {MOST_HOURS:,}")
    return found


def _file(word: str) -> Path:
    if Path(word).suffix[1:].lower() not in set(MusingFormat):
        raise argparse.ArgumentTypeError(f"{word[:200]!r} says no format by its ending; it {FORMATS}")
    return Path(word)
