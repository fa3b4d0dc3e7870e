"""The rules of the house (ANCHORS 2, DESIGN D19): who may import whom, and which library lives where.

Every import of ``src/musings`` is read, those inside functions included. A new room gets a line in ``ROOMS``; a new
late import needs a reason (ADR 7) and a line in ``LATE``.
"""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src"
HOUSE = SOURCE / "musings"
ANYTHING = frozenset({"*"})

ROOMS: dict[str, frozenset[str]] = {
    "errors": frozenset(),
    "version": frozenset(),
    "late": frozenset(),
    "due": frozenset(),
    "locate": frozenset(),
    "models": frozenset({"errors"}),
    "access": frozenset({"errors"}),
    "redaction": frozenset({"access"}),
    "config": frozenset({"errors", "locate", "models", "redaction"}),
    "logs": frozenset({"config", "errors"}),
    "process": frozenset({"errors"}),
    "comfy": frozenset({"errors", "models"}),
    "fake_comfy": frozenset({"errors", "sketch"}),
    "warm": frozenset({"errors", "process"}),
    "workflows": frozenset({"comfy", "errors", "models"}),
    "media": frozenset({"errors", "models"}),
    "sketch": frozenset({"errors", "media", "models", "process"}),
    "pipelines": frozenset(
        {
            "comfy",
            "config",
            "errors",
            "late",
            "media",
            "models",
            "poets",
            "process",
            "sketch",
            "speech",
            "version",
            "warm",
            "workflows",
        }
    ),
    "inputs": frozenset({"errors", "models", "pipelines"}),
    "speech": frozenset({"errors", "media", "models", "refusals", "sketch"}),
    "refusals": frozenset({"errors", "models"}),
    "poets": frozenset({"config", "errors", "models", "refusals"}),
    "service": frozenset({"config", "errors", "process"}),
    "store": frozenset({"due", "errors", "late", "locate", "models", "version"}),
    "archive": frozenset({"errors", "models", "store"}),
    "intake": frozenset({"errors", "inputs", "models", "pipelines"}),
    "rehearsal": frozenset({"errors", "intake", "models", "pipelines"}),
    "uploads": frozenset({"errors", "media", "models", "store"}),
    "alerts": frozenset({"config", "errors", "housekeeping", "late", "logs", "models", "pipelines", "store"}),
    "housekeeping": frozenset({"config", "errors", "logs", "models", "store"}),
    "worker": frozenset(
        {
            "alerts",
            "config",
            "errors",
            "housekeeping",
            "inputs",
            "late",
            "locate",
            "logs",
            "media",
            "models",
            "pipelines",
            "process",
            "store",
            "version",
        }
    ),
    "doctor": frozenset(
        {"config", "due", "errors", "housekeeping", "locate", "models", "pipelines", "service", "store"}
    ),
    "api": frozenset(
        {
            "access",
            "config",
            "errors",
            "housekeeping",
            "intake",
            "late",
            "logs",
            "models",
            "pipelines",
            "process",
            "rehearsal",
            "store",
            "uploads",
            "version",
        }
    ),
    "commands": ANYTHING,
    "cli": frozenset({"commands", "errors", "redaction", "version"}),
    "__main__": frozenset({"cli"}),
}

HOMES = {
    "sqlalchemy": {"store"},
    "alembic": {"store"},
    "sqlite3": {"store", "due"},
    "subprocess": {"process"},
    "fastapi": {"api"},
    "starlette": {"api", "fake_comfy"},
    "uvicorn": {"api", "fake_comfy"},
    "anyio": {"api"},
    "asyncio": {"api", "fake_comfy", "poets", "speech"},
    "prometheus_client": {"api"},
    "httpx": {"comfy", "poets", "speech"},
    "websockets": {"comfy"},
    "numpy": {"sketch", "media", "fake_comfy"},
    "PIL": {"sketch", "media", "fake_comfy"},
    "av": {"media", "fake_comfy"},
    "pydantic": {"config", "api", "poets"},
    "autogen_agentchat": {"poets"},
    "autogen_core": {"poets"},
    "autogen_ext": {"poets"},
    "openai": {"poets"},
    "apprise": {"alerts"},
    "dotenv": {"config"},
    "platformdirs": {"config"},
    "structlog": {"logs"},
    "espeakng_loader": {"sketch"},
}

LATE = {
    "alerts/channels.py": {"apprise"},
    "api/routes/uploads.py": {"musings.uploads"},
    "commands/submit.py": {"musings.uploads"},
    "pipelines/__init__.py": {
        "musings.pipelines.sketch",
        "musings.pipelines.comfy",
        "musings.pipelines.speech_server",
        "musings.pipelines.words",
        "musings.pipelines.written",
    },
    "pipelines/words.py": {"musings.poets.team"},
    "pipelines/comfyui.py": {"musings.media.kinds"},
    "pipelines/leavings.py": {"musings.media.kinds"},
    "pipelines/script.py": {"musings.media.kinds"},
    "pipelines/sketch.py": {"musings.media"},
    "store/upgrade.py": {"alembic", "alembic.config"},
    "worker/finishing.py": {"musings.media"},
}
LIGHT = ("due.py", "locate.py", "errors.py", "cli.py", "version.py", "__init__.py", "__main__.py")


