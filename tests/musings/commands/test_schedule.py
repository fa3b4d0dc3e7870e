"""`musings schedule`: kept in words or by a rule, shown with its next times, paused, run and forgotten."""

import json

import pytest

from tests.musings.command_line import Run

ADD = ("schedule", "add", "morning", "a poem about today")


def test_one_is_kept_shown_and_listed(run: Run) -> None:
    said = run(*ADD, "--every", "day", "--at", "07:00", "--type", "poem", "--time-zone", "Europe/Berlin")
    assert said.code == 0, said.err
    lines = said.out.splitlines()
    assert lines[0].startswith("morning  next at ")
    assert "FREQ=DAILY;BYHOUR=7;BYMINUTE=0;BYSECOND=0, in Europe/Berlin" in lines[1]
    assert lines[2].strip() == "makes poem: a poem about today"
    times = lines[3:]
    assert len(times) == 5
    assert all(" 07:00 CE" in each for each in times)
    assert run("schedule", "show", "morning").out == said.out
    found = json.loads(run("schedule", "show", "morning", "--json").out)
    assert (len(found["next_times"]), found["prompt"]["prompt_type"]) == (5, "poem")
    assert run("schedule", "list").out.startswith("morning  next at ")
    assert json.loads(run("schedule", "list", "--json").out)["items"][0]["id"] == found["id"]


def test_a_rule_sends_an_idea_through_a_chain(run: Run) -> None:
    rule = "FREQ=MONTHLY;BYDAY=1SU;BYHOUR=9"
    said = run("schedule", "add", "album", "the month", "--rule", rule, "--chain", "album", "--set", "songs=2")
    assert "makes a musing of album: the month" in said.out
    assert all(line.strip().startswith("Sun ") for line in said.out.splitlines()[3:])


def test_it_is_paused_run_and_forgotten(run: Run) -> None:
    assert run(*ADD, "--every", "hour", "--paused").out.startswith("morning  paused")
    assert run("schedule", "resume", "morning").out.startswith("morning  next at ")
    assert run("schedule", "pause", "morning").out.startswith("morning  paused")
    assert run("schedule", "run", "morning").out == "Prompt 1 is queued.\n"
    assert json.loads(run("schedule", "run", "morning", "--json").out) == {"prompt_id": 2, "musing_id": None}
    assert "last at " in run("schedule", "show", "morning").out
    assert "prompt 2" in run("schedule", "show", "morning").out
    assert "is forgotten" in run("schedule", "remove", "morning").out
    assert run("schedule", "list").out == "No schedules.\n"
    assert run("schedule", "show", "morning").code == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--every", "day"), "needs a time"),
        (("--every", "day", "--at", "25:00"), "no time of day"),
        (("--every", "day", "--at", "07:00", "--on", "mo"), "--on goes with --every week"),
        (("--rule", "FREQ=DAILY", "--at", "07:00"), "--at and --on go with --every"),
        (("--rule", "FREQ=SECONDLY"), "more often than once a minute"),
        (("--rule", "FREQ=DAILY", "--starts", "soon"), "no time"),
        (("--rule", "FREQ=DAILY", "--time-zone", "Mars/Olympus"), "no time zone"),
        (("--rule", "FREQ=DAILY", "--type", "opera"), "opera"),
        (("--rule", "FREQ=DAILY", "--chain", "album", "--type", "poem"), "--type is for a prompt"),
        ((), "required"),
    ],
)
def test_what_is_wrong_is_said(run: Run, words: tuple[str, ...], said: str) -> None:
    found = run(*ADD, *words)
    assert found.code == 2
    assert said in found.err


def test_a_week_has_a_day_and_a_start_of_its_own(run: Run) -> None:
    said = run(*ADD, "--every", "week", "--on", "we", "--at", "18:30", "--starts", "2026-12-01T00:00")
    assert all(line.strip().startswith("Wed ") for line in said.out.splitlines()[3:])


def test_headlines_of_a_feed_are_named(run: Run) -> None:
    words = ("schedule", "add", "news", "of {{headlines}}", "--every", "hour")
    said = run(*words, "--headlines", "https://example.org/feed.xml", "--most", "3")
    assert "  with up to 3 headlines of https://example.org/feed.xml" in said.out.splitlines(), said.err
    assert run(*words).code == 2
    assert run(*words, "--most", "3").code == 2
    assert run(*words, "--headlines", "https://example.org/feed.xml", "--most", "0").code == 2
