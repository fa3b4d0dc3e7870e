"""What an adoption found and did: the same facts as words and as JSON."""

from dataclasses import replace
from pathlib import Path

import pytest

from musings.sqlite.adopted_rows import MissingFile
from musings.sqlite.adoption_report import SHOWN, AdoptionReport
from musings.sqlite.recognition import Origin

NOTHING = AdoptionReport(
    database=Path("/d/m.db"),
    origin=Origin.MUSINGS,
    version_before="0007",
    version_after="0007",
    rows={"prompts": 12_000},
    statuses={"pending": 2},
    types={"image": 2},
)
DONE = replace(
    NOTHING,
    origin=Origin.OWNER,
    version_before=None,
    tables_made=("attempts", "workers"),
    columns_added={"prompts": ("attempt", "kind")},
    artifact_statuses={"ready": 3},
    indexes_rebuilt=("by_status",),
    recovered=(4, 5),
    paths_repaired=(("poets/a.png", "a.png"),),
    backup=Path("/d/m.before-1.db"),
    changed=True,
)


def test_nothing_to_do_is_said() -> None:
    said = NOTHING.as_words()
    assert "/d/m.db: a Musings database of version 0007." in said
    assert "rows: 12,000 prompts" in said
    assert said.splitlines()[-1] == "Nothing to do: it is at version 0007 already."
    assert NOTHING.as_json()["changed"] is False


@pytest.mark.parametrize(
    "words",
    [
        "a database made before Musings.",
        "Done:",
        "copied aside first, and checked: /d/m.before-1.db",
        "version: none to 0007",
        "tables made: attempts, workers",
        "columns added to prompts: attempt, kind",
        "artifact_status given: 3 ready",
        "damaged indexes rebuilt: by_status",
        "prompts taken out of processing: 2 (4, 5)",
        "paths repaired: 1 (a.png)",
    ],
)
def test_everything_that_was_done_is_a_line(words: str) -> None:
    assert any(line.strip().endswith(words) for line in DONE.as_words().splitlines()), DONE.as_words()


def test_a_rehearsal_tells_what_would_be_and_that_nothing_was() -> None:
    rehearsed = replace(DONE, rehearsal=True, backup=None)
    assert "nothing was changed" in rehearsed.as_words()
    assert "copy the database aside, beside m.db" in rehearsed.as_words()
    told = rehearsed.as_json()
    assert (told["changed"], told["would_change"], told["dry_run"], told["backup"]) == (False, True, True, None)


def test_a_fresh_database_would_not_be_copied() -> None:
    fresh = replace(DONE, origin=Origin.FRESH, rehearsal=True, backup=None)
    assert "copy the database aside" not in fresh.as_words()


def test_a_person_is_shown_some_and_a_program_all() -> None:
    missing = tuple(MissingFile(n, n, f"{n}.png") for n in range(SHOWN + 3))
    many = replace(DONE, missing_files=missing, recovered=tuple(range(SHOWN + 3)))
    said = many.as_words()
    assert f"Files that are not there: {SHOWN + 3}" in said
    assert "and 3 more; --json names them all" in said
    assert f"{SHOWN - 1}, …)" in said
    told = many.as_json()
    assert told["missing_files"] == [vars(each) for each in missing]
    assert told["recovered"] == list(range(SHOWN + 3))


def test_notices_come_last() -> None:
    assert replace(DONE, notices=("Look here.",)).as_words().splitlines()[-1] == "Look here."
