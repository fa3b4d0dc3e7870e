"""``--output DIR`` on this machine."""

from pathlib import Path

from musings.store.database import Database
from tests.musings.command_line import Run, running


def test_what_was_made_is_copied(config: Path, database: Database, program: Run) -> None:
    with running(config, "worker"):
        made = program(
            "submit", "a fox", "--type", "image", "--set", "width=64", "--set", "height=64", "--wait", "--output", "out"
        )
    assert made.code == 0, made.err
    [copy] = (config.parent / "out").iterdir()
    [original] = (config.parent / "GeneratedMedia" / "image").rglob("0001.png")
    assert copy.read_bytes() == original.read_bytes()
    assert f"  out/{copy.name}" in made.out
    again = program("show", "1", "--output", "out")
    assert again.code == 0
    assert list((config.parent / "out").iterdir()) == [copy]


def test_a_text_of_another_programs_row_is_written(config: Path, database: Database, program: Run) -> None:
    with database.write() as connection:
        connection.exec_driver_sql("INSERT INTO writings (title, content) VALUES ('Dusk', 'An owl calls.')")
        connection.exec_driver_sql(
            "INSERT INTO prompts (prompt_text, status, output_reference) VALUES ('x', 'completed', 1)"
        )
    assert program("show", "1", "--output", "out").code == 0
    assert (config.parent / "out" / "1-writing.md").read_text() == "# Dusk\n\nAn owl calls.\n"


def test_what_cannot_be_is_said(config: Path, database: Database, program: Run) -> None:
    assert "--output needs --wait" in program("submit", "a fox", "--output", "out").err
    (config.parent / "taken").write_text("a file")
    with database.write() as connection:
        connection.exec_driver_sql("INSERT INTO prompts (prompt_text, status) VALUES ('x', 'completed')")
    said = program("show", "1", "--output", "taken")
    assert (said.code, "Nothing can be written to taken" in said.err) == (2, True)
