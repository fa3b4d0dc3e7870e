"""The owner's entry points: thin doors that forward, each to the exact command its README names.

Beside a copy of the doors stands a launcher that only says how it was called.
"""

import ast
import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

import musings
from musings.locate import lock_path
from musings.sqlite import schema
from musings.sqlite.database import open_database
from musings.store.queue import schedule

ROOT = Path(musings.__file__).parents[2]
DOORS = ROOT / "poets-service-clean"
LAUNCHER = """#!/bin/sh
echo "musings $*"
echo "config $MUSINGS_CONFIG"
exit "${EXIT:-0}"
"""
SEEN_BY_A_DOOR = (
    "__init__.py",
    "locate.py",
    "sqlite/__init__.py",
    "sqlite/due.py",
    "store/__init__.py",
    "store/queue/__init__.py",
    "store/queue/noted_runs.py",
)


@dataclass(frozen=True)
class Said:
    code: int
    out: list[str]
    err: str


FRONT_DOOR = (
    "__init__.py",
    "locate.py",
    "sqlite/__init__.py",
    "sqlite/due.py",
    "store/__init__.py",
    "store/queue/__init__.py",
    "store/queue/noted_runs.py",
)
"""All of Musings that the doors import: nothing of it imports a library."""


class Checkout:
    """A checkout in a folder of its own, with blanks and an accent in its name."""

    def __init__(self, folder: Path) -> None:
        self.doors = folder / "poets-service-clean"
        shutil.copytree(
            DOORS,
            self.doors,
            ignore=shutil.ignore_patterns("__pycache__", "*.db*", "logs", "GeneratedMedia", "poets_cron_config.json"),
        )
        source = folder / "src" / "musings"
        for name in FRONT_DOOR:
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / "src" / "musings" / name, source / name)
        launcher = folder / "musings"
        launcher.write_text(LAUNCHER)
        launcher.chmod(0o755)
        self.config = self.doors / "poets_cron_config.json"
        shutil.copyfile(self.doors / "poets_cron_config.sample.json", self.config)
        self.database = self.doors / "musings.db"

    def run(self, door: str | Path, *words: str, python: str = sys.executable, **environment: str) -> Said:
        first = ("sh",) if str(door).endswith(".sh") else (python,)
        path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
        done = subprocess.run(
            (*first, str(self.doors / door), *words),
            capture_output=True,
            text=True,
            cwd="/",
            env={"PATH": path, "HOME": "/nonexistent", **environment},
            check=False,
        )
        return Said(done.returncode, done.stdout.splitlines(), done.stderr)

    def prompts(self, *rows: tuple[str, str]) -> None:
        """A database with its tables, and prompts of these types and statuses."""
        database = open_database(self.database)
        schema.ensure(database)
        database.close()
        with sqlite3.connect(self.database) as connection:
            connection.executemany(
                "INSERT INTO prompts (prompt_text, prompt_type, status) VALUES ('a fox', ?, ?)", rows
            )
        connection.close()


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path / "Anthony’s musings é")


CRON = "poets_cron_service_v3.py"
VERBS = ("start", "stop", "restart", "status", "logs", "run", "test", "install", "uninstall", "migrate")


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (("--queue",), "musings worker --drain"),
        (("--queue", "--media-only"), "musings worker --drain --only media"),
        (("--media-only", "--queue"), "musings worker --drain --only media"),
        (("--media-only",), "musings worker --drain --only media"),
        (("--test",), "musings doctor"),
    ],
)
def test_flags_forward_to_verbs(checkout: Checkout, words: tuple[str, ...], command: str) -> None:
    checkout.prompts(("image", "unprocessed"))
    assert checkout.run(CRON, *words) == Said(0, [command, f"config {checkout.config}"], "")


@pytest.mark.parametrize("code", [1, 2, 3, 75, 130])
def test_exit_codes_pass_through(checkout: Checkout, code: int) -> None:
    checkout.prompts(("text", "pending"))
    for door, words in ((CRON, ("--queue",)), ("control.sh", ("run",)), ("database_migration_v4.py", ())):
        assert checkout.run(door, *words, EXIT=str(code)).code == code


