"""How much there is of everything, as triggers have counted it (``musings_counts``), and counted anew by the rows.

| ``what`` | ``a`` | ``b`` | ``n`` |
|---|---|---|---|
| ``prompts`` | type | status | those that are not in the trash |
| ``days`` | day (UTC) of ``completed_at`` | | those of them that were completed on it |
| ``artifacts`` | type | | those of prompts that are not in the trash |
| ``writings`` | type | mood | all of them |
| ``words`` | | | words of all writings |
| ``tagged`` | | | writings that carry a tag |

Keys are texts: what is NULL counts under the word that it means, or under none.
"""

from collections.abc import Iterator

from sqlalchemy import Connection, select

from musings.store.tables import counts


def of(connection: Connection, what: str) -> Iterator[tuple[str, str, int]]:
    """The counts of a sort with their two keys, those above nothing."""
    found = select(counts.c.a, counts.c.b, counts.c.n).where(counts.c.what == what, counts.c.n > 0)
    for a, b, n in connection.execute(found):
        yield a, b, int(n)


def since(connection: Connection, what: str, first: str) -> Iterator[tuple[str, int]]:
    """The counts of a sort whose key ``a`` is not before ``first``."""
    found = select(counts.c.a, counts.c.n).where(counts.c.what == what, counts.c.a >= first, counts.c.n > 0)
    for a, n in connection.execute(found):
        yield a, int(n)
