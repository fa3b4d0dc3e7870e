"""The version of the data is asked for by the engine and by the watchdog at once."""

from concurrent.futures import ThreadPoolExecutor

from musings.store.database import Database


def test_threads_may_ask_for_the_version_at_once(database: Database) -> None:
    def ask(_: int) -> set[int]:
        return {database.version_of_data() for _ in range(2000)}

    with ThreadPoolExecutor(8) as threads:
        assert len(set.union(*threads.map(ask, range(8)))) == 1
