"""Prompts, newest first."""

import argparse
from collections.abc import Iterator, Sequence

from musings.commands.opening import is_remote, open_database, report, settings_for
from musings.late import importing
from musings.remote.answers import RemotePrompt
from musings.requests.intake import statuses_named, types_named
from musings.store.gallery import lists
from musings.views import present, schemas


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--status", help="comma list: pending, processing, completed, failed, cancelled")
    parser.add_argument("--type", dest="prompt_type", help="comma list of types; a kind means all its types")
    parser.add_argument("--search", metavar="WORDS", help="full text search")
    parser.add_argument("--limit", type=limit, default=20, metavar="N", help="how many at most, up to 200")
    parser.add_argument("--cursor", help="next_cursor of the page before")
    parser.add_argument("--json", action="store_true", help="print JSON")


def limit(word: str) -> int:
    if not word.isdecimal() or not 1 <= int(word[:20]) <= 200:
        raise argparse.ArgumentTypeError(f"{word[:40]!r} is no number from 1 to 200")
    return int(word)


def run(arguments: argparse.Namespace) -> int:
    if is_remote(arguments):
        with importing():
            from musings.commands import remote
        return remote.listing(arguments, _lines)
    settings = settings_for(arguments)
    wanted = lists.PromptFilter(
        statuses=statuses_named(arguments.status),
        types=types_named(arguments.prompt_type),
        text=arguments.search,
    )
    with open_database(settings) as database:
        page = database.reading(lists.listing, wanted, arguments.limit, arguments.cursor)
        shown = present.prompt_responses(database, page.items, settings.processing.max_attempts)
    report(
        arguments,
        lambda: {"items": [each.model_dump(mode="json") for each in shown], "next_cursor": page.next_cursor},
        _lines(shown, page.next_cursor),
    )
    return 0


def _lines(shown: Sequence[schemas.PromptResponse | RemotePrompt], next_cursor: str | None) -> Iterator[str]:
    for each in shown:
        words = " ".join(each.prompt_text.split())
        count = f" ({len(each.artifacts)})" if each.artifacts else ""
        yield f"{each.id:>6}  {each.status:<10}  {each.prompt_type + count:<16}  {words[:80]}"
        if each.waiting_reason:
            yield f"{'':>8}waits: {each.waiting_reason}"
    if not shown:
        yield "No prompts."
    if next_cursor:
        yield f"More: --cursor {next_cursor}"