@pytest.mark.parametrize(
    "words",
    [
        ("--quue",),
        ("--queue", "--fast"),
        ("--media-only", "--test"),
        ("--queue", "--test"),
        ("queue",),
        ("--queue", "--queue"),
        (),
    ],
)
def test_an_unknown_flag_is_refused_and_named(checkout: Checkout, words: tuple[str, ...]) -> None:
    said = checkout.run(CRON, *words)
    assert (said.code, said.out) == (2, [])
    assert said.err == f"Not understood: {list(words)}. See --help.\n"


@pytest.mark.parametrize("word", ["-h", "--help"])
def test_help_says_where_each_flag_leads(checkout: Checkout, word: str) -> None:
    said = checkout.run(CRON, word)
    assert (said.code, said.err) == (0, "")
    assert all(flag in "\n".join(said.out) for flag in ("--queue", "--media-only", "--test"))


def test_an_empty_queue_ends_here(checkout: Checkout) -> None:
    nothing = Said(0, ["Nothing is waiting in the queue."], "")
    assert checkout.run(CRON, "--queue") == nothing, "there is no database yet"
    checkout.prompts(("text", "completed"), ("image", "failed"))
    assert checkout.run(CRON, "--queue") == nothing
    assert checkout.run(CRON, "--queue", "--media-only") == nothing
    assert not checkout.database.with_name("musings.db.lock").exists()


def test_media_only_looks_at_media_only(checkout: Checkout) -> None:
    checkout.prompts(("poem", "pending"))
    for words in (("--queue", "--media-only"), ("--media-only",)):
        assert checkout.run(CRON, *words).out == ["Nothing is waiting in the queue."]
    assert checkout.run(CRON, "--queue").out[0] == "musings worker --drain"


def test_a_held_lock_ends_with_75(checkout: Checkout) -> None:
    checkout.prompts(("text", "pending"))
    with Path(lock_path(str(checkout.database))).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        said = checkout.run(CRON, "--queue")
        assert said == Said(75, ["Another worker is already working on this queue."], "")
        assert checkout.run(CRON, "--test").out[0] == "musings doctor"
    assert checkout.run(CRON, "--queue").code == 0


def test_what_it_cannot_judge_is_left_to_the_program(checkout: Checkout) -> None:
    """Its words are better: a broken configuration or database must not look like an empty queue."""
    checkout.database.write_bytes(b"This is no database. " * 100)
    assert checkout.run(CRON, "--queue").out[0] == "musings worker --drain"
    checkout.config.write_text("{")
    assert checkout.run(CRON, "--queue").out[0] == "musings worker --drain"
    checkout.config.unlink()
    assert checkout.run(CRON, "--queue").out[0] == "musings worker --drain"


def test_the_configuration_can_be_another(checkout: Checkout, tmp_path: Path) -> None:
    checkout.prompts(("text", "pending"))
    other = tmp_path / "other.json"
    other.write_text('{"database": {"path": "elsewhere.db"}}')
    assert checkout.run(CRON, "--queue", MUSINGS_CONFIG=str(other)).out == ["Nothing is waiting in the queue."]
    said = checkout.run(CRON, "--queue", MUSINGS_DATABASE__PATH=str(checkout.database), MUSINGS_CONFIG=str(other))
    assert said.out == ["musings worker --drain", f"config {other}"]


def pythons() -> list[str]:
    """Interpreters of other versions on this machine, as pyenv keeps them."""
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    return sorted(str(path) for path in root.glob("versions/[23].*/bin/python"))


@pytest.mark.parametrize("python", pythons() or [sys.executable])
def test_whatever_python_starts_the_doors(checkout: Checkout, python: str) -> None:
    checkout.prompts(("poem", "pending"))
    assert checkout.run(CRON, "--queue", python=python).out[0] == "musings worker --drain"
    assert checkout.run("database_migration_v4.py", "--dry-run", python=python).out[0] == "musings migrate --dry-run"
    said = checkout.run(CRON, "--queue", "--fast", python=python)
    assert (said.code, said.err) == (2, "Not understood: ['--queue', '--fast']. See --help.\n")
    asked = subprocess.run(
        (python, "-c", "import sys; print(sys.version_info >= (3, 8))"), capture_output=True, check=True
    )
    quick = asked.stdout.strip() == b"True"
    said = checkout.run(CRON, "--media-only", python=python)
    assert said.out[0] == ("Nothing is waiting in the queue." if quick else "musings worker --drain --only media")
    assert (said.code, said.err) == (0, "")


