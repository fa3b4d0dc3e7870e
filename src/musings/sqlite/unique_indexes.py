"""What a table allows only once, read from its indexes. Works through SQLAlchemy and through the driver itself."""

import itertools
from collections.abc import Iterable, Sequence

QUERY = (
    "SELECT list.name, lower(info.name)"
    " FROM pragma_index_list(?) AS list, pragma_index_info(list.name) AS info"
    ' WHERE list."unique" ORDER BY list.seq, info.seqno'
)
"""Takes the name of a table; answers a row for each column of each unique index."""


def columns_of(found: Iterable[Sequence[str | None]]) -> list[tuple[str, ...]]:
    """The columns of each unique index, from the rows of :data:`QUERY`; one over an expression has none to name."""
    by_index = itertools.groupby(found, key=lambda row: row[0])
    columns = [tuple(row[1] for row in group) for _, group in by_index]
    # An index over an expression has NULL as its column; no column alone is unique by it.
    return [tuple(map(str, each)) for each in columns if None not in each]
