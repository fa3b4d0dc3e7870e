"""The trash: list what is in it, restore prompts, or empty it for good."""

import argparse
from collections.abc import Iterator, Sequence

from musings.commands.list import limit
from musings.commands.opening import open_database, prompt_id, report, settings_for
from musings.commands.prune import as_json, size_in_words, summary
from musings.config.settings import Settings
from musings.errors import UsageError
from musings.files.media_root import media_root_of
from musings.housekeeping import mounting, pruning
from musings.housekeeping.pruning import Removed
from musings.housekeeping.retention import Expired
from musings.models import Prompt
from musings.store.database import Database
from musings.store.gallery import lists, trash
from musings.views import present


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "action", choices=("list", "restore", "empty"), nargs="?", default="list", help="list by default"
    )
    parser.add_argument(
        "ids", type=prompt_id, nargs="*", metavar="ID", help="which to restore; which to empty, all by default"
    )
    parser.add_argument("--dry-run", action="store_true", help="empty: say what would go")
    parser.add_argument("--limit", type=limit, default=50, metavar="N", help="list: how many at most, up to 200")
    parser.add_argument("--cursor", help="list: next_cursor of the page before")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    if arguments.action == "restore" and not arguments.ids:
        raise UsageError("Name the prompts to restore: `musings trash restore ID`.")
    settings = settings_for(arguments)
    with open_database(settings) as database:
        return _ACTIONS[arguments.action](settings, database, arguments)


def _list(settings: Settings, database: Database, arguments: argparse.Namespace) -> int:
    page = database.reading(lists.listing, lists.PromptFilter(deleted=True), arguments.limit, arguments.cursor)

    def document() -> object:
        shown = present.prompt_responses(database, page.items, settings.processing.max_attempts)
        return {"items": [each.model_dump(mode="json") for each in shown], "next_cursor": page.next_cursor}

    report(arguments, document, _discarded(page.items, page.next_cursor))
    return 0


def _discarded(found: Sequence[Prompt], next_cursor: str | None) -> Iterator[str]:
    for each in found:
        since = f"{each.deleted_at:%Y-%m-%d %H:%M}" if each.deleted_at else "?"
        yield f"{each.id:>6}  since {since}  {each.prompt_type:<12}  {' '.join(each.prompt_text.split())[:70]}"
    if not found:
        yield "The trash is empty."
    if next_cursor:
        yield f"More: --cursor {next_cursor}"


def _restore(settings: Settings, database: Database, arguments: argparse.Namespace) -> int:
    for each in arguments.ids:
        database.writing(trash.restore, each, settings.media.retention.trash_days)
    words = f"Back again: {', '.join(map(str, arguments.ids))}."
    report(arguments, lambda: {"restored": arguments.ids}, [words])
    return 0


def _empty(settings: Settings, database: Database, arguments: argparse.Namespace) -> int:
    root = media_root_of(settings)
    mounting.expect_known(database, root)
    expired = pruning.trash_plan(database, root, arguments.ids)
    done = None
    if not arguments.dry_run:
        done = pruning.prune(database, root, expired, pruning.rules_of(settings.media.retention))
    report(arguments, lambda: as_json(expired, done), _emptied(expired, done))
    return 0


def _emptied(expired: Sequence[Expired], done: Removed | None) -> Iterator[str]:
    for each in expired:
        yield f"{each.held.id:>6}  {size_in_words(each.bytes):>9}  {each.held.text}"
    yield from summary(expired, done)


_ACTIONS = {"list": _list, "restore": _restore, "empty": _empty}