@pytest.mark.parametrize("python", pythons() or [sys.executable])
def test_without_a_python_that_serves_it_says_so(checkout: Checkout, python: str) -> None:
    checkout.prompts(("poem", "pending"))
    shutil.copy(ROOT / "musings", checkout.doors.parent / "musings")
    tools = checkout.doors.parent / "tools"
    tools.mkdir()
    for name in ("sh", "dirname", "readlink", "printf", "cmp"):
        found = shutil.which(name)
        if found is not None:
            (tools / name).symlink_to(found)
    for door, words in ((CRON, ("--queue",)), ("database_migration_v4.py", ())):
        done = subprocess.run(
            (python, str(checkout.doors / door), *words),
            capture_output=True, text=True, cwd="/", env={"PATH": str(tools), "HOME": "/nonexistent"}, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stdout) == (2, "")
        assert "Python 3.11 or later with its venv module is needed" in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("door", [CRON, "database_migration_v4.py", "control.sh"])
def test_links_lead_back_to_the_checkout(checkout: Checkout, tmp_path: Path, door: str) -> None:
    checkout.prompts(("poem", "pending"))
    near, far = checkout.doors / f"near-{door}", tmp_path / door
    near.symlink_to(door)
    far.symlink_to(near)
    words, command = {
        CRON: (("--queue",), "musings worker --drain"),
        "control.sh": (("run",), "musings worker --drain"),
    }.get(door, ((), "musings migrate"))
    for link in (near, far):
        assert checkout.run(link, *words) == Said(0, [command, f"config {checkout.config}"], "")


def test_a_look_at_an_empty_queue_is_written_down(checkout: Checkout) -> None:
    checkout.prompts(("text", "completed"))
    checkout.run(CRON, "--queue")
    database = open_database(checkout.database)
    found = database.reading(schedule.find)
    database.close()
    assert found is not None
    assert found.is_kept
    assert "a schedule works on the queue" in found.in_words()


def test_an_empty_queue_imports_nothing_heavy(checkout: Checkout) -> None:
    program = (
        "import sys, runpy\nbefore = set(sys.modules)\nsys.argv = ['door', '--queue']\n"
        f"try: runpy.run_path({str(checkout.doors / CRON)!r}, run_name='__main__')\n"
        "except SystemExit as end: assert end.code == 0\n"
        "print(*sorted({name.partition('.')[0] for name in set(sys.modules) - before} - sys.stdlib_module_names))"
    )
    done = subprocess.run(
        (sys.executable, "-c", program), capture_output=True, text=True, env={"PATH": "/bin"}, check=True
    )
    assert done.stdout.splitlines() == ["Nothing is waiting in the queue.", "musings"]


@pytest.mark.parametrize("door", ["poets_cron_service_v3.py", "database_migration_v4.py"])
def test_a_door_is_no_room(door: str) -> None:
    source = (DOORS / door).read_text()
    assert source.count("\n") < 40
    imported: set[str] = set()
    for part in ast.walk(ast.parse(source)):
        if isinstance(part, ast.Import):
            imported |= {name.name for name in part.names}
        if isinstance(part, ast.ImportFrom):
            imported |= {f"{part.module}.{name.name}" for name in part.names}
    assert imported <= {"os", "sys", "musings.sqlite.due", "musings.locate"}
    for name in FRONT_DOOR:
        tree = ast.parse((ROOT / "src" / "musings" / name).read_text())
        for part in ast.walk(tree):
            if isinstance(part, ast.Import):
                assert {each.name for each in part.names} <= sys.stdlib_module_names
            if isinstance(part, ast.ImportFrom):
                ours = f"{(part.module or '').partition('musings.')[2].replace('.', '/')}.py"
                assert part.module in ("__future__", "collections.abc", "musings") or ours in FRONT_DOOR


