"""Verbs, options and exit codes of docs/reference/command-line.md."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from musings import cli
from musings.version import VERSION
from tests.musings.command_line import Run, command, environment

HEAVY = {
    "sqlalchemy",
    "pydantic",
    "fastapi",
    "starlette",
    "uvicorn",
    "httpx",
    "numpy",
    "PIL",
    "av",
    "structlog",
    "alembic",
}


@pytest.mark.parametrize("verb", cli.VERBS)
def test_every_verb_explains_itself(run: Run, verb: str) -> None:
    said = run(verb, "--help")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith(f"usage: musings {verb} ")
    assert "--config FILE" in said.out


@pytest.mark.parametrize("verb", cli.VERBS)
def test_every_option_is_explained(verb: str) -> None:
    for action in cli.parser_of(verb)._actions:
        assert action.help, (verb, action.option_strings or action.dest)


@pytest.mark.parametrize("words", [(), ("--help",), ("-h",), ("help",)])
def test_the_overview_names_every_verb(run: Run, words: tuple[str, ...]) -> None:
    said = run(*words)
    assert said.code == 0
    assert all(f"  {verb} " in said.out for verb in cli.VERBS)


@pytest.mark.parametrize("word", ["--version", "-V", "version"])
def test_version(run: Run, word: str) -> None:
    assert run(word).out == f"musings {VERSION}\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("submitt", "x"), "There is no verb 'submitt'. Did you mean submit?"),
        (("frobnicate",), "There is no verb 'frobnicate'. See `musings --help`."),
        (("--config", "x", "list"), "The verb comes first, and --config after it."),
        (("submit", "a", "--tpye", "image"), "There is no option --tpye. Did you mean --type?"),
        (("submit", "a", "--priorit=3"), "There is no option --priorit. Did you mean --priority?"),
        (("list", "--xyz"), "There is no option --xyz. See `musings list --help`."),
        (("submit", "a", "fox"), "One word too many: 'fox'. Put a text of several words in quotes."),
        (("submit", "a fox", "--", "--config", "x"), "--config stands after --, and what stands there is text"),
        (("submit", "--", "--config", "x", "a fox"), "Put --config before the --, and a text of several words in"),
        (("submit", "--", "a", "--type=image"), "--type stands after --"),
        (("submit", "--colour", "--", "--config"), "There is no option --colour."),
        (("submit", "--", "--", "-x"), "One word too many: '-x'. Put a text of several words in"),
        (("submit", "--", "a", "--colour"), "One word too many: '--colour'."),
        (("submit",), "The following arguments are required: TEXT."),
        (("list", "--limit", "0"), "Argument --limit: '0' is no number from 1 to 200."),
        (("list", "--limit", "many"), "Argument --limit: 'many' is no number from 1 to 200."),
        (("show", "fox"), "'fox' is not the id of a prompt"),
        (("show", "0"), "'0' is not the id of a prompt"),
        (("show", "99999999999999999999"), "is not the id of a prompt"),
        (("cancel", "-1"), "-1"),
        (("up", "--port", "http"), "Argument --port: invalid int value: 'http'."),
        (("worker", "--concurrency", "0"), "processing.concurrency.total"),
        (("worker", "--only", "poster"), "the kinds are text, image, music, voice"),
        (("retry",), "Name one prompt, or give --failed."),
        (("retry", "1", "--failed"), "Name one prompt, or give --failed."),
        (("list", "--status", "done"), "'done' is no status"),
        (("list", "--type", "imag"), "Did you mean image?"),
        (("list", "--cursor", "x"), "is not a cursor"),
        (("workflows", "show"), "needs a name"),
        (("workflows", "frobnicate"), "invalid choice"),
        (("migrate", "--db", "none.db"), "There is no database"),
    ],
)  # fmt: skip
def test_wrong_usage(run: Run, words: tuple[str, ...], said: str) -> None:
    found = run(*words)
    assert (found.code, found.out) == (2, "")
    assert found.err.startswith("musings: ")
    assert said in found.err
    assert found.err.count("\n") == 1, "one sentence, no usage text, no traceback"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is not valid JSON"),
        ("[]", "must be a JSON object"),
        ('{"server": {"port": 70000}}', "server.port is 70000"),
        ('{"backend": {"type": "gpt"}}', "backend.type"),
    ],
)
def test_a_wrong_configuration(run: Run, config: Path, text: str, said: str) -> None:
    config.write_text(text)
    for words in (("list",), ("submit", "a fox"), ("worker", "--drain"), ("doctor",), ("up",)):
        found = run(*words)
        assert (found.code, found.out) == (2, "")
        assert said in found.err


def test_a_configuration_that_is_not_there(run: Run) -> None:
    found = run("list", "--config", "other.json")
    assert found.code == 2
    assert "other.json" in found.err


def test_an_unknown_key_is_told_and_no_obstacle(run: Run, config: Path) -> None:
    config.write_text('{"sever": {"port": 1}}')
    found = run("submit", "a fox")
    assert (found.code, found.out) == (0, "Prompt 1 is queued.\n")
    assert "sever" in found.err
    assert "server" in found.err


def test_a_database_that_cannot_be_opened(run: Run, config: Path) -> None:
    (config.parent / "musings.db").write_bytes(b"This is no database. " * 100)
    found = run("list")
    assert (found.code, found.out) == (1, "")
    assert "not an SQLite database" in found.err


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys; from musings import cli; cli.main(['--help']); cli.main(['--version']); cli.main(['nonsense'])\n"
        f"print(sorted({HEAVY!r} & sys.modules.keys()), file=sys.stderr)"
    )
    said = subprocess.run((sys.executable, "-c", program), capture_output=True, text=True, check=True)
    assert said.stderr.splitlines()[-1] == "[]"


def test_a_pipe_that_is_closed_early(run: Run, config: Path) -> None:
    for _ in range(3):
        assert run("submit", "x" * 50_000).code == 0
    with subprocess.Popen(
        command("list", "--json"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=config.parent,
        env=environment(config.parent),
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.read(10)
        child.stdout.close()
        assert child.stderr.read() == b""
    assert child.returncode == 1


def test_words_that_are_no_text(program: Run) -> None:
    """A word that is not UTF-8 comes in as half surrogates; it must be refused, not stored."""
    found = program("submit", os.fsdecode(b"f\xfcchse"))
    assert found.code == 2
    assert "surrogate" in found.err


def test_an_option_may_be_the_text_itself(run: Run) -> None:
    assert run("submit", "--", "--config").out == "Prompt 1 is queued.\n"
