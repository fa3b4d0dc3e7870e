"""The numbered migrations, from any of them to the newest."""

from pathlib import Path

import pytest

from musings.sqlite import recognition, schema
from musings.sqlite.database import open_database
from musings.sqlite.upgrade import upgrade
from tests.musings.sqlite.adopting import adopt, recognition_columns, untouched


@pytest.mark.parametrize("version", sorted(recognition.known_versions()))
def test_adopts_every_earlier_version(tmp_path: Path, version: str) -> None:
    path = tmp_path / "musings.db"
    database = open_database(path)
    with database.write() as connection:
        upgrade(connection, version)
        connection.exec_driver_sql("INSERT INTO prompts (prompt_text, status) VALUES ('a fox', 'processing')")
    database.close()
    columns = recognition_columns(path)
    del columns["musings_schema"]
    before = untouched(path, columns)

    report = adopt(path)

    assert (report.version_before, report.recovered) == (version, ())
    assert (report.changed, report.backup is not None) == (version != schema.HEAD, version != schema.HEAD)
    assert untouched(path, columns) == before
    assert recognition.version_of(path) == schema.HEAD == max(recognition.known_versions())
