"""What may be wrong, one function each: it looks, and says how it is in words for a person."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from musings.config.settings import Settings
from musings.housekeeping import disk
from musings.makers.base import BackendState
from musings.models import MEDIA_KINDS, Kind
from musings.store import times
from musings.store.alerts import outages, trouble
from musings.store.alerts.notices import Notice, OpenAlert
from musings.store.database import Database
from musings.store.queue import pause, schedule
from musings.store.schedules import schedules as stored_schedules
from musings.store.webhooks import deliveries

FAILURES, LONG, DISK, BACKEND, WORKER, WEBHOOK = "failures:", "long:", "disk", "backend:", "worker", "webhook:"
SCHEDULE = "schedule:"
DOWN_SECONDS = 60.0
UNWORKED_MINUTES = 15.0

Opened = Mapping[str, OpenAlert]


@dataclass(frozen=True)
class Condition:
    """Whether something is wrong; ``notice`` says so, or that it is over. None: it cannot be told now."""

    key: str
    wrong: bool | None
    notice: Notice


def failures(database: Database, in_a_row: int) -> list[Condition]:
    """Of each kind: whether its last prompts all failed."""
    found = []
    for kind in Kind:
        last = database.reading(trouble.last_ended, kind, in_a_row)
        if not last:
            continue
        if len(last) == in_a_row and all(each.failed for each in last):
            ids = ", ".join(str(each.id) for each in reversed(last))
            body = f"Prompts {ids} failed, one after another. The last one: {last[0].error}"
            notice = _failure(f"{in_a_row} {kind} prompts failed in a row", body)
            found.append(Condition(FAILURES + kind, True, notice))
        elif not last[0].failed:
            notice = _over(f"{kind.capitalize()} prompts work again", f"Prompt {last[0].id} was completed.")
            found.append(Condition(FAILURES + kind, False, notice))
    return found


def long_running(database: Database, minutes: float, opened: Opened) -> list[Condition]:
    """Each prompt that runs for too long, and each that did."""
    found = {LONG + str(each.id): each for each in database.reading(trouble.running_for, minutes)}
    conditions = [
        Condition(
            key,
            True,
            _failure(
                f"Prompt {each.id} runs for more than {minutes:g} minutes",
                f"It has run for {each.minutes:.0f} minutes so far: {each.text}",
            ),
        )
        for key, each in found.items()
    ]
    for key in opened:
        if key.startswith(LONG) and key not in found:
            prompt_id = int(key.removeprefix(LONG))
            words = f"Prompt {prompt_id} does not run any more"
            status = database.reading(trouble.status_of, prompt_id)
            conditions.append(Condition(key, False, _over(words, f"It is {status} now.")))
    return conditions


def low_disk(database: Database) -> list[Condition]:
    said = disk.words(database)
    if said is None:
        return [Condition(DISK, False, _over("There is room on the disk again", "Media prompts go on."))]
    return [Condition(DISK, True, _failure("The disk is nearly full", said))]


def backends(database: Database, found: Sequence[BackendState], opened: Opened) -> list[Condition]:
    """Each place that prompts need: wrong when it was away at two looks, a minute apart or more.

    One that sleeps is as it should be, until it does not wake.
    """
    now = times.now()
    conditions = []
    for each in found:
        name = each.url or each.kind
        key = BACKEND + name
        since = database.reading(outages.since, name)
        if each.reachable or each.asleep:
            if since is not None:
                database.writing(outages.end, name)
            words = _over(f"{each.kind} is back", f"{name} answers again. What waited for it goes on.")
            if each.asleep:
                words = _over(f"{each.kind} sleeps", f"{name} is woken when a prompt needs it.")
            conditions.append(Condition(key, False, words))
            continue
        if since is None or since > now:
            database.writing(outages.begin, name, now)
        wrong = since is not None and now - since >= timedelta(seconds=DOWN_SECONDS)
        words = _failure(f"{each.kind} does not answer", f"{name}: {each.last_error or 'no answer'}")
        conditions.append(Condition(key, True if wrong else None, words))
    return conditions + _no_longer_needed(opened, {each.key for each in conditions})


def webhooks(database: Database, opened: Opened) -> list[Condition]:
    """Each webhook: whether its last message was given up."""
    found = []
    for each in database.reading(deliveries.last_endings):
        if each.failed:
            said = (
                f"A message was given up; the last answer: {each.error or 'none'}. See `musings webhooks deliveries`."
            )
            notice = _failure(f"The webhook {each.name!r} does not take its messages", said)
        else:
            notice = _over(f"The webhook {each.name!r} takes its messages again", "The newest was delivered.")
        found.append(Condition(f"{WEBHOOK}{each.webhook_id}", each.failed, notice))
    seen = {each.key for each in found}
    gone = [key for key in opened if key.startswith(WEBHOOK) and key not in seen]
    words = _over("A webhook is told no more", "It was removed or disabled, or its log has been trimmed.")
    return found + [Condition(key, False, words) for key in gone]


def schedules(database: Database, opened: Opened) -> list[Condition]:
    """Each schedule whose last time came to nothing."""
    found = []
    for each in database.reading(stored_schedules.failing):
        said = f"{each.last_error} See `musings schedule show {each.name!r}`."
        notice = _failure(f"The schedule {each.name!r} could not make what it asks for", said)
        found.append(Condition(f"{SCHEDULE}{each.id}", True, notice))
    seen = {each.key for each in found}
    words = _over("A schedule is well again", "It has fired, or was changed, paused or removed.")
    return found + [Condition(key, False, words) for key in opened if key.startswith(SCHEDULE) and key not in seen]


def worker(database: Database, settings: Settings, crashed: Callable[[], str | None], alive: bool) -> list[Condition]:
    """Whether prompts are worked on. ``crashed`` says what became of a worker that ended without a word."""
    said = None if alive else (crashed() or _unworked(database, settings))
    if said is None:
        return [Condition(WORKER, False, _over("Prompts are worked on again", "A worker runs, or nothing waits."))]
    return [Condition(WORKER, True, _failure("No worker works on the queue", said))]


def _unworked(database: Database, settings: Settings) -> str | None:
    """Words for prompts that are due and that nobody takes, though a scheduled run would have come by."""
    if database.reading(pause.is_paused):
        return None
    planned = database.reading(schedule.find)
    interval = planned.interval if planned else timedelta(minutes=settings.service.interval_minutes)
    patience = max(timedelta(minutes=UNWORKED_MINUTES), schedule.MISSED_RUNS * interval)
    since: datetime | None = database.reading(trouble.waiting_since, _workable(settings, patience))
    if since is None or times.now() - since < patience:
        return None
    waits = f"Prompts wait since {since:%Y-%m-%d %H:%M} UTC and nobody takes them"
    if planned is not None and planned.is_regular and not planned.is_kept:
        return f"{waits}: {planned.in_words()}. Run `musings service status`, or look at your cron."
    return f"{waits}. Start `musings worker`."


def _workable(settings: Settings, patience: timedelta) -> list[Kind]:
    """The kinds that could have been begun all the while."""
    now, hours = times.now(), settings.hours_of_kinds()
    return [
        kind
        for kind in Kind
        if settings.media.enabled or kind not in MEDIA_KINDS
        # Those whose hours have just begun are not late yet.
        if kind not in hours or (hours[kind].are_now(now) and hours[kind].are_now(now - patience))
    ]


def _no_longer_needed(opened: Opened, seen: set[str]) -> list[Condition]:
    gone = [key for key in opened if key.startswith(BACKEND) and key not in seen]
    words = "It is not in the configuration any more, or no workflow needs it."
    return [Condition(key, False, _over(f"{key.removeprefix(BACKEND)} is not needed any more", words)) for key in gone]


def _failure(title: str, body: str) -> Notice:
    return Notice(title, body, "failure")


def _over(title: str, body: str) -> Notice:
    return Notice(title, body, "success")
