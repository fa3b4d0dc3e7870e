"""An index for each filter and pair of filters of every list; counts, places in the queue and hours kept by triggers.

A statement of another program may say ``OR IGNORE`` or ``OR REPLACE``, and SQLite then takes that for what its triggers
do, too (https://sqlite.org/lang_createtrigger.html). So nothing here meets a conflict: a row is added where there is
none, then changed. What another program replaces without telling a trigger is counted anew by housekeeping
(``store.gallery.counts``).
"""

from alembic import op
from sqlalchemy import Connection, inspect

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# What the gallery filters by is the prompt's: kept beside the artifact, because no index spans two tables.
GALLERY_COLUMNS = ("in_gallery BOOLEAN NOT NULL DEFAULT 0", "prompt_starred BOOLEAN", "prompt_workflow TEXT")

TABLES = (
    # ``n`` rows (or words) of a sort: see ``store.gallery.counts``.
    "CREATE TABLE musings_counts (what TEXT NOT NULL, a TEXT NOT NULL, b TEXT NOT NULL, n INTEGER NOT NULL,"
    " PRIMARY KEY (what, a, b)) WITHOUT ROWID",
    # How many prompts wait in each stretch of 1,024 ids. ``priority`` has no type: it holds whatever prompts do.
    "CREATE TABLE musings_line (priority NOT NULL, stretch INTEGER NOT NULL, n INTEGER NOT NULL,"
    " PRIMARY KEY (priority, stretch)) WITHOUT ROWID",
    # The smallest id among the rows made in an hour: no row made since then has a smaller one than the least of these.
    "CREATE TABLE musings_hours (what TEXT NOT NULL, hour TEXT NOT NULL, first_id INTEGER NOT NULL,"
    " PRIMARY KEY (what, hour)) WITHOUT ROWID",
)

LIVE, TRASH, WAITS = "deleted_at IS NULL", "deleted_at IS NOT NULL", "status = 'pending' AND deleted_at IS NULL"
FLAG = "(coalesce(explicit_content, 0) != 0)"
INDEXES = (
    # Every index ends with the id, so that a list walks it newest first.
    *(
        f"CREATE INDEX musings_list_{name} ON {table} ({columns})" + (f" WHERE {where}" if where else "")
        for name, table, columns, where in (
            ("result", "prompts", "artifact_status", f"{LIVE} AND artifact_status IS NOT NULL"),
            ("result_status", "prompts", "artifact_status, status", f"{LIVE} AND artifact_status IS NOT NULL"),
            ("result_type", "prompts", "artifact_status, prompt_type", f"{LIVE} AND artifact_status IS NOT NULL"),
            ("starred_status", "prompts", "status", "starred = 1"),
            ("starred_type", "prompts", "prompt_type", "starred = 1"),
            ("starred_result", "prompts", "artifact_status", "starred = 1"),
            ("trash", "prompts", "id", TRASH),
            ("trash_status", "prompts", "status", TRASH),
            ("trash_type", "prompts", "prompt_type", TRASH),
            ("trash_result", "prompts", "artifact_status", TRASH),
            ("trash_starred", "prompts", "starred", TRASH),
            ("queue_type", "prompts", "prompt_type, priority", WAITS),
            ("queue_starred", "prompts", "priority", f"{WAITS} AND starred = 1"),
            ("gallery_type", "prompt_artifacts", "artifact_type", "in_gallery = 1"),
            ("gallery_workflow", "prompt_artifacts", "prompt_workflow", "in_gallery = 1"),
            ("gallery_both", "prompt_artifacts", "artifact_type, prompt_workflow", "in_gallery = 1"),
            ("gallery_starred", "prompt_artifacts", "id", "in_gallery = 1 AND prompt_starred = 1"),
            ("gallery_starred_type", "prompt_artifacts", "artifact_type", "in_gallery = 1 AND prompt_starred = 1"),
            (
                "gallery_starred_workflow",
                "prompt_artifacts",
                "prompt_workflow",
                "in_gallery = 1 AND prompt_starred = 1",
            ),
            ("writings_type", "writings", f"content_type, {FLAG}", ""),
            ("writings_mood", "writings", f"lower(mood), {FLAG}", ""),
            ("writings_both", "writings", "content_type, lower(mood)", ""),
            ("writings_explicit", "writings", FLAG, ""),
            ("deliveries_state", "musings_webhook_deliveries", "state", ""),
            ("deliveries_both", "musings_webhook_deliveries", "webhook_id, state", ""),
        )
    ),
    "DROP INDEX IF EXISTS musings_artifacts_type",  # in its place: musings_list_gallery_type
)


def upgrade() -> None:
    connection = op.get_bind()
    _complete(connection)
    run = connection.exec_driver_sql
    for statement in TABLES:
        run(statement)
    run(
        "UPDATE prompt_artifacts SET in_gallery = 1,"
        " prompt_starred = (SELECT starred FROM prompts WHERE id = prompt_id),"
        " prompt_workflow = (SELECT workflow FROM prompts WHERE id = prompt_id)"
        " WHERE EXISTS (SELECT 1 FROM prompts WHERE id = prompt_id AND deleted_at IS NULL)"
    )
    for statement in INDEXES + GALLERY:
        run(statement)
    for name, occasion, body in (*_counting(), *HOURS):
        run(f"CREATE TRIGGER musings_{name} AFTER {occasion} BEGIN {body} END")
    for statement in FILLED:
        run(statement)


