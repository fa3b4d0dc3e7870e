"""The rows of an adopted database: what they say, which of them wait for ever, which paths are spelled wrongly."""

import json
import sqlite3
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from musings.files import paths
from musings.models import KIND_OF_TYPE, PromptStatus
from musings.sqlite import unique_indexes
from musings.sqlite.due import BETWEEN
from musings.store.queue.states import TEXT_TYPES
from musings.store.rows import WAITING_STATUSES
from musings.store.writings import uniqueness


@dataclass(frozen=True)
class MissingFile:
    """A row whose file is not where it says."""

    artifact_id: int
    prompt_id: int | None
    path: str


@dataclass(frozen=True)
class PathRepair:
    artifact_id: int
    column: str
    before: str
    after: str


@dataclass(frozen=True)
class Plan:
    """What the rows say, and what is to be done to them."""

    statuses: dict[str, int]
    types: dict[str, int]
    artifact_statuses: dict[str, int]
    paths: tuple[PathRepair, ...]
    missing: tuple[MissingFile, ...]
    notices: tuple[str, ...]


def plan_of(cursor: sqlite3.Cursor, media_root: Path | None) -> Plan:
    """Read the rows; nothing is changed. Works on a database that lacks any of our tables and columns."""
    statuses = _counts(cursor, "prompts", "status")
    types = _counts(cursor, "prompts", "prompt_type")
    repairs, missing, notices = _paths(cursor, media_root)
    notices += _kept_apart(cursor)
    known = {*WAITING_STATUSES, *PromptStatus, "NULL"}
    # Left as they are and told: a word that another program understands is not ours to change.
    for status in sorted(set(statuses) - known):
        notices.append(
            f"{statuses[status]} prompts have the status {status!r}, which Musings does not know; they are left so."
        )
    for name in sorted(set(types) - {*KIND_OF_TYPE, "NULL"}):
        notices.append(
            f"{types[name]} prompts are of the type {name!r}, which Musings cannot make; those that wait will fail"
            " with a message that says so."
        )
    return Plan(statuses, types, _counts(cursor, "prompts", "artifact_status"), repairs, missing, tuple(notices))


def recover_stuck(cursor: sqlite3.Cursor) -> tuple[int, ...]:
    """Queue again what another program left in ``processing``; returns the ids.

    What an earlier Musings left there has an open attempt: its files and processes are the worker's to clean up.
    """
    # A row with an open attempt is a worker's of ours, whose recovery also ends processes and removes files.
    stuck = (
        "status = 'processing' AND NOT EXISTS"
        " (SELECT 1 FROM attempts WHERE prompt_id = prompts.id AND status = 'running')"
    )
    found = cursor.execute(f"SELECT id FROM prompts WHERE {stuck} ORDER BY id").fetchall()  # noqa: S608
    marks = ", ".join("?" * len(TEXT_TYPES))
    cursor.execute(
        # A text prompt has no artifact status; giving it one would make the page wait for media.
        "UPDATE prompts SET status = 'pending', artifact_status = CASE WHEN coalesce(prompt_type, 'text')"  # noqa: S608
        f" IN ({marks}) THEN artifact_status ELSE 'pending' END WHERE {stuck}",
        TEXT_TYPES,
    )
    return tuple(int(row[0]) for row in found)


def repair_paths(cursor: sqlite3.Cursor, plan: Plan) -> None:
    """Write the paths of the plan, in the rows of the artifacts and in the summaries of their prompts."""
    for repair in plan.paths:
        cursor.execute(
            f"UPDATE prompt_artifacts SET {repair.column} = ? WHERE id = ?",  # noqa: S608 (one of two names)
            (repair.after, repair.artifact_id),
        )
    renamed = {repair.before: repair.after for repair in plan.paths}
    if not renamed:
        return
    summaries = cursor.execute(
        "SELECT id, artifact_metadata FROM prompts WHERE artifact_metadata IS NOT NULL AND id IN"
        " (SELECT prompt_id FROM prompt_artifacts)"
    ).fetchall()
    for number, text in summaries:
        # The summary may hold anything, because other programs write it: what is no object has no path to repair.
        summary = _object(text)
        if summary.get("primary") in renamed:
            summary["primary"] = renamed[summary["primary"]]
            cursor.execute(
                "UPDATE prompts SET artifact_metadata = ? WHERE id = ?",
                (json.dumps(summary, ensure_ascii=False), number),
            )


