"""How SQLite says that something changed; asked by the engine and by the watchdog at once."""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from musings.sqlite.changes import DataVersion
from musings.store.database import Database
from musings.store.queue import changes


def test_threads_may_ask_for_the_version_at_once(database: Database) -> None:
    def ask(_: int) -> set[int]:
        return {database.version_of_data() for _ in range(2000)}

    with ThreadPoolExecutor(8) as threads:
        assert len(set.union(*threads.map(ask, range(8)))) == 1


def test_the_first_answer_is_yes_and_the_next_only_after_a_write(database: Database) -> None:
    """What changed before a watcher looked counts."""
    watch = DataVersion(database, 0.001)
    assert watch.changed()
    assert not watch.changed()
    database.writing(changes.put, "fox", "1")
    assert watch.changed()
    assert not watch.changed()


def test_each_watcher_is_told_once(database: Database) -> None:
    one, other = DataVersion(database, 0.001), DataVersion(database, 0.001)
    for watch in (one, other):
        watch.changed()
    database.writing(changes.put, "fox", "1")
    assert (one.changed(), other.changed()) == (True, True)


def test_another_program_is_noticed_too(database: Database) -> None:
    watch = DataVersion(database, 0.001)
    watch.changed()
    with closing(sqlite3.connect(str(database.path))) as plain, plain:
        plain.execute("INSERT INTO prompts (prompt_text) VALUES ('from a shell')")
    assert watch.wait(30)


def test_a_wake_ends_the_wait_and_is_no_change(database: Database) -> None:
    watch = DataVersion(database, 60)
    watch.changed()
    watch.wake()  # before the wait: it is not lost
    assert watch.wait(600) is False
    waited: list[bool] = []
    thread = threading.Thread(target=lambda: waited.append(watch.wait(600)))
    thread.start()
    watch.wake()
    thread.join(30)
    assert waited == [False]


def test_nothing_new_is_no_after_the_time(database: Database) -> None:
    watch = DataVersion(database, 0.001)
    watch.changed()
    assert not watch.wait(0.01)
    assert not watch.wait(0)
