"""Webhooks: which programs are told when a prompt ends.

add keeps an address and shows the secret with which its receiver verifies what comes (https://www.standardwebhooks.com);
test sends a message now and says what came of it; deliveries is the log; redeliver sends one again.
"""

import argparse
from collections.abc import Iterator, Sequence

from musings.commands.list import limit
from musings.commands.opening import open_database, printable_name, report, settings_for, take_options_after
from musings.config.settings import Settings
from musings.models import Kind
from musings.store.database import Database
from musings.store.webhooks import deliveries, endpoints
from musings.views import webhooks as views
from musings.webhooks.channels import address_of
from musings.webhooks.destinations import channel_of
from musings.webhooks.duty import key_of, post_of

WORDS = {each.partition(".")[2]: each for each in endpoints.ENDINGS}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print what was found or done as JSON")
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True, help="one of these:")
    add = acts.add_parser("add", help="tell an address, and show its secret")
    add.add_argument("name", metavar="NAME", help="what it is for, such as n8n")
    add.add_argument("url", metavar="URL", help="https://…, or channel:N for one of alerts.urls (ntfy, mail, a chat)")
    add.add_argument(
        "--event", action="append", choices=[*WORDS], help="which ends; may be given again; all without it"
    )
    add.add_argument("--kind", action="append", choices=[*Kind], help="of which prompts; may be given again")
    acts.add_parser("list", help="every webhook")
    for act, words in {
        "remove": "forget one, with all that is on its way to it",
        "enable": "tell it again",
        "disable": "tell it nothing more",
        "test": "send it a message now",
    }.items():
        acts.add_parser(act, help=words).add_argument("name", metavar="NAME")
    secret = acts.add_parser("secret", help="what its receiver verifies with")
    secret.add_argument("name", metavar="NAME")
    secret.add_argument("--new", action="store_true", help="make a new one; for a day the old one signs as well")
    log = acts.add_parser("deliveries", help="what was told and what was not, newest first")
    log.add_argument("name", metavar="NAME", nargs="?", help="of one webhook")
    log.add_argument("--state", choices=[*deliveries.DeliveryState], help="only these")
    log.add_argument("--limit", type=limit, default=20, metavar="N", help="how many at most, up to 200")
    log.add_argument("--cursor", help="next_cursor of the page before")
    again = acts.add_parser("redeliver", help="send one again")
    again.add_argument("id", type=int, metavar="ID", help="as `deliveries` shows it")
    take_options_after(acts)


def run(arguments: argparse.Namespace) -> int:
    settings = settings_for(arguments)
    with open_database(settings) as database:
        return _ACTS[arguments.act](settings, database, arguments)


def _add(settings: Settings, database: Database, arguments: argparse.Namespace) -> int:
    name = printable_name(arguments.name)
    url = address_of(settings, arguments.url)
    events = [WORDS[each] for each in arguments.event or WORDS]
    kinds = [Kind(each) for each in arguments.kind or ()]
    made = database.writing(endpoints.add, name, url, events, kinds)
    secret = key_of(settings, database).secret(made)
    report(
        arguments,
        lambda: views.with_secret(made, secret).model_dump(mode="json"),
        [f"{made.name!r} is told from now on, by the channel {channel}."]
        if (channel := channel_of(url))
        else [secret, f"That is the secret of {made.name!r}: its receiver verifies messages with it."],
    )
    return 0


def _list(_settings: Settings, database: Database, arguments: argparse.Namespace) -> int:
    found = database.reading(endpoints.listing)
    report(
        arguments,
        lambda: views.WebhookList(items=[views.webhook_meta(each) for each in found]).model_dump(mode="json"),
        _lines(found),
    )
    return 0


def _lines(found: Sequence[endpoints.Webhook]) -> Iterator[str]:
    for each in found:
        what = "+".join(event.partition(".")[2] for event in each.events)
        kinds = f" of {'+'.join(each.kinds)}" if each.kinds else ""
        off = "" if each.enabled else f"  OFF: {each.disabled_reason or endpoints.BY_HAND}"
        yield f"{each.name}  {each.url}  {what}{kinds}{off}"
    if not found:
        yield "No webhooks."


def _remove(_settings: Settings, database: Database, arguments: argparse.Namespace) -> int:
    found = database.reading(endpoints.named, arguments.name)
    database.writing(endpoints.remove, found.id)
    report(arguments, lambda: {"removed": found.name}, [f"{found.name!r} is told nothing more."])
    return 0


