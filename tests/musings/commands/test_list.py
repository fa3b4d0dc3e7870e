"""`musings list`: prompts, newest first."""

from musings.store.database import Database
from tests.musings.command_line import Run


def test_list(run: Run) -> None:
    assert run("list").out == "No prompts.\n"
    for text, prompt_type in (("a fox", "image"), ("a wren\nsings", "poem"), ("an owl", "voice")):
        run("submit", text, "--type", prompt_type)
    lines = run("list").out.splitlines()
    assert [line.split()[:3] for line in lines] == [
        ["3", "pending", "voice"],
        ["2", "pending", "poem"],
        ["1", "pending", "image"],
    ]
    assert lines[1].endswith("a wren sings")
    assert [item["id"] for item in run("list", "--type", "image,text", "--json").json["items"]] == [2, 1]
    assert [item["id"] for item in run("list", "--search", "wren", "--json").json["items"]] == [2]
    assert run("list", "--status", "failed").out == "No prompts.\n"
    first = run("list", "--limit", "2")
    assert first.out.endswith("More: --cursor 2\n")
    assert run("list", "--limit", "2", "--cursor", "2").out.split()[0] == "1"


def test_what_others_wrote_cannot_steer_the_terminal(run: Run, database: Database) -> None:
    run("submit", "red \x1b[31m and a bell \a and a title \x1b]0;gone\a \x9b2J")
    for words in (("list",), ("show", "1"), ("status",)):
        said = run(*words).out
        assert all(character.isprintable() or character == "\n" for character in said), said