def _complete(connection: Connection) -> None:
    there = {column["name"].casefold() for column in inspect(connection).get_columns("prompt_artifacts")}
    for column in GALLERY_COLUMNS:
        if column.split()[0] not in there:
            connection.exec_driver_sql(f"ALTER TABLE prompt_artifacts ADD COLUMN {column}")


GALLERY = tuple(
    f"CREATE TRIGGER musings_gallery_{name} AFTER {occasion} BEGIN UPDATE prompt_artifacts"  # noqa: S608 (constants only)
    f" SET in_gallery = EXISTS (SELECT 1 FROM prompts p WHERE p.id = {prompt} AND p.deleted_at IS NULL),"
    f" prompt_starred = (SELECT p.starred FROM prompts p WHERE p.id = {prompt}),"
    f" prompt_workflow = (SELECT p.workflow FROM prompts p WHERE p.id = {prompt}) WHERE {which}; END"
    for name, occasion, prompt, which in (
        ("insert", "INSERT ON prompt_artifacts WHEN NEW.in_gallery = 0", "NEW.prompt_id", "id = NEW.id"),
        ("moved", "UPDATE OF prompt_id ON prompt_artifacts", "NEW.prompt_id", "id = NEW.id"),
        # An artifact may be there before its prompt, in what another program pours in.
        ("prompt_insert", "INSERT ON prompts", "NEW.id", "prompt_id = NEW.id"),
        (
            "prompt",
            "UPDATE OF starred, workflow, deleted_at ON prompts WHEN NEW.starred IS NOT OLD.starred"
            " OR NEW.workflow IS NOT OLD.workflow OR (NEW.deleted_at IS NULL) != (OLD.deleted_at IS NULL)",
            "NEW.id",
            "prompt_id = NEW.id",
        ),
        # Where a table that we do not know holds on to an artifact whose prompt is gone.
        ("prompt_delete", "DELETE ON prompts", "OLD.id", "prompt_id = OLD.id"),
    )
)


def _counting() -> list[tuple[str, str, str]]:
    """Triggers by name: the occasion, and what is counted then. One for each sort, so that most have nothing to do."""
    made = []
    for what, table, columns, a, b, n, which in COUNTED:
        more, less = _more(what, a, b, n), _less(what, a, b, n)
        new, old = which.format(r="NEW"), which.format(r="OLD")
        changes = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in columns.split(", "))
        made += [
            (f"count_{what}_insert", f"INSERT ON {table} WHEN {new}", more),
            (f"count_{what}_more", f"UPDATE OF {columns} ON {table} WHEN ({new}) AND ({changes})", more),
            (f"count_{what}_less", f"UPDATE OF {columns} ON {table} WHEN ({old}) AND ({changes})", less),
            (f"count_{what}_delete", f"DELETE ON {table} WHEN {old}", less),
        ]
    return [*made, *_tagging(), *_line()]


def _tagging() -> list[tuple[str, str, str]]:
    """How many writings carry a tag: one more with its first, one less with its last."""
    carried = "(SELECT count(*) FROM (SELECT 1 FROM writing_tags WHERE writing_id = {r}.writing_id LIMIT 2))"
    count = "UPDATE musings_counts SET n = n {sign} 1 WHERE what = 'tagged' AND {carried} = {left};"
    more = count.format(sign="+", carried=carried.format(r="NEW"), left=1)
    less = count.format(sign="-", carried=carried.format(r="OLD"), left=0)
    moved = "NEW.writing_id IS NOT OLD.writing_id"
    return [
        ("count_tags_insert", "INSERT ON writing_tags", more),
        ("count_tags_update", f"UPDATE OF writing_id ON writing_tags WHEN {moved}", less + more),
        ("count_tags_delete", "DELETE ON writing_tags", less),
    ]


TYPE, STATUS = "CAST(coalesce({r}.prompt_type, 'text') AS TEXT)", "CAST(coalesce({r}.status, 'pending') AS TEXT)"
DAY = "CAST(substr({r}.completed_at, 1, 10) AS TEXT)"
CONTENT, MOOD = "CAST(coalesce({r}.content_type, '') AS TEXT)", "CAST(coalesce({r}.mood, '') AS TEXT)"
# Those of other programs may be too large to be added up.
WORDS = "max(-1099511627776, min(1099511627776, CAST(coalesce({r}.word_count, 0) AS REAL)))"
COUNTED = (
    ("prompts", "prompts", "prompt_type, status, deleted_at", TYPE, STATUS, "1", "{r}.deleted_at IS NULL"),
    ("days", "prompts", "status, completed_at, deleted_at", DAY, "''", "1",
     "{r}.status = 'completed' AND {r}.deleted_at IS NULL AND {r}.completed_at IS NOT NULL"),
    ("artifacts", "prompt_artifacts", "artifact_type, in_gallery",
     "CAST(coalesce({r}.artifact_type, 'other') AS TEXT)", "''", "1", "{r}.in_gallery = 1"),
    ("writings", "writings", "content_type, mood", CONTENT, MOOD, "1", "1"),
    ("words", "writings", "word_count", "''", "''", f"CAST({WORDS} AS INTEGER)", "1"),
)  # fmt: skip
"""Of each sort: its name, its table, the columns that tell, its keys ``a`` and ``b``, how much a row is, and when."""


