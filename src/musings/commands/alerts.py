"""Alerts: what is wrong now, and whether the channels work.

list shows the alerts that are open and the notices on their way; test sends a notice to every channel.
"""

import argparse
from dataclasses import asdict

from musings.alerts.channels import is_known, send
from musings.alerts.post import channels_of
from musings.commands.opening import open_database, print_json, say, settings_for
from musings.config.settings import Settings
from musings.errors import ConfigError
from musings.store.alerts import notices
from musings.store.alerts.notices import Notice

TRIAL = Notice("Musings: a trial", "If you can read this, alerts reach you here.", "info")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("list", "test"), nargs="?", default="list", help="list by default")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    settings = settings_for(arguments)
    return {"list": _list, "test": _test}[arguments.action](settings, arguments.json)


def _list(settings: Settings, as_json: bool) -> int:
    with open_database(settings) as database:
        opened = list(database.reading(notices.open_alerts).values())
        waiting = database.reading(notices.waiting)
    if as_json:
        unsent = [{"title": each.notice.title, "left": each.left, "tries": each.tries} for each in waiting]
        print_json({"open": [asdict(each) for each in opened], "waiting": unsent})
        return 0
    if not settings.alerts.urls:
        say("No channel is set, so nothing is looked for: set alerts.urls (docs/alerts.md).")
    for each in opened:
        since = f"{each.since:%Y-%m-%d %H:%M} UTC" if each.since else "?"
        say(f"Since {since}: {each.title}. {each.body}")
    for notice in waiting:
        say(f"Not delivered yet to {', '.join(notice.left)} ({notice.tries} tries): {notice.notice.title}")
    if settings.alerts.urls and not opened:
        say("Nothing is wrong.")
    return 0


def _test(settings: Settings, as_json: bool) -> int:
    urls = settings.alerts.urls
    if not urls:
        raise ConfigError(
            "No channel is set: alerts.urls is empty.",
            hint='Set MUSINGS_ALERTS__URLS to a JSON list of Apprise addresses, such as ["macosx://"].',
        )
    took = {name: send(url, TRIAL) for name, url in zip(channels_of(urls), urls, strict=True)}
    if as_json:
        print_json(took)
    else:
        for (name, taken), url in zip(took.items(), urls, strict=True):
            why = "did not take it" if is_known(url) else "is no address that Apprise knows"
            say(f"{name}: {'took the notice' if taken else why}")
    return 0 if all(took.values()) else 1
