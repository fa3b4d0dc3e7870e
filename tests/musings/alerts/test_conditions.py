"""What may be wrong, in words: each look says that it is, that it is not, or that it cannot be told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from musings.alerts import conditions
from musings.makers.base import BackendState
from musings.models import Kind
from musings.store import times
from musings.store.alerts.notices import OpenAlert
from musings.store.database import Database
from musings.store.queue import endings, pause
from musings.store.schedules import schedules
from musings.store.schedules.schedules import Firing, NewSchedule
from musings.store.webhooks import deliveries, endpoints
from musings.store.webhooks.deliveries import DeliveryState, Try
from tests.conftest import MakeSettings
from tests.musings.store.adding import add, shell
from tests.musings.store.queue.taking import claimed


def fail(database: Database) -> int:
    taken = claimed(database)
    database.writing(endings.fail, taken, error="no model", error_class="C", seconds=1.0, log="")
    return taken.id


def test_failures_are_told_with_their_ids_in_the_order_they_came(database: Database) -> None:
    ids = [fail(database) for _ in range(3)]
    assert conditions.failures(database, 4) == []
    [found] = conditions.failures(database, 3)
    assert (found.key, found.wrong, found.notice.level) == ("failures:image", True, "failure")
    assert found.notice.title == "3 image prompts failed in a row"
    assert f"Prompts {ids[0]}, {ids[1]}, {ids[2]} failed" in found.notice.body
    assert found.notice.body.endswith("no model")
    taken = claimed(database)
    database.writing(endings.complete, taken, artifacts=[], writing=None, seconds=1.0, log="")
    [over] = conditions.failures(database, 3)
    assert (over.wrong, over.notice.title) == (False, "Image prompts work again")


def test_a_prompt_that_ran_for_long_is_over_with_its_status(database: Database) -> None:
    taken = claimed(database)
    past = (times.now() - timedelta(minutes=90)).strftime("%Y-%m-%d %H:%M:%S.%f")
    shell(database, "UPDATE attempts SET started_at = ?", past)
    [found] = conditions.long_running(database, 60, {})
    assert (found.wrong, found.notice.title) == (True, f"Prompt {taken.id} runs for more than 60 minutes")
    assert found.notice.body.startswith("It has run for 90 minutes")
    opened = {found.key: OpenAlert(found.key, None, "", ""), "disk": OpenAlert("disk", None, "", "")}
    shell(database, "UPDATE prompts SET status = 'failed'")
    [over] = conditions.long_running(database, 60, opened)
    assert (over.wrong, over.notice.body) == (False, "It is failed now.")


def state(*, reachable: bool, url: str | None = "http://a") -> BackendState:
    return BackendState("comfyui", url, reachable, None, None, None if reachable else "refused")


def test_a_backend_is_wrong_at_the_second_look(database: Database) -> None:
    [first] = conditions.backends(database, [state(reachable=False)], {})
    assert first.wrong is None
    shell(database, "UPDATE musings_backend_outages SET since = '2026-01-01 00:00:00.000000'")
    [second] = conditions.backends(database, [state(reachable=False)], {})
    assert (second.wrong, second.notice.body) == (True, "http://a: refused")
    [over] = conditions.backends(database, [state(reachable=True)], {})
    assert over.wrong is False
    [again] = conditions.backends(database, [state(reachable=False)], {})
    assert again.wrong is None  # it was back meanwhile: the minute begins anew


def test_a_backend_that_sleeps_is_as_it_should_be_until_it_does_not_wake(database: Database) -> None:
    asleep = replace(state(reachable=False), asleep=True)
    for _ in range(2):
        [found] = conditions.backends(database, [asleep], {})
        assert (found.wrong, found.notice.title) == (False, "comfyui sleeps")
        shell(database, "UPDATE musings_backend_outages SET since = ?", "2020-01-01 00:00:00.000000")
    conditions.backends(database, [state(reachable=False)], {})
    shell(database, "UPDATE musings_backend_outages SET since = ?", "2020-01-01 00:00:00.000000")
    [found] = conditions.backends(database, [state(reachable=False)], {})
    assert found.wrong


def test_what_nobody_needs_any_more_is_over(database: Database) -> None:
    opened = {"backend:http://b": OpenAlert("backend:http://b", None, "", "")}
    kept, gone = conditions.backends(database, [state(reachable=True)], opened)
    assert (kept.key, gone.key, gone.wrong) == ("backend:http://a", "backend:http://b", False)
    assert "not in the configuration" in gone.notice.body


def test_a_schedule_that_came_to_nothing_is_told_until_it_does_not(database: Database) -> None:
    request = {"prompt": {"prompt_text": "x"}}
    new = NewSchedule(
        "morning", "FREQ=DAILY", "UTC", datetime.fromisoformat("2026-01-01"), request, True, times.now(), "h"
    )
    kept, _ = database.writing(schedules.add, new)
    assert conditions.schedules(database, {}) == []
    database.writing(schedules.note, kept.id, Firing(error="There is no workflow 'fox'."))
    [found] = conditions.schedules(database, {})
    assert (found.key, found.wrong) == (f"schedule:{kept.id}", True)
    assert "There is no workflow 'fox'." in found.notice.body
    database.writing(schedules.note, kept.id, Firing(prompt_id=1))
    [over] = conditions.schedules(database, {found.key: OpenAlert(found.key, None, "", "")})
    assert (over.key, over.wrong) == (found.key, False)


@pytest.mark.parametrize(
    ("minutes", "paused", "alive", "wrong"),
    [(60, False, False, True), (1, False, False, False), (60, True, False, False), (60, False, True, False)],
)
def test_prompts_that_nobody_takes(
    make_settings: MakeSettings, database: Database, minutes: int, paused: bool, alive: bool, wrong: bool
) -> None:
    settings = make_settings(service={"interval_minutes": 5})
    add(database)
    past = (times.now() - timedelta(minutes=minutes)).strftime("%Y-%m-%d %H:%M:%S.%f")
    shell(database, "UPDATE prompts SET created_at = ?", past)
    if paused:
        database.writing(pause.set_paused, True)
    [found] = conditions.worker(database, settings, lambda: None, alive)
    assert found.wrong is wrong
    assert not wrong or "Start `musings worker`" in found.notice.body


def test_a_crash_is_told_in_its_own_words(make_settings: MakeSettings, database: Database) -> None:
    [found] = conditions.worker(database, make_settings(), lambda: "It fell.", False)
    assert (found.wrong, found.notice.body) == (True, "It fell.")


def test_there_is_room_on_the_disk(database: Database) -> None:
    [found] = conditions.low_disk(database)
    assert (found.key, found.wrong) == ("disk", False)


def test_a_webhook_that_gave_up_is_told_and_is_over_when_it_delivers_or_is_gone(database: Database) -> None:
    webhook = database.writing(endpoints.add, "n8n", "https://example.org/", endpoints.ENDINGS, [])
    assert conditions.webhooks(database, {}) == []
    for state, error in ((DeliveryState.FAILED, "503 Service Unavailable"), (DeliveryState.DELIVERED, None)):
        posted = database.writing(deliveries.post_test, webhook.id)
        taken = database.writing(deliveries.claim, posted, times.now())
        assert taken is not None
        # What still waits tells nothing.
        assert [each.wrong for each in conditions.webhooks(database, {})] in ([], [True])
        database.writing(deliveries.settle, taken, Try(times.now(), None, error, 0.1), state, None)
        [found] = conditions.webhooks(database, {})
        assert (found.key, found.wrong) == (f"webhook:{webhook.id}", state is DeliveryState.FAILED)
        if error:
            assert found.notice.title == "The webhook 'n8n' does not take its messages"
            assert error in found.notice.body
    opened = {f"webhook:{webhook.id}": OpenAlert(f"webhook:{webhook.id}", times.now(), "t", "b")}
    database.writing(endpoints.remove, webhook.id)
    [over] = conditions.webhooks(database, opened)
    assert over.wrong is False


@pytest.mark.parametrize(("begins", "ends", "wrong"), [(1, 2, False), (-0.1, 2, False), (-2, 2, True)])
def test_what_waits_for_its_hours_is_nobodys_fault(
    make_settings: MakeSettings, database: Database, begins: float, ends: float, wrong: bool
) -> None:
    now = datetime.now(UTC)
    window = "-".join(f"{now + timedelta(hours=each):%H:%M}" for each in (begins, ends))
    settings = make_settings(processing={"hours": dict.fromkeys(Kind, window), "time_zone": "UTC"})
    add(database)
    shell(database, "UPDATE prompts SET created_at = '2026-01-01 00:00:00.000000'")
    [found] = conditions.worker(database, settings, lambda: None, alive=False)
    assert found.wrong is wrong