@pytest.mark.parametrize("words", [(), ("--db", "some file.db"), ("--dry-run",)])
def test_the_migration_forwards_every_word(checkout: Checkout, words: tuple[str, ...]) -> None:
    said = checkout.run("database_migration_v4.py", *words)
    assert said == Said(0, [" ".join(("musings migrate", *words)), f"config {checkout.config}"], "")


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (("test",), "musings doctor"),
        (("status",), "musings service status"),
        (("status", "--json"), "musings service status --json"),
        (("logs",), "musings service logs --follow"),
        (("logs", "--lines", "12"), "musings service logs --follow --lines 12"),
        (("start",), "musings service start"),
        (("stop",), "musings service stop"),
        (("restart",), "musings service restart"),
        (("install",), "musings service install"),
        (("uninstall",), "musings service uninstall"),
        (("migrate", "--db", "a b.db"), "musings migrate --db a b.db"),
        (("run",), "musings worker --drain"),
        (("run", "--media-only"), "musings worker --drain --only media"),
    ],
)
def test_control_forwards(checkout: Checkout, words: tuple[str, ...], command: str) -> None:
    checkout.prompts(("image", "pending"))
    assert checkout.run("control.sh", *words) == Said(0, [command, f"config {checkout.config}"], "")


@pytest.mark.parametrize(
    ("words", "command"),
    [(("run",), "musings worker --drain"), (("run", "--media-only"), "musings worker --drain --only media")],
)
def test_control_runs_without_a_python_in_the_path(checkout: Checkout, words: tuple[str, ...], command: str) -> None:
    """Cron's path may lack one; the launcher has the checkout's own."""
    tools = checkout.doors.parent / "tools"
    tools.mkdir()
    for name in ("sh", "dirname", "readlink"):
        (tools / name).symlink_to(shutil.which(name) or name)
    done = subprocess.run(
        (str(tools / "sh"), str(checkout.doors / "control.sh"), *words),
        capture_output=True, text=True, cwd="/", env={"PATH": str(tools), "HOME": "/nonexistent"}, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout.splitlines()[:1], done.stderr) == (0, [command], "")


@pytest.mark.parametrize("words", [(), ("frobnicate",), ("",), ("--queue",)])
def test_control_refuses_the_rest(checkout: Checkout, words: tuple[str, ...]) -> None:
    said = checkout.run("control.sh", *words)
    assert (said.code, said.out) == (2, [])
    assert said.err.startswith("usage: control.sh")


@pytest.mark.parametrize("word", ["-h", "--help", "help"])
def test_control_helps(checkout: Checkout, word: str) -> None:
    said = checkout.run("control.sh", word)
    assert (said.code, said.err) == (0, "")
    assert all(verb in "\n".join(said.out) for verb in VERBS)


def test_the_readme_names_every_door() -> None:
    readme = (DOORS / "README.md").read_text()
    for words in ("--queue", "--media-only", "--queue --media-only", "--test"):
        assert f"| `{CRON} {words}` |" in readme
    doors = [line for line in readme.splitlines() if line.startswith(("| `control.sh", "| `database_migration"))]
    for verb in VERBS:
        assert any(f"`{verb}`" in line or f"`control.sh {verb}`" in line for line in doors), verb
    assert any("`database_migration_v4.py" in line for line in doors)


SCRIPTS = ("musings", "poets-service-clean/control.sh", ".ci/run")


@pytest.mark.parametrize("script", SCRIPTS)
def test_scripts_are_clean(script: str) -> None:
    shellcheck = shutil.which("shellcheck")
    if shellcheck is None:
        pytest.skip("shellcheck is not installed")
    done = subprocess.run((shellcheck, str(ROOT / script)), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "script", [*SCRIPTS, *(f"poets-service-clean/{name}" for name in (CRON, "database_migration_v4.py"))]
)
def test_scripts_can_be_run(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)
    assert (ROOT / script).read_text().startswith("#!/")