def _more(what: str, a: str, b: str, n: str) -> str:
    a, b, n = (each.format(r="NEW") for each in (a, b, n))
    mine = f"what = '{what}' AND a = {a} AND b = {b}"
    return (
        f" INSERT INTO musings_counts (what, a, b, n) SELECT '{what}', {a}, {b}, 0"  # noqa: S608 (constants only)
        f" WHERE NOT EXISTS (SELECT 1 FROM musings_counts WHERE {mine});"
        f" UPDATE musings_counts SET n = n + {n} WHERE {mine};"
    )


def _less(what: str, a: str, b: str, n: str) -> str:
    a, b, n = (each.format(r="OLD") for each in (a, b, n))
    return f" UPDATE musings_counts SET n = n - {n} WHERE what = '{what}' AND a = {a} AND b = {b};"  # noqa: S608


def _line() -> list[tuple[str, str, str]]:
    waits = "{r}.status = 'pending' AND {r}.deleted_at IS NULL AND {r}.priority IS NOT NULL"
    mine = "priority = {r}.priority AND stretch = {r}.id >> 10"
    new, old = ({"r": row} for row in ("NEW", "OLD"))
    comes = (
        " INSERT INTO musings_line (priority, stretch, n) SELECT NEW.priority, NEW.id >> 10, 0"  # noqa: S608 (constants)
        f" WHERE NOT EXISTS (SELECT 1 FROM musings_line WHERE {mine.format(**new)});"
        f" UPDATE musings_line SET n = n + 1 WHERE {mine.format(**new)};"
    )
    goes = (
        f" UPDATE musings_line SET n = n - 1 WHERE {mine.format(**old)};"  # noqa: S608 (constants only)
        # Or the counts of everything that ever waited would have to be added up.
        f" DELETE FROM musings_line WHERE {mine.format(**old)} AND n <= 0;"
    )
    columns = ("id", "status", "priority", "deleted_at")
    changes = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in columns)
    update = f"UPDATE OF {', '.join(columns)} ON prompts WHEN ({changes}) AND "
    return [
        ("line_insert", f"INSERT ON prompts WHEN {waits.format(**new)}", comes),
        ("line_more", update + waits.format(**new), comes),
        ("line_less", update + waits.format(**old), goes),
        ("line_delete", f"DELETE ON prompts WHEN {waits.format(**old)}", goes),
    ]


def _hour(row: str) -> str:
    """The hour of a time in either form that programs write; what sorts by its text sorts by this, too."""
    return f"substr(replace({row}created_at, 'T', ' '), 1, 13)"


HOURS = tuple(
    (
        f"hours_{name}_{word}",
        f"{act} ON {table} WHEN NEW.created_at IS NOT NULL",
        " INSERT INTO musings_hours (what, hour, first_id)"  # noqa: S608 (constants only)
        f" SELECT '{name}', {_hour('NEW.')}, NEW.id WHERE NOT EXISTS"
        f" (SELECT 1 FROM musings_hours WHERE what = '{name}' AND hour = {_hour('NEW.')});"
        f" UPDATE musings_hours SET first_id = NEW.id"
        f" WHERE what = '{name}' AND hour = {_hour('NEW.')} AND first_id > NEW.id;",
    )
    for name, table in (("prompts", "prompts"), ("artifacts", "prompt_artifacts"))
    for word, act in (("insert", "INSERT"), ("update", "UPDATE OF id, created_at"))
)

FILLED = (
    "INSERT INTO musings_counts SELECT 'tagged', '', '', count(DISTINCT writing_id) FROM writing_tags",
    *(
        f"INSERT INTO musings_counts (what, a, b, n) SELECT '{what}', {a.format(r=table)}, {b.format(r=table)},"  # noqa: S608
        f" sum({n.format(r=table)}) FROM {table} WHERE {which.format(r=table)} GROUP BY 2, 3"
        for what, table, _, a, b, n, which in COUNTED
    ),
    "INSERT INTO musings_line SELECT priority, id >> 10, count(*) FROM prompts"
    " WHERE status = 'pending' AND deleted_at IS NULL AND priority IS NOT NULL GROUP BY 1, 2",
    *(
        f"INSERT INTO musings_hours SELECT '{name}', {_hour('')}, min(id) FROM {table}"  # noqa: S608 (constants only)
        " WHERE created_at IS NOT NULL GROUP BY 2"
        for name, table in (("prompts", "prompts"), ("artifacts", "prompt_artifacts"))
    ),
)
