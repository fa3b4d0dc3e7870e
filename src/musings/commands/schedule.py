"""Schedules: prompts and chains that are asked for again and again, by a rule in a time zone.

add keeps one: `musings schedule add morning "a poem about today" --every day --at 07:00 --type poem`. Times are those
of a clock on the wall. What was missed while the machine slept is made up for once.
"""

import argparse
import re
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from musings.chains.starting import RunRequest
from musings.commands.opening import (
    open_database,
    pair,
    printable_name,
    report,
    settings_for,
    standard_input,
    take_options_after,
)
from musings.config.settings import Settings
from musings.errors import UsageError
from musings.requests.intake import TEXT_BYTES
from musings.requests.request import PromptRequest
from musings.requests.stored_makers import makers_of
from musings.schedules import acts, headlines, making, recurrence
from musings.store.database import Database
from musings.store.schedules import schedules
from musings.views import schedules as views

SHOWN_TIMES = 5
DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
CLOCK = re.compile("([01]?[0-9]|2[0-3]):([0-5][0-9])")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON")
    verbs = parser.add_subparsers(dest="act", metavar="ACT", required=True, help="one of these:")
    add = verbs.add_parser("add", help="ask for something at times")
    add.add_argument("name", metavar="NAME", help="what it is called, such as morning")
    add.add_argument(
        "text", metavar="TEXT", help="the words of the prompt, or the idea of the chain; - is standard input"
    )
    when = add.add_mutually_exclusive_group(required=True)
    when.add_argument("--rule", metavar="RRULE", help="when, as RFC 5545 writes it: FREQ=MONTHLY;BYDAY=1SU;BYHOUR=9")
    when.add_argument("--every", choices=[*recurrence.EVERY], help="when, in a word; with --at")
    add.add_argument("--at", type=clock, metavar="HH:MM", help="with --every: the time; of an hour its minute counts")
    add.add_argument("--on", choices=DAYS, help="with --every week: the day; without it Monday")
    add.add_argument("--time-zone", metavar="ZONE", help="such as Europe/Berlin; without it processing.time_zone")
    add.add_argument("--starts", type=moment, metavar="TIME", help="DTSTART, such as 2026-12-01T07:00")
    add.add_argument("--paused", action="store_true", help="keep it, and let it wait for `resume`")
    add.add_argument("--chain", metavar="CHAIN", help="send TEXT through this chain, in place of a prompt")
    add.add_argument("--type", dest="prompt_type", help="text, image, music, voice, video, poem …; without it text")
    add.add_argument("--workflow", metavar="W", help="what to make it with")
    add.add_argument("--set", action="append", default=[], metavar="K=V", dest="parameters", help="a parameter")
    add.add_argument("--count", type=int, metavar="N", help="how many to make of it each time")
    add.add_argument("--priority", type=int, default=5, help="1 is most urgent, 10 least")
    add.add_argument("--enhance", action="store_true", help="have the poets write the words of a picture or a song")
    add.add_argument(
        "--headlines", metavar="URL", help=f"a feed whose titles stand for {headlines.PLACEHOLDER} in TEXT"
    )
    add.add_argument("--most", type=int, metavar="N", help=f"with --headlines: how many titles, {headlines.USUAL} else")
    verbs.add_parser("list", help="every schedule")
    for act, words in {
        "show": f"one with its next {SHOWN_TIMES} times",
        "pause": "let it wait",
        "resume": "let it go on, from now",
        "run": "make what it makes now, once more",
        "remove": "forget it; what it has made stays",
    }.items():
        verbs.add_parser(act, help=words).add_argument("name", metavar="NAME")
    take_options_after(verbs)


def clock(word: str) -> time:
    match = CLOCK.fullmatch(word)
    if match is None:
        raise argparse.ArgumentTypeError(f"{word[:40]!r} is no time of day; write it as 07:00")
    return time(int(match[1]), int(match[2]))


def moment(word: str) -> datetime:
    try:
        return datetime.fromisoformat(word)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{word[:40]!r} is no time; write it as 2026-12-01T07:00") from error


def run(arguments: argparse.Namespace) -> int:
    settings = settings_for(arguments)
    with open_database(settings) as database:
        return _ACTS[arguments.act](settings, database, arguments)


def _add(settings: Settings, database: Database, arguments: argparse.Namespace) -> int:
    request = acts.ScheduleRequest(
        name=printable_name(arguments.name),
        rule=_rule(arguments),
        wanted=_wanted(arguments),
        time_zone=arguments.time_zone,
        starts_at=arguments.starts,
        enabled=not arguments.paused,
        headlines=_source(arguments),
    )
    with _workroom(settings, database) as room:
        found, _ = acts.add(room, request, acts.zone_here(settings.processing.time_zone))
    _report(arguments, found)
    return 0


@contextmanager
def _workroom(settings: Settings, database: Database) -> Iterator[making.Workroom]:
    processing, allowed = settings.processing, settings.webhooks.allowed_hosts
    # Opened for the check alone: what is wrong is said now, to who is there, and not at seven in the morning.
    with closing(makers_of(settings, database)) as makers:
        yield making.Workroom(database, makers, processing.max_attempts, processing.max_pending, allowed)


def _source(arguments: argparse.Namespace) -> headlines.HeadlineSource | None:
    if arguments.headlines is None:
        if arguments.most is not None:
            raise UsageError("--most goes with --headlines: it says how many titles.")
        return None
    return headlines.HeadlineSource(arguments.headlines, headlines.USUAL if arguments.most is None else arguments.most)


