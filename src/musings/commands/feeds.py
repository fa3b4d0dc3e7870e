"""Feeds: addresses under which readers and podcast players find what was made.

create shows the addresses, once: who has one may read. revoke ends a feed with all its addresses at once.
"""

import argparse
from collections.abc import Iterator, Sequence

from musings.commands.opening import open_database, printable_name, report, settings_for, take_options_after
from musings.config.settings import Settings
from musings.errors import UsageError
from musings.models import Kind
from musings.security import credentials
from musings.store.access import feeds
from musings.store.database import Database
from musings.views import feeds as views

TAG_CHARACTERS = 60


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print what was found or done as JSON")
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True, help="one of these:")
    create = acts.add_parser("create", help="make a feed, and show its addresses, once")
    create.add_argument("name", metavar="NAME", help="what it is called in readers, such as evening songs")
    create.add_argument(
        "--kind", choices=[*Kind, feeds.MUSINGS], help="of these prompts only; musing: each whole musing"
    )
    create.add_argument("--tag", help="only texts that carry this tag")
    acts.add_parser("list", help="every feed, and when it was read last")
    revoke = acts.add_parser("revoke", help="end a feed at once")
    revoke.add_argument("id", type=int, metavar="ID", help="as `list` shows it")
    take_options_after(acts)


def run(arguments: argparse.Namespace) -> int:
    settings = settings_for(arguments)
    with open_database(settings) as database:
        if arguments.act == "create":
            _create(settings, database, arguments)
        elif arguments.act == "list":
            found = database.reading(feeds.listing)
            shown = views.FeedList(items=[views.feed_meta(each) for each in found])
            report(arguments, lambda: shown.model_dump(mode="json"), _lines(shown.items))
        else:
            ended = views.feed_meta(database.writing(feeds.revoke, arguments.id))
            report(arguments, lambda: ended.model_dump(mode="json"), [f"The feed {ended.name!r} works no more."])
    return 0


def _create(settings: Settings, database: Database, arguments: argparse.Namespace) -> None:
    name, tag = printable_name(arguments.name), arguments.tag
    if tag is not None and not 1 <= len(tag) <= TAG_CHARACTERS:
        raise UsageError(f"--tag must be one to {TAG_CHARACTERS} characters.")
    secret = credentials.new_token()
    digest = credentials.digest(secret)
    kept = database.writing(feeds.add, name, digest, credentials.new_secret(), arguments.kind, tag)
    # A command does not know under which name it will be called; the configuration says it.
    shown = views.with_addresses(kept, settings.address, secret)
    report(arguments, lambda: shown.model_dump(mode="json"), _addresses(shown))


def _addresses(shown: views.FeedSecret) -> Iterator[str]:
    yield f"Podcast    {shown.podcast}"
    yield f"Atom       {shown.atom}"
    yield f"JSON Feed  {shown.json_feed}"
    yield "Keep them now: they are not shown again. Who has one may read."


def _lines(found: Sequence[views.FeedMeta]) -> Iterator[str]:
    for each in found:
        what = " ".join(part for part in (each.kind, f"#{each.tag}" if each.tag else "") if part) or "everything"
        used = f"read {each.last_used_at:%Y-%m-%d %H:%M} UTC" if each.last_used_at else "never read"
        yield f"{each.id:>4}  {each.state:<8}  {what:<16}  {each.name}  ({used})"
    if not found:
        yield "No feeds."
