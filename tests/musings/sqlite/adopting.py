"""Adoption as it is called, and what must be left as it was."""

from pathlib import Path

import pytest

from musings.errors import StoreError
from musings.sqlite import copying, recognition, schema
from musings.sqlite.adoption_report import AdoptionReport
from musings.sqlite.database import open_database
from tests.musings.sqlite import old_databases as old

CHANGED = {"prompts": {"status", "artifact_status", "artifact_metadata"}, "prompt_artifacts": {"file_path"}}


def adopt(path: Path, media_root: Path | None = None) -> AdoptionReport:
    database = open_database(path)
    try:
        return schema.migrate(database, media_root, rehearse=False)
    finally:
        database.close()


def untouched(path: Path, columns: dict[str, set[str]]) -> dict[str, str]:
    """Contents of the tables and columns of ``columns`` but for those that adoption may change."""
    now = recognition_columns(path)
    added = {table: set(now[table]) - columns[table] for table in columns if table in now}
    return {
        table: said
        for table, said in old.contents(path, {t: added.get(t, set()) | CHANGED.get(t, set()) for t in now}).items()
        if table.casefold() in columns
    }


def recognition_columns(path: Path) -> dict[str, set[str]]:
    with old.opened(path) as connection:
        found = recognition.columns_of(connection)
    return {table.casefold(): {column.casefold() for column in columns} for table, columns in found.items()}


def damage_index(path: Path, name: str) -> None:
    """Take one entry out of an index by writing over the page that holds it, as a broken disk would."""
    with old.opened(path) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        page_size = connection.execute("PRAGMA page_size").fetchone()[0]
        [(root,)] = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchall()
    with path.open("r+b") as file:
        file.seek((root - 1) * page_size)
        page = bytearray(file.read(page_size))
        cells = int.from_bytes(page[3:5], "big")
        assert cells > 1
        assert page[0] == 10  # a leaf of an index
        page[3:5] = (cells - 1).to_bytes(2, "big")
        page[8 + 2 * (cells - 1) : 8 + 2 * cells] = b"\0\0"
        file.seek((root - 1) * page_size)
        file.write(page)


def refused(path: Path, kind: type[StoreError], words: str) -> None:
    """The adoption is refused with these words, and neither the file nor its folder changed."""
    raw, files = path.read_bytes(), sorted(path.parent.iterdir())
    with pytest.raises(kind, match=words) as caught:
        adopt(path)
    assert caught.value.hint
    left = [f for f in path.parent.iterdir() if not f.name.endswith(copying.SIDE_FILES)]
    assert (path.read_bytes(), sorted(left)) == (raw, files)
