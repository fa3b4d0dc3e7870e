"""Counts that triggers keep, taken anew.

SQLite fires no trigger for a row that ``INSERT OR REPLACE`` puts another one in the place of, unless the program asked
for it (``PRAGMA recursive_triggers``). What such a program does to the counts is put right here, once in a while.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row

from musings.store.database import Database

WORDS = "max(-1099511627776, min(1099511627776, CAST(coalesce(word_count, 0) AS REAL)))"
COUNTS = f"""
SELECT 'prompts', CAST(coalesce(prompt_type, 'text') AS TEXT), CAST(coalesce(status, 'pending') AS TEXT), count(*) AS n
  FROM prompts WHERE deleted_at IS NULL GROUP BY 2, 3
UNION ALL SELECT 'days', CAST(substr(completed_at, 1, 10) AS TEXT), '', count(*)
  FROM prompts WHERE deleted_at IS NULL AND status = 'completed' AND completed_at IS NOT NULL GROUP BY 2
UNION ALL SELECT 'artifacts', CAST(coalesce(artifact_type, 'other') AS TEXT), '', count(*)
  FROM prompt_artifacts WHERE in_gallery = 1 GROUP BY 2
UNION ALL SELECT 'writings', CAST(coalesce(content_type, '') AS TEXT), CAST(coalesce(mood, '') AS TEXT), count(*)
  FROM writings GROUP BY 2, 3
UNION ALL SELECT 'words', '', '', CAST(total(CAST({WORDS} AS INTEGER)) AS INTEGER) FROM writings
UNION ALL SELECT 'tagged', '', '', count(DISTINCT writing_id) FROM writing_tags
"""  # noqa: S608 (constants only)
LINE = """
SELECT priority, id >> 10, count(*) FROM prompts
WHERE status = 'pending' AND deleted_at IS NULL AND priority IS NOT NULL GROUP BY 1, 2
"""
OUT_OF_STEP = """
SELECT a.id FROM prompt_artifacts a LEFT JOIN prompts p ON p.id = a.prompt_id
  WHERE a.in_gallery != (p.id IS NOT NULL AND p.deleted_at IS NULL) OR a.prompt_starred IS NOT p.starred
  OR a.prompt_workflow IS NOT p.workflow
"""
IN_STEP = f"""
UPDATE prompt_artifacts SET
  in_gallery = EXISTS (SELECT 1 FROM prompts p WHERE p.id = prompt_id AND p.deleted_at IS NULL),
  prompt_starred = (SELECT p.starred FROM prompts p WHERE p.id = prompt_id),
  prompt_workflow = (SELECT p.workflow FROM prompts p WHERE p.id = prompt_id)
WHERE id IN ({OUT_OF_STEP})
"""  # noqa: S608 (constants only)


def recount(database: Database) -> int:
    """Put right what the triggers did not hear of; returns how many counts and artifacts were wrong.

    It only reads when nothing was, so that it holds up nobody.
    """
    with database.read() as connection:
        wrong = _wrong(connection)
    if not wrong:
        return 0
    with database.write() as connection:
        wrong = _wrong(connection)
        connection.exec_driver_sql(IN_STEP)  # first: its own triggers count
        for table, truth in (("musings_counts", COUNTS), ("musings_line", LINE)):
            connection.exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608 (our name)
            connection.exec_driver_sql(f"INSERT INTO {table} SELECT * FROM ({truth})")  # noqa: S608 (constants only)
    return wrong


def _wrong(connection: Connection) -> int:
    def found(sql: str) -> Iterable[Row[Any]]:
        return connection.exec_driver_sql(sql).all()

    kept = {tuple(row) for row in found("SELECT what, a, b, n FROM musings_counts WHERE n != 0")}
    true = {tuple(row) for row in found(f"SELECT * FROM ({COUNTS}) WHERE 0 != n")}  # noqa: S608 (constants only)
    line = {tuple(row) for row in found("SELECT priority, stretch, n FROM musings_line")}
    in_line = {tuple(row) for row in found(LINE)}
    return len((kept ^ true) | (line ^ in_line)) + len(list(found(OUT_OF_STEP)))