def artifact_statuses(cursor: sqlite3.Cursor, plan: Plan) -> dict[str, int]:
    """How many prompts got which artifact status since the plan was made."""
    # By difference and not by writing them down as we go: the migrations and triggers set some of them.
    grown = Counter(_counts(cursor, "prompts", "artifact_status"))
    grown.subtract(plan.artifact_statuses)
    return {status: count for status, count in grown.items() if count > 0 and status != "NULL"}


def unfinished_media(cursor: sqlite3.Cursor) -> list[str]:
    """What becomes of prompts that were completed and have no artifacts; to be asked after the migration."""
    lacking = (
        "status = 'completed' AND artifact_status = 'pending' AND NOT EXISTS"
        " (SELECT 1 FROM prompt_artifacts WHERE prompt_id = prompts.id)"
    )
    total = _count(cursor, lacking)
    # Deleted rows are left out: the next run does not make media for what its owner threw away.
    between = _count(cursor, f"{lacking} AND {BETWEEN} AND deleted_at IS NULL")
    told = []
    if total > between:
        told.append(
            f"{total - between} completed media prompts have no artifacts: their artifact_status is pending, and they"
            " are not made again by themselves."
        )
    if between:
        told.append(
            f"{between} image_prompt and lyrics_prompt rows have their words and no media yet: the next run of the"
            " queue makes the media. To leave a row as it is, set its artifact_status to 'ready' before."
        )
    return told


def _count(cursor: sqlite3.Cursor, which: str) -> int:
    return int(cursor.execute(f"SELECT count(*) FROM prompts WHERE {which}").fetchone()[0])  # noqa: S608 (constants)


def _kept_apart(cursor: sqlite3.Cursor) -> list[str]:
    """A word on what the table of writings allows only once."""
    # From the indexes and not from the text of the table: a constraint may be spelled in many ways.
    found = cursor.execute(unique_indexes.QUERY, ("writings",)).fetchall()
    limited = {
        column
        for columns in unique_indexes.columns_of(found)
        if (column := next((each for each in uniqueness.ADJUSTABLE if each in columns), None)) is not None
    }
    return [
        f"writings.{column} is UNIQUE here: a text that is there already is kept as a writing of its own all the same,"
        f" with a number at the end of its {column}."
        for column in sorted(limited)
    ]


def _paths(
    cursor: sqlite3.Cursor, media_root: Path | None
) -> tuple[tuple[PathRepair, ...], tuple[MissingFile, ...], list[str]]:
    there = _columns(cursor, "prompt_artifacts")
    if media_root is None or not {"id", "file_path"} <= there:
        return (), (), []
    root_is_there = media_root.is_dir()
    repairs, missing, looked = [], [], False
    owner = "prompt_id" if "prompt_id" in there else "NULL"
    for column in ("file_path", "preview_path"):
        if column not in there:
            continue
        query = f"SELECT id, {owner}, {column} FROM prompt_artifacts WHERE {column} IS NOT NULL ORDER BY id"  # noqa: S608
        for number, prompt_id, path in cursor.execute(query).fetchall():
            looked, before = True, str(path)
            # Only where the file is found under the better path, so that a repair never loses what is there.
            after = paths.repaired(before, media_root, lambda relative: paths.is_file(media_root, relative))
            if after != before:
                repairs.append(PathRepair(number, column, before, after))
            # Previews are left out: they can be made again. Without the root every file would seem to be missing.
            if column == "file_path" and root_is_there and not paths.is_file(media_root, after):
                missing.append(MissingFile(number, prompt_id, after))
    away = looked and not root_is_there
    notices = [f"The media root {media_root} is not there, so its files were not looked for."] if away else []
    return tuple(repairs), tuple(missing), notices


def _counts(cursor: sqlite3.Cursor, table: str, column: str) -> dict[str, int]:
    if column not in _columns(cursor, table):
        return {}
    found = cursor.execute(f"SELECT {column}, count(*) FROM {table} GROUP BY 1 ORDER BY 2 DESC").fetchall()  # noqa: S608
    return {"NULL" if value is None else str(value): int(count) for value, count in found}


def _columns(cursor: sqlite3.Cursor, table: str) -> set[str]:
    return {str(row[0]).casefold() for row in cursor.execute("SELECT name FROM pragma_table_info(?)", (table,))}


def _object(text: object) -> dict[str, Any]:
    try:
        found = json.loads(str(text))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
