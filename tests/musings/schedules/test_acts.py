"""What people do to schedules: kept, changed, paused, run, and refused in words."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from musings.chains.starting import RunRequest
from musings.errors import ConflictError, InvalidInputError, MusingsError, NotFoundError
from musings.requests.request import PromptRequest
from musings.schedules import acts
from musings.schedules.acts import ScheduleRequest
from musings.store import times
from tests.musings.schedules.planning import DAILY, POEM, Planner
from tests.musings.store.adding import shell


def test_one_is_kept_with_its_next_time(planner: Planner) -> None:
    kept = planner.keep(rule="rrule:freq=daily;byhour=7;byminute=0")
    assert (kept.rule, kept.time_zone, kept.enabled) == (DAILY, "Europe/Berlin", True)
    assert kept.starts_at.hour == kept.starts_at.minute == 0
    assert kept.next_at is not None
    assert timedelta() < kept.next_at - times.now() <= timedelta(days=1, hours=1)
    assert planner.prompts() == []
    following = acts.following(kept, 5)
    assert (len(following), following[0]) == (5, kept.next_at)


def test_a_request_that_comes_again_finds_its_schedule(planner: Planner) -> None:
    request = ScheduleRequest("morning", DAILY, POEM, idempotency_key="k")
    first, is_new = acts.add(planner.room, request, "Europe/Berlin")
    # The zone of the machine may be another one meanwhile.
    again, is_again_new = acts.add(planner.room, request, "UTC")
    assert (first, is_new, is_again_new) == (again, True, False)
    with pytest.raises(InvalidInputError, match="idempotency key was used before"):
        acts.add(planner.room, ScheduleRequest("noon", DAILY, POEM, idempotency_key="k"), "UTC")


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({"name": " "}, InvalidInputError, "printable"),
        ({"name": "a\nb"}, InvalidInputError, "printable"),
        ({"rule": "FREQ=DAILY;UNTIL=20200101"}, InvalidInputError, "it would never fire"),
        ({"rule": "FREQ=SECONDLY"}, InvalidInputError, "once a minute"),
        ({"time_zone": "Mars/Olympus"}, InvalidInputError, "no time zone"),
        ({"starts_at": datetime(2026, 1, 1, tzinfo=UTC)}, InvalidInputError, "without an offset"),
        ({"wanted": PromptRequest("x", "opera")}, InvalidInputError, "prompt_type"),
        ({"wanted": PromptRequest(" ", "poem")}, InvalidInputError, "is empty"),
        ({"wanted": RunRequest("opera", "x")}, NotFoundError, "opera"),
        ({"name": "taken"}, ConflictError, "already"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    planner: Planner, given: dict[str, object], error: type[MusingsError], words: str
) -> None:
    planner.keep("taken")
    with pytest.raises(error, match=words):
        planner.keep(**{"name": "morning", **given})  # type: ignore[arg-type]
    with pytest.raises(error, match=words):
        acts.change(planner.room, planner.keep("other").id, given)


def test_a_paused_one_waits_and_goes_on_from_now(planner: Planner) -> None:
    kept = planner.due(days=3)
    paused = acts.change(planner.room, kept.id, {"enabled": False})
    assert (paused.enabled, paused.next_at, acts.following(paused, 5)) == (False, None, [])
    assert planner.firings.due() == 0
    resumed = acts.change(planner.room, kept.id, {"enabled": True})
    assert resumed.next_at is not None
    assert resumed.next_at > times.now()
    assert planner.firings.due() == 0
    assert planner.keep("later", enabled=False).next_at is None


def test_what_is_left_out_of_a_change_stays(planner: Planner) -> None:
    kept = planner.keep()
    renamed = acts.change(planner.room, kept.id, {"name": "dawn"})
    assert (renamed.name, renamed.next_at, renamed.rule) == ("dawn", kept.next_at, kept.rule)
    moved = acts.change(planner.room, kept.id, {"time_zone": "Asia/Tokyo"})
    assert moved.next_at != kept.next_at
    asked = acts.change(planner.room, kept.id, {"wanted": RunRequest("album", "a fox")})
    assert asked.request["musing"]["chain"] == "album"
    with pytest.raises(NotFoundError):
        acts.change(planner.room, 99, {"name": "x"})


def test_one_is_run_by_hand_and_its_next_time_stays(planner: Planner) -> None:
    kept = planner.keep()
    row, made, is_new = acts.run_now(planner.room, kept.id, "k")
    assert ([each.id for each in planner.prompts()], is_new) == ([made.prompt_id], True)
    assert (row.next_at, row.last_prompt_id) == (kept.next_at, made.prompt_id)
    assert acts.run_now(planner.room, kept.id, "k")[1:] == (made, False)
    assert acts.run_now(planner.room, kept.id)[1] != made
    with pytest.raises(NotFoundError):
        acts.run_now(planner.room, 99)


def test_a_row_whose_zone_is_gone_still_shows_its_next_time(planner: Planner) -> None:
    kept = planner.keep()
    shell(planner.database, "UPDATE musings_schedules SET time_zone = 'Mars/Olympus'")
    assert acts.following(planner.get(kept.id), 5) == [kept.next_at]


def test_the_zone_of_this_machine_has_a_name(tmp_path: Path) -> None:
    linked = tmp_path / "localtime"
    linked.symlink_to("/usr/share/zoneinfo/Asia/Tokyo")
    assert acts.zone_here("Europe/Berlin", {}, str(linked)) == "Europe/Berlin"
    assert acts.zone_here(None, {"TZ": ":America/New_York"}, str(linked)) == "America/New_York"
    assert acts.zone_here(None, {"TZ": "/etc/odd"}, str(linked)) == "Asia/Tokyo"
    assert acts.zone_here(None, {"TZ": "Nowhere/Else"}, str(tmp_path / "none")) == "UTC"
