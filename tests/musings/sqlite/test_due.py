"""The front door's quick answer is the runner's view, and it costs no import."""

import subprocess
import sys
from pathlib import Path

import pytest

from musings.models import KIND_OF_TYPE, Kind
from musings.sqlite import due, schema
from musings.sqlite.database import open_database
from musings.store.database import Database
from musings.store.queue import accounts, pause, recovery, snapshot
from musings.store.queue.admission import admit
from musings.worker import hastening

STANDARD = {
    "musings",
    "musings.sqlite",
    "musings.sqlite.due",
    "musings.locate",
    "musings.store",
    "musings.store.queue",
    "musings.store.queue.noted_runs",
}
ROWS = {
    "nothing": "",
    "pending": "INSERT INTO prompts (prompt_text) VALUES ('x')",
    "unprocessed": "INSERT INTO prompts (prompt_text, status) VALUES ('x', 'unprocessed')",
    "queued": "INSERT INTO prompts (prompt_text, status) VALUES ('x', 'queued')",
    "no status": "INSERT INTO prompts (prompt_text, status) VALUES ('x', NULL)",
    "no type": "INSERT INTO prompts (prompt_text, prompt_type) VALUES ('x', NULL)",
    "unknown type": "INSERT INTO prompts (prompt_text, prompt_type) VALUES ('x', 'painting')",
    "completed": "INSERT INTO prompts (prompt_text, status) VALUES ('x', 'completed')",
    "failed": "INSERT INTO prompts (prompt_text, status) VALUES ('x', 'failed')",
    "cancelled": "INSERT INTO prompts (prompt_text, status) VALUES ('x', 'cancelled')",
    "archived": "INSERT INTO prompts (prompt_text, status) VALUES ('x', 'archived')",
    "orphan": "INSERT INTO prompts (prompt_text, status) VALUES ('x', 'processing')",
    "later": "INSERT INTO prompts (prompt_text, next_attempt_at) VALUES ('x', '2999-01-01 00:00:00')",
    "earlier": "INSERT INTO prompts (prompt_text, next_attempt_at) VALUES ('x', '2000-01-01 00:00:00.5')",
    "for its owner": "INSERT INTO prompts (prompt_text, next_attempt_at, waits_for)"
    " VALUES ('x', '2999-01-01', 'configuration')",
    "for a server": "INSERT INTO prompts (prompt_text, next_attempt_at, waits_for)"
    " VALUES ('x', '2999-01-01', 'comfyui')",
    "in the trash": "INSERT INTO prompts (prompt_text, deleted_at) VALUES ('x', '2026-01-01')",
    **{name: f"INSERT INTO prompts (prompt_text, prompt_type) VALUES ('x', '{name}')" for name in KIND_OF_TYPE},
}


SCHEDULE = (
    "INSERT INTO musings_schedules"
    " (name, rule, time_zone, starts_at, request, created_at, planned_at, next_at, enabled, request_hash) VALUES"
    " ('x', 'FREQ=DAILY', 'UTC', '2026-01-01T00:00:00', '{{}}', '2026-01-01', '{planned}', {next}, {enabled}, 'h')"
)


@pytest.mark.parametrize(
    ("next_at", "planned", "enabled", "answer"),
    [
        ("'2026-01-02 00:00:00'", "2026-01-01", 1, True),
        ("'2999-01-02 00:00:00'", "2026-01-01", 1, False),
        ("'2999-01-02 00:00:00'", "2999-01-01", 1, True),  # the clock was set back
        ("'2026-01-02 00:00:00'", "2026-01-01", 0, False),
        ("NULL", "2026-01-01", 1, False),
    ],
)
def test_an_empty_queue_with_a_due_schedule_is_not_empty(
    database: Database, next_at: str, planned: str, enabled: int, answer: bool
) -> None:
    with database.write() as connection:
        connection.exec_driver_sql(SCHEDULE.format(next=next_at, planned=planned, enabled=enabled))
    assert due.anything(str(database.path), False) is answer
    database.writing(pause.set_paused, True)
    assert due.anything(str(database.path), False) is False