@dataclass(frozen=True)
class Import:
    file: str
    line: int
    name: str
    late: bool
    members: tuple[str, ...] = ()
    alone: bool = False  # within `with importing():`

    @property
    def room(self) -> str:
        return self.file.partition("/")[0].removesuffix(".py")

    @property
    def library(self) -> str:
        return self.name.partition(".")[0]

    def __str__(self) -> str:
        return f"{self.file}:{self.line} imports {self.name}"


def imports_of(source: str, file: str) -> Iterator[Import]:
    tree = ast.parse(source)
    at_top = {id(node) for node in tree.body}
    guarded = {id(inner) for node in ast.walk(tree) if _is_guard(node) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        late, alone = id(node) not in at_top, id(node) in guarded
        if isinstance(node, ast.Import):
            yield from (Import(file, node.lineno, alias.name, late, alone=alone) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno} imports by dots: write the whole name"
            members = tuple(alias.name for alias in node.names)
            yield Import(file, node.lineno, node.module or "", late, members, alone)


def _is_guard(node: ast.AST) -> bool:
    return isinstance(node, ast.With) and [ast.unparse(item) for item in node.items] == ["importing()"]


def all_imports() -> list[Import]:
    files = sorted(HOUSE.rglob("*.py"))
    return [each for file in files for each in imports_of(file.read_text(), file.relative_to(HOUSE).as_posix())]


ALL = all_imports()


def rooms_imported(each: Import) -> set[str]:
    if each.name == "musings":
        return set(each.members)
    return {each.name.split(".")[1]} if each.library == "musings" else set()


def wrong_turns(imports: list[Import]) -> list[str]:
    found = []
    for each in imports:
        allowed = ROOMS.get(each.room, frozenset()) | {each.room}
        found += [str(each) for room in rooms_imported(each) if room not in allowed and allowed.isdisjoint(ANYTHING)]
    return found


def strangers(imports: list[Import]) -> list[str]:
    return [str(each) for each in imports if each.library in HOMES and each.room not in HOMES[each.library]]


def latecomers(imports: list[Import]) -> list[str]:
    return [str(each) for each in imports if each.late and each.name not in LATE.get(each.file, set())]


def intruders(imports: list[Import]) -> list[str]:
    return [str(each) for each in imports if each.late and not each.alone]


def test_every_room_is_in_the_table() -> None:
    there = {
        path.name.removesuffix(".py")
        for path in HOUSE.iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert there - {"__init__"} <= set(ROOMS)


def test_imports_go_one_way() -> None:
    assert wrong_turns(ALL) == []


def test_each_library_has_its_home() -> None:
    assert strangers(ALL) == []


def test_every_library_has_a_line() -> None:
    ours = {each.library for each in ALL} - set(sys.stdlib_module_names) - {"musings"}
    assert ours <= set(HOMES)


def test_late_imports_are_listed() -> None:
    assert latecomers(ALL) == []


def test_late_imports_wait_for_their_turn() -> None:
    assert intruders(ALL) == []


def test_no_line_of_the_list_is_stale() -> None:
    met = {(each.file, each.name) for each in ALL if each.late}
    assert {(file, name) for file, names in LATE.items() for name in names} <= met


def test_the_front_doors_modules_are_standard_library_only() -> None:
    heavy = [
        str(each)
        for each in ALL
        if each.file in LIGHT and each.library not in sys.stdlib_module_names and each.library != "musings"
    ]
    assert heavy == []


def test_the_package_itself_is_empty() -> None:
    assert (HOUSE / "__init__.py").read_text() == ""


def module_name(file: str) -> str:
    return "musings." + file.removesuffix(".py").replace("/", ".").removesuffix(".__init__")


def test_no_cycles() -> None:
    modules = {module_name(path.relative_to(HOUSE).as_posix()) for path in HOUSE.rglob("*.py")}
    graph: dict[str, set[str]] = {name: set() for name in modules}
    for each in ALL:
        if not each.late:
            targets = {f"{each.name}.{member}" for member in each.members} & modules or {each.name} & modules
            graph[module_name(each.file)] |= targets - {module_name(each.file)}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"these import each other: {' → '.join(error.args[1])}")


@pytest.mark.parametrize(
    ("file", "source", "check"),
    [
        ("api/x.py", "import sqlalchemy", strangers),
        ("worker/x.py", "def f():\n    from subprocess import run", strangers),
        ("store/x.py", "from musings.worker import runner", wrong_turns),
        ("store/x.py", "from musings import api", wrong_turns),
        ("comfy/x.py", "import musings.store.queue", wrong_turns),
        ("newroom/x.py", "from musings.errors import MusingsError", wrong_turns),
        ("store/x.py", "def f():\n    import json", latecomers),
        ("store/x.py", "if True:\n    import json", latecomers),
        ("store/x.py", "def f():\n    import json", intruders),
        ("store/x.py", "with other():\n    import json", intruders),
    ],
)
def test_a_wrong_turn_is_seen(file: str, source: str, check: object) -> None:
    assert callable(check)
    assert check(list(imports_of(source, file))) == [str(next(imports_of(source, file)))]