def _rule(arguments: argparse.Namespace) -> str:
    if arguments.every is None:
        if arguments.at is not None or arguments.on is not None:
            raise UsageError("--at and --on go with --every: a --rule says them itself (BYHOUR, BYMINUTE, BYDAY).")
        return str(arguments.rule)
    if arguments.on is not None and arguments.every != "week":
        raise UsageError("--on goes with --every week.")
    # Midnight would be a guess, and who forgot the time would learn of it at night.
    if arguments.at is None and arguments.every != "hour":
        raise UsageError(f"--every {arguments.every} needs a time: --at 07:00.")
    return recurrence.simple(arguments.every, arguments.at or time(), (arguments.on or "mo").upper())


def _wanted(arguments: argparse.Namespace) -> making.Wanted:
    text = standard_input(TEXT_BYTES) if arguments.text == "-" else arguments.text
    given = dict(pair(word) for word in arguments.parameters)
    if arguments.chain is None:
        return PromptRequest(
            prompt_text=text,
            prompt_type=arguments.prompt_type or "text",
            priority=arguments.priority,
            workflow=arguments.workflow,
            parameters=given,
            count=arguments.count,
            enhance=True if arguments.enhance else None,
        )
    # Refused and not dropped: the chain would be run with something else than was asked for.
    for name in ("prompt_type", "workflow", "count", "enhance"):
        if getattr(arguments, name):
            word = "type" if name == "prompt_type" else name
            raise UsageError(f"--{word} is for a prompt; the chain says it for each of its steps.")
    return RunRequest(arguments.chain, text, given, arguments.priority)


def _list(_settings: Settings, database: Database, arguments: argparse.Namespace) -> int:
    found = database.reading(schedules.listing)
    report(
        arguments,
        lambda: views.ScheduleList(items=[views.schedule_meta(each) for each in found]).model_dump(mode="json"),
        _lines(found),
    )
    return 0


def _show(_settings: Settings, database: Database, arguments: argparse.Namespace) -> int:
    _report(arguments, database.reading(schedules.named, arguments.name))
    return 0


def _pause(settings: Settings, database: Database, arguments: argparse.Namespace) -> int:
    return _switch(settings, database, arguments, enabled=False)


def _resume(settings: Settings, database: Database, arguments: argparse.Namespace) -> int:
    return _switch(settings, database, arguments, enabled=True)


def _switch(settings: Settings, database: Database, arguments: argparse.Namespace, *, enabled: bool) -> int:
    found = database.reading(schedules.named, arguments.name)
    with _workroom(settings, database) as room:
        _report(arguments, acts.change(room, found.id, {"enabled": enabled}))
    return 0


def _run(settings: Settings, database: Database, arguments: argparse.Namespace) -> int:
    found = database.reading(schedules.named, arguments.name)
    with _workroom(settings, database) as room:
        _, made, _ = acts.run_now(room, found.id)
    what = f"Prompt {made.prompt_id} is queued." if made.musing_id is None else f"Musing {made.musing_id} has started."
    report(arguments, lambda: views.schedule_run(made).model_dump(mode="json"), [what])
    return 0


def _remove(_settings: Settings, database: Database, arguments: argparse.Namespace) -> int:
    found = database.reading(schedules.named, arguments.name)
    database.writing(schedules.remove, found.id)
    report(arguments, lambda: {"removed": found.name}, [f"{found.name} is forgotten; what it has made stays."])
    return 0


def _report(arguments: argparse.Namespace, found: schedules.ScheduleRow) -> None:
    following = acts.following(found, SHOWN_TIMES)
    report(arguments, lambda: views.schedule_detail(found, following).model_dump(mode="json"), _whole(found, following))


def _whole(found: schedules.ScheduleRow, following: Sequence[datetime]) -> Iterator[str]:
    yield _line(found)
    yield f"  {found.rule}, in {found.time_zone}, from {found.starts_at:%Y-%m-%d %H:%M} on"
    yield f"  makes {_what(found)}"
    if (source := found.request.get(making.HEADLINES)) is not None:
        yield f"  with up to {source.get('most')} headlines of {source.get('feed')}"
    for each in following:
        yield f"  {_local(each, found)}"
    if found.last_at is not None:
        made = "nothing" if found.last_error else _made(found)
        yield f"  last at {_local(found.last_at, found)}: {made}"
    if found.last_error:
        yield f"  {found.last_error}"


def _lines(found: Sequence[schedules.ScheduleRow]) -> Iterator[str]:
    for each in found:
        yield _line(each)
    if not found:
        yield "No schedules."


def _line(found: schedules.ScheduleRow) -> str:
    if not found.enabled:
        state = "paused"
    else:
        state = "has ended" if found.next_at is None else f"next at {_local(found.next_at, found)}"
    return f"{found.name}  {state}{'  FAILS' if found.last_error else ''}"


def _what(found: schedules.ScheduleRow) -> str:
    prompt, musing = found.request.get("prompt"), found.request.get("musing")
    if prompt is not None:
        return f"{prompt.get('prompt_type', 'text')}: {prompt.get('prompt_text', '')}"
    return f"a musing of {musing['chain']}: {musing['idea']}" if musing else "what this version does not know"


def _made(found: schedules.ScheduleRow) -> str:
    if found.last_musing_id is not None:
        return f"musing {found.last_musing_id}"
    return f"prompt {found.last_prompt_id}"


def _local(at: datetime, found: schedules.ScheduleRow) -> str:
    """A time on the wall of the schedule's zone; of one that is not known here any more, of UTC."""
    try:
        return f"{at.astimezone(ZoneInfo(found.time_zone)):%a %Y-%m-%d %H:%M %Z}"
    except (ValueError, OSError):
        return f"{at.astimezone(UTC):%a %Y-%m-%d %H:%M} UTC"


_ACTS = {
    "add": _add,
    "list": _list,
    "show": _show,
    "pause": _pause,
    "resume": _resume,
    "run": _run,
    "remove": _remove,
}