def runner_would_work(database: Database, media_only: bool) -> bool:
    kinds = [kind for kind in Kind if not media_only or kind is not Kind.TEXT]
    if database.writing(recovery.recover, 3):
        return True
    database.writing(accounts.hasten, hastening.NEWS_AT_START)
    failed = "SELECT count(*) FROM prompts WHERE status = 'failed'"
    with database.read() as connection:
        before = connection.exec_driver_sql(failed).scalar_one()
    database.writing(admit, 3)
    with database.read() as connection:
        refused = connection.exec_driver_sql(failed).scalar_one() > before
    return refused or (
        not database.reading(pause.is_paused) and database.reading(snapshot.look, kinds).kind is not None
    )


@pytest.mark.parametrize("media_only", [False, True])
@pytest.mark.parametrize("row", ROWS)
def test_it_says_what_the_runner_would_find(database: Database, row: str, media_only: bool) -> None:
    if ROWS[row]:
        with database.write() as connection:
            connection.exec_driver_sql(ROWS[row])
    answer = due.anything(str(database.path), media_only)
    assert answer is runner_would_work(database, media_only)


@pytest.mark.parametrize(("row", "answer"), [("pending", False), ("orphan", True)])
def test_a_pause_holds_what_waits_not_what_is_to_be_recovered(database: Database, row: str, answer: bool) -> None:
    with database.write() as connection:
        connection.exec_driver_sql(ROWS[row])
    database.writing(pause.set_paused, True)
    assert due.anything(str(database.path), False) is answer


@pytest.mark.parametrize(
    ("rows", "paused", "words"),
    [
        ([], False, "Nothing is waiting in the queue."),
        ([], True, "Nothing is waiting in the queue."),
        (["pending"], True, "The queue is paused; 1 prompt waits. `musings resume` lets it go on."),
        (["later", "later"], False, "Nothing is due yet: 2 prompts wait, the next until 2999-01-01 00:00:00 UTC."),
    ],
)
def test_a_look_that_finds_nothing_to_do_says_why(
    database: Database, capsys: pytest.CaptureFixture[str], rows: list[str], paused: bool, words: str
) -> None:
    with database.write() as connection:
        for row in rows:
            connection.exec_driver_sql(ROWS[row])
    database.writing(pause.set_paused, paused)
    assert due.look(str(database.path), str(database.path) + ".lock", media_only=False) == 0
    assert capsys.readouterr().out.strip() == words


def test_no_file_is_no_work(tmp_path: Path) -> None:
    assert not due.anything(str(tmp_path / "none.db"), False)


def test_what_cannot_be_read_is_work_for_the_full_program(tmp_path: Path) -> None:
    path = tmp_path / "musings.db"
    path.write_text("no database")
    assert due.anything(str(path), False)
    path.write_bytes(b"")
    assert due.anything(str(path), False)


@pytest.mark.parametrize("name", ["50% off.db", "what?.db", "#1.db", "a%20b.db", "ünï.db"])
def test_any_file_name(tmp_path: Path, name: str) -> None:
    database = open_database(tmp_path / name)
    schema.ensure(database)
    assert not due.anything(str(tmp_path / name), False)
    with database.write() as connection:
        connection.exec_driver_sql(ROWS["pending"])
    assert due.anything(str(tmp_path / name), False)
    database.close()


def test_it_writes_nothing(database: Database) -> None:
    path = database.path
    assert path is not None
    database.close()
    before = path.read_bytes()
    due.anything(str(path), True)
    assert path.read_bytes() == before


def test_its_imports_are_the_standard_library_and_little_of_it() -> None:
    program = (
        "import sys\n"
        "before = set(sys.modules)\n"
        "from musings.sqlite import due; from musings import locate\n"
        "locate.database_path(locate.find_config(None, {}, '.'), {})\n"
        "print('\\n'.join(sorted(set(sys.modules) - before)))\n"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    ours = {name for name in said if name.startswith("musings")}
    assert ours == STANDARD
    assert {name.partition(".")[0] for name in said} - {"musings"} <= set(sys.stdlib_module_names)
    for heavy in ("logging", "asyncio", "subprocess", "pathlib", "dataclasses", "typing", "argparse", "email", "http"):
        assert heavy not in said
