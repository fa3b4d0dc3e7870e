"""`musings export`: one zip file, as its user asks for it."""

import zipfile
from pathlib import Path

from tests.musings.command_line import Run
from tests.musings.commands.conftest import Call
from tests.musings.housekeeping.stock import Stock


def test_it_says_where_and_what(stock: Stock, call: Call, tmp_path: Path) -> None:
    stock.add()
    said = call("export", "all.zip")
    assert said.startswith(f"{tmp_path / 'all.zip'}  (")
    assert "2 files; open index.html in it" in said
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert any(name.endswith("index.html") for name in archive.namelist())


def test_a_file_that_a_row_names_and_nobody_has_is_counted(stock: Stock, call: Call, tmp_path: Path) -> None:
    stock.add()
    (stock.root.folder / stock.files()[0]).unlink()
    told = call("export", "all.zip", "--json")
    assert len(told["missing"]) == 1
    assert "1 files that rows name were not there" in call("export", "again.zip")


def test_what_is_there_is_not_overwritten(stock: Stock, run: Run, tmp_path: Path) -> None:
    (tmp_path / "all.zip").write_text("mine")
    said = run("export", "all.zip")
    assert (said.code, said.out) == (1, "")
    assert "all.zip" in said.err
    assert (tmp_path / "all.zip").read_text() == "mine"


def test_without_a_database_one_is_made_and_exported(run: Run, tmp_path: Path) -> None:
    assert run("export", "all.zip").code == 0
    assert (tmp_path / "musings.db").exists()