def _enable(_settings: Settings, database: Database, arguments: argparse.Namespace) -> int:
    found = database.writing(endpoints.enable, database.reading(endpoints.named, arguments.name).id)
    report(
        arguments,
        lambda: views.webhook_meta(found).model_dump(mode="json"),
        [f"{found.name!r} is told again, also of what has waited for it."],
    )
    return 0


def _disable(_settings: Settings, database: Database, arguments: argparse.Namespace) -> int:
    found = database.reading(endpoints.named, arguments.name)
    found = database.writing(endpoints.disable, found.id, endpoints.BY_HAND)
    report(
        arguments,
        lambda: views.webhook_meta(found).model_dump(mode="json"),
        [f"{found.name!r} is told nothing until you enable it."],
    )
    return 0


def _secret(settings: Settings, database: Database, arguments: argparse.Namespace) -> int:
    found = database.reading(endpoints.named, arguments.name)
    if arguments.new:
        found = database.writing(endpoints.renew_key, found.id)
    secret = key_of(settings, database).secret(found)
    report(arguments, lambda: {"name": found.name, "secret": secret}, [secret])
    return 0


def _test(settings: Settings, database: Database, arguments: argparse.Namespace) -> int:
    found = database.reading(endpoints.named, arguments.name)
    posted = database.writing(deliveries.post_test, found.id)
    answer = post_of(settings, database).deliver_one(posted)
    state = database.reading(deliveries.get, posted.id)
    if answer is None:  # a running API or worker was faster
        report(arguments, lambda: _json(state, []), ["It is on its way: see `musings webhooks deliveries`."])
        return 0
    words = "took the message" if answer.was_taken else f"did not take it: {answer.error}"
    report(
        arguments,
        lambda: _json(state, database.reading(deliveries.tries, [state.id])[state.id]),
        [f"{found.name} {words}"],
    )
    return 0 if answer.was_taken else 1


def _deliveries(_settings: Settings, database: Database, arguments: argparse.Namespace) -> int:
    names = {each.id: each.name for each in database.reading(endpoints.listing)}
    of = database.reading(endpoints.named, arguments.name).id if arguments.name else None
    state = deliveries.DeliveryState(arguments.state) if arguments.state else None
    page = database.reading(deliveries.listing, arguments.limit, arguments.cursor, webhook_id=of, state=state)
    tries = database.reading(deliveries.tries, [each.id for each in page.items])
    report(
        arguments,
        lambda: {
            "items": [_json(each, tries[each.id]) for each in page.items],
            "next_cursor": page.next_cursor,
        },
        _log(page.items, tries, names, page.next_cursor),
    )
    return 0


def _log(
    found: Sequence[deliveries.Delivery],
    tries: dict[int, list[deliveries.Try]],
    names: dict[int, str],
    next_cursor: str | None,
) -> Iterator[str]:
    for each in found:
        last = tries[each.id][-1] if tries[each.id] else None
        why = f": {last.error}" if last is not None and last.error else ""
        again = (
            f", again at {each.next_try_at:%Y-%m-%d %H:%M} UTC" if each.state == "waiting" and each.next_try_at else ""
        )
        about = f" of prompt {each.prompt_id}" if each.prompt_id else ""
        yield (
            f"{each.id:>6}  {each.created_at:%Y-%m-%d %H:%M}  {each.state:<9}  {names.get(each.webhook_id, '?')}"
            f"  {each.event}{about}  ({each.tries} tries{again}){why}"
        )
    if not found:
        yield "Nothing was told yet."
    if next_cursor:
        yield f"More: --cursor {next_cursor}"


def _redeliver(_settings: Settings, database: Database, arguments: argparse.Namespace) -> int:
    found = database.writing(deliveries.redeliver, arguments.id)
    report(
        arguments,
        lambda: _json(found, []),
        [f"deliveries.Delivery {found.id} is sent again by the worker or the API, whichever looks first."],
    )
    return 0


def _json(found: deliveries.Delivery, tries: Sequence[deliveries.Try]) -> object:
    return views.delivery_meta(found, tries).model_dump(mode="json")


_ACTS = {
    "add": _add,
    "list": _list,
    "remove": _remove,
    "enable": _enable,
    "disable": _disable,
    "secret": _secret,
    "test": _test,
    "deliveries": _deliveries,
    "redeliver": _redeliver,
}
