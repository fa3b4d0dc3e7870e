"""Alerts: what is wrong now, and whether the channels work.

list shows the alerts that are open and the notices on their way; test sends a notice to every channel.
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

from musings.alerts.channels import is_known, send
from musings.alerts.post import addresses_of
from musings.commands.opening import open_database, report, settings_for
from musings.config.settings import Settings
from musings.errors import ConfigError
from musings.store.alerts import notices
from musings.store.alerts.notices import Notice, OpenAlert, Waiting

TRIAL = Notice("Musings: a trial", "If you can read this, alerts reach you here.", "info")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("list", "test"), nargs="?", default="list", help="list by default")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    settings = settings_for(arguments)
    return {"list": _list, "test": _test}[arguments.action](settings, arguments)


def _list(settings: Settings, arguments: argparse.Namespace) -> int:
    with open_database(settings) as database:
        opened = list(database.reading(notices.open_alerts).values())
        waiting = database.reading(notices.waiting)
    unsent = [{"title": each.notice.title, "left": each.left, "tries": each.tries} for each in waiting]
    report(
        arguments,
        lambda: {"open": [asdict(each) for each in opened], "waiting": unsent},
        _lines(opened, waiting, has_channel=bool(settings.alerts.urls)),
    )
    return 0


def _lines(opened: Sequence[OpenAlert], waiting: Sequence[Waiting], *, has_channel: bool) -> Iterator[str]:
    if not has_channel:
        yield "No channel is set, so nothing is looked for: set alerts.urls (docs/alerts.md)."
    for each in opened:
        since = f"{each.since:%Y-%m-%d %H:%M} UTC" if each.since else "?"
        yield f"Since {since}: {each.title}. {each.body}"
    for notice in waiting:
        yield f"Not delivered yet to {', '.join(notice.left)} ({notice.tries} tries): {notice.notice.title}"
    if has_channel and not opened:
        yield "Nothing is wrong."


def _test(settings: Settings, arguments: argparse.Namespace) -> int:
    urls = settings.alerts.urls
    if not urls:
        raise ConfigError(
            "No channel is set: alerts.urls is empty.",
            hint='Set MUSINGS_ALERTS__URLS to a JSON list of Apprise addresses, such as ["macosx://"].',
        )
    took = {name: send(url, TRIAL) for name, url in addresses_of(urls).items()}
    report(arguments, lambda: took, _trial_lines(took, urls))
    return 0 if all(took.values()) else 1


def _trial_lines(took: Mapping[str, bool], urls: Sequence[str]) -> Iterator[str]:
    for (name, taken), url in zip(took.items(), urls, strict=True):
        why = "did not take it" if is_known(url) else "is no address that Apprise knows"
        yield f"{name}: {'took the notice' if taken else why}"
