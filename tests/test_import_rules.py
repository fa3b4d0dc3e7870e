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
PACKAGES = ("comfyui_workflows", "fake_comfyui", "musings", "musings_sketch")
ANYTHING = frozenset({"*"})

ROOMS: dict[str, frozenset[str]] = {
    "musings_sketch": frozenset(
        {"musings/errors", "musings/makers/speech", "musings/media", "musings/models", "musings/process"}
    ),
    "fake_comfyui": frozenset({"musings/commands"}),
    "comfyui_workflows": frozenset(),
    "musings/errors": frozenset(),
    "musings/version": frozenset(),
    "musings/late": frozenset(),
    "musings/backoff": frozenset(),
    "musings/locate": frozenset(),
    "musings/models": frozenset({"comfyui_workflows"}),
    "musings/process": frozenset({"musings/errors", "musings/late"}),
    "musings/security": frozenset({"musings/backoff", "musings/errors", "musings/files"}),
    "musings/config": frozenset({"musings/errors", "musings/locate", "musings/models", "musings/security"}),
    "musings/logs": frozenset({"musings/config", "musings/errors"}),
    "musings/forms": frozenset({"musings/errors", "musings/files", "musings/models"}),
    "musings/media": frozenset({"musings/errors", "musings/files", "musings/late", "musings/models", "musings_sketch"}),
    "musings/files": frozenset({"musings/errors"}),
    "musings/sqlite": frozenset(
        {
            "musings/errors",
            "musings/files",
            "musings/late",
            "musings/locate",
            "musings/models",
            "musings/store",
            "musings/store/queue",
            "musings/store/writings",
            "musings/version",
        }
    ),
    "musings/store": frozenset({"musings/errors", "musings/models"}),
    "musings/store/writings": frozenset({"musings/errors", "musings/models", "musings/store"}),
    "musings/store/gallery": frozenset(
        {
            "musings/errors",
            "musings/files",
            "musings/models",
            "musings/store",
            "musings/store/queue",
            "musings/store/writings",
        }
    ),
    "musings/store/queue": frozenset(
        {
            "musings/errors",
            "musings/models",
            "musings/store",
            "musings/store/gallery",
            "musings/store/writings",
        }
    ),
    "musings/store/access": frozenset({"musings/errors", "musings/store"}),
    "musings/store/housekeeping": frozenset({"musings/store"}),
    "musings/store/alerts": frozenset({"musings/models", "musings/store", "musings/store/queue"}),
    "musings/engine": frozenset(
        {
            "musings/errors",
            "musings/logs",
            "musings/models",
            "musings/process",  # a worker of this host whose process is gone is dead
            "musings/sqlite",
            "musings/store",
            "musings/store/queue",
        }
    ),
    "musings/makers": frozenset(
        {
            "musings/config",
            "musings/errors",
            "musings/forms",
            "musings/late",
            "musings/makers/comfyui",
            "musings/makers/poets",
            "musings/makers/script",
            "musings/makers/speech",
            "musings/media",
            "musings/models",
            "musings/process",
            "musings_sketch",
            "musings/version",
        }
    ),
    "musings/makers/comfyui": frozenset(
        {
            "musings/backoff",
            "comfyui_workflows",
            "musings/config",
            "musings/errors",
            "musings/files",
            "musings/forms",
            "musings/late",
            "musings/makers",
            "musings/media",
            "musings/models",
        }
    ),
    "musings/makers/script": frozenset(
        {
            "comfyui_workflows",
            "musings/config",
            "musings/errors",
            "musings/forms",
            "musings/late",
            "musings/makers",
            "musings/makers/comfyui",
            "musings/media",
            "musings/models",
            "musings/process",
        }
    ),
    "musings/makers/poets": frozenset(
        {
            "musings/config",
            "musings/errors",
            "musings/late",
            "musings/makers",
            "musings/models",
        }
    ),
    "musings/makers/speech": frozenset(
        {
            "musings/backoff",
            "musings/config",
            "musings/errors",
            "musings/forms",
            "musings/late",
            "musings/makers",
            "musings/media",
            "musings/models",
            "musings_sketch",
        }
    ),
    "musings/requests": frozenset(
        {
            "musings/errors",
            "musings/files",
            "musings/forms",
            "musings/makers",
            "musings/makers/poets",
            "musings/media",
            "musings/models",
            "musings/store",
            "musings/store/gallery",
        }
    ),
    "musings/housekeeping": frozenset(
        {
            "musings/config",
            "musings/errors",
            "musings/files",
            "musings/logs",
            "musings/models",
            "musings/process",  # a duty that a dead process has claimed is free
            "musings/store",
            "musings/store/gallery",
            "musings/store/housekeeping",
        }
    ),
    "musings/alerts": frozenset(
        {
            "musings/backoff",
            "musings/config",
            "musings/housekeeping",
            "musings/late",
            "musings/logs",
            "musings/makers",
            "musings/models",
            "musings/store",
            "musings/store/alerts",
            "musings/store/queue",
        }
    ),
    "musings/worker": frozenset(
        {
            "musings/backoff",
            "musings/alerts",
            "musings/config",
            "musings/engine",
            "musings/errors",
            "musings/files",
            "musings/housekeeping",
            "musings/logs",
            "musings/makers",
            "musings/media",
            "musings/models",
            "musings/process",
            "musings/requests",
            "musings/sqlite",
            "musings/store",
            "musings/store/gallery",
            "musings/store/queue",
            "musings/store/writings",
        }
    ),
    "musings/archive": frozenset(
        {
            "musings/errors",
            "musings/files",
            "musings/models",
            "musings/sqlite",
            "musings/store",
            "musings/store/gallery",
            "musings/store/writings",
        }
    ),
    "musings/views": frozenset(
        {
            "musings/models",
            "musings/store",
            "musings/store/gallery",
            "musings/store/housekeeping",
            "musings/store/queue",
            "musings/store/writings",
        }
    ),
    "musings/service": frozenset({"musings/config", "musings/errors", "musings/files", "musings/process"}),
    "musings/doctor": frozenset(
        {
            "musings/config",
            "musings/engine",
            "musings/errors",
            "musings/files",
            "musings/housekeeping",
            "musings/locate",
            "musings/makers",
            "musings/makers/script",
            "musings/models",
            "musings/service",
            "musings/sqlite",
            "musings/store/gallery",
            "musings/store/queue",
        }
    ),
    "musings/api": frozenset(
        {
            "musings/config",
            "musings/engine",
            "musings/errors",
            "musings/files",
            "musings/late",
            "musings/logs",
            "musings/makers",
            "musings/models",
            "musings/requests",
            "musings/security",
            "musings/sqlite",
            "musings/store",
            "musings/store/access",
            "musings/store/gallery",
            "musings/store/queue",
            "musings/store/writings",
            "musings/version",
            "musings/views",
        }
    ),
    "musings/commands": ANYTHING,
    "musings/cli": frozenset({"musings/errors", "musings/security", "musings/version"}),
    "musings/__main__": frozenset({"musings/cli"}),
}
"""A room is a module or folder; the most particular line counts. Only ``musings`` imports the other packages."""

HOMES = {
    "sqlalchemy": {"musings/store", "musings/sqlite", "musings/engine"},  # an engine is told in a transaction
    "alembic": {"musings/sqlite"},
    "sqlite3": {"musings/sqlite"},
    "fcntl": {"musings/sqlite"},
    "subprocess": {"musings/process", "musings_sketch"},
    "fastapi": {"musings/api"},
    "starlette": {"musings/api", "fake_comfyui"},
    "uvicorn": {"musings/api", "fake_comfyui"},
    "anyio": {"musings/api"},
    "asyncio": {"musings/api", "fake_comfyui", "musings/makers/poets", "musings/makers/speech"},
    "prometheus_client": {"musings/api"},
    "httpx": {"musings/makers/comfyui", "musings/makers/poets", "musings/makers/speech"},
    "websockets": {"musings/makers/comfyui"},
    "numpy": {"musings_sketch", "musings/media", "fake_comfyui"},
    "PIL": {"musings_sketch", "musings/media", "fake_comfyui"},
    "av": {"musings/media", "fake_comfyui", "musings_sketch"},
    "pydantic": {"musings/config", "musings/api", "musings/makers/poets", "musings/views"},
    "autogen_agentchat": {"musings/makers/poets"},
    "autogen_core": {"musings/makers/poets"},
    "autogen_ext": {"musings/makers/poets"},
    "openai": {"musings/makers/poets"},
    "apprise": {"musings/alerts"},
    "dotenv": {"musings/config"},
    "platformdirs": {"musings/config"},
    "psutil": {"musings/process"},
    "structlog": {"musings/logs"},
    "espeakng_loader": {"musings_sketch"},
}

LATE = {
    "musings/alerts/channels.py": {"apprise"},
    "musings/api/routes/uploads.py": {"musings.requests.uploads"},
    "musings/commands/submit.py": {"musings.requests.uploads"},
    "musings/makers/all.py": {
        "musings.makers.comfyui.entry",
        "musings.makers.poets.enhance",
        "musings.makers.poets.entry",
        "musings.makers.poets.written",
        "musings.makers.script.entry",
    },
    "musings/makers/sketch_entry.py": {"musings.makers.sketch"},
    "musings/makers/speech/entry.py": {"musings.makers.speech.pipeline"},
    "musings/makers/poets/entry.py": {"musings.makers.poets.team"},
    "musings/makers/comfyui/pipeline.py": {"musings.media.kinds"},
    "musings/makers/script/leavings.py": {"musings.media.kinds"},
    "musings/makers/script/pipeline.py": {"musings.media.kinds"},
    "musings/makers/sketch.py": {"musings.media"},
    "musings/process/identity.py": {"psutil"},
    "musings/sqlite/upgrade.py": {"alembic", "alembic.config"},
    "musings/media/facts.py": {"musings.media"},
}
LIGHT = tuple(
    f"musings/{name}"
    for name in (
        "__init__.py",
        "__main__.py",
        "cli.py",
        "errors.py",
        "locate.py",
        "sqlite/__init__.py",
        "sqlite/due.py",
        "store/__init__.py",
        "store/queue/__init__.py",
        "store/queue/noted_runs.py",
        "version.py",
    )
)


def room_of(path: str) -> str:
    """The room that a file or a folder below ``src`` belongs to; its first folder where the table has no line."""
    parts = path.removesuffix(".py").removesuffix("/__init__").split("/")
    known = ("/".join(parts[:count]) for count in range(len(parts), 0, -1))
    return next((room for room in known if room in ROOMS), "/".join(parts[:2]))


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
        return room_of(self.file)

    @property
    def library(self) -> str:
        return self.name.partition(".")[0]

    def __str__(self) -> str:
        return f"{self.file}:{self.line} imports {self.name}"


def imports_of(source: str, file: str) -> Iterator[Import]:
    tree = ast.parse(source)
    at_top = {id(node) for node in tree.body} | {id(each) for node in tree.body for each in _never_run(node)}
    guarded = {id(inner) for node in ast.walk(tree) if _is_guard(node) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        late, alone = id(node) not in at_top, id(node) in guarded
        if isinstance(node, ast.Import):
            yield from (Import(file, node.lineno, alias.name, late, alone=alone) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno} imports by dots: write the whole name"
            members = tuple(alias.name for alias in node.names)
            yield Import(file, node.lineno, node.module or "", late, members, alone)


def _never_run(node: ast.AST) -> list[ast.stmt]:
    """What only a type checker reads."""
    return node.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING" else []


def _is_guard(node: ast.AST) -> bool:
    return isinstance(node, ast.With) and [ast.unparse(item) for item in node.items] == ["importing()"]


def all_imports() -> list[Import]:
    files = sorted(SOURCE.rglob("*.py"))
    return [each for file in files for each in imports_of(file.read_text(), file.relative_to(SOURCE).as_posix())]


ALL = all_imports()


def rooms_imported(each: Import) -> set[str]:
    if each.library not in PACKAGES:
        return set()
    if not each.members:
        return {room_of(each.name.replace(".", "/"))} - PACKAGES_THEMSELVES
    return {room_of(_module_of(each.name, member)) for member in each.members} - PACKAGES_THEMSELVES


def _module_of(name: str, member: str) -> str:
    """Where a member of a module is: a module of its own, or the module."""
    path = f"{name}.{member}".replace(".", "/")
    is_module = (SOURCE / f"{path}.py").exists() or (SOURCE / path).is_dir()
    return path if is_module else name.replace(".", "/")


PACKAGES_THEMSELVES = {"musings"}


def wrong_turns(imports: list[Import]) -> list[str]:
    found = []
    for each in imports:
        allowed = ROOMS.get(each.room, frozenset()) | {each.room}
        found += [str(each) for room in rooms_imported(each) if room not in allowed and allowed.isdisjoint(ANYTHING)]
    return found


def strangers(imports: list[Import]) -> list[str]:
    return [
        str(each)
        for each in imports
        if each.library in HOMES and not any(is_in(each.room, home) for home in HOMES[each.library])
    ]


def is_in(room: str, home: str) -> bool:
    return room == home or room.startswith(f"{home}/")


def latecomers(imports: list[Import]) -> list[str]:
    return [str(each) for each in imports if each.late and each.name not in LATE.get(each.file, set())]


def intruders(imports: list[Import]) -> list[str]:
    return [str(each) for each in imports if each.late and not each.alone]


def test_every_room_is_in_the_table() -> None:
    there = {
        f"musings/{path.name.removesuffix('.py')}"
        for path in HOUSE.iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    packages = {path.parent.name for path in SOURCE.glob("*/__init__.py")}
    assert packages == set(PACKAGES)
    assert (there | packages) - {"musings/__init__", "musings"} <= set(ROOMS)


def test_imports_go_one_way() -> None:
    assert wrong_turns(ALL) == []


def test_each_library_has_its_home() -> None:
    assert strangers(ALL) == []


def test_every_library_has_a_line() -> None:
    ours = {each.library for each in ALL} - set(sys.stdlib_module_names) - set(PACKAGES)
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
        if each.file in LIGHT and each.library not in sys.stdlib_module_names and each.library not in PACKAGES
    ]
    assert heavy == []


def test_the_package_itself_is_empty() -> None:
    assert (HOUSE / "__init__.py").read_text() == ""


def module_name(file: str) -> str:
    return file.removesuffix(".py").replace("/", ".").removesuffix(".__init__")


def test_no_cycles() -> None:
    modules = {module_name(path.relative_to(SOURCE).as_posix()) for path in SOURCE.rglob("*.py")}
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
        ("musings/api/x.py", "import sqlalchemy", strangers),
        ("musings/worker/x.py", "def f():\n    from subprocess import run", strangers),
        ("musings/store/x.py", "from musings.worker import runner", wrong_turns),
        ("musings/store/x.py", "from musings import api", wrong_turns),
        ("musings/store/x.py", "if TYPE_CHECKING:\n    from musings import api", wrong_turns),
        ("comfyui_workflows/x.py", "from musings.errors import UserFault", wrong_turns),
        ("comfy/x.py", "import musings.store.queue.claims", wrong_turns),
        ("musings/newroom/x.py", "from musings.errors import MusingsError", wrong_turns),
        ("musings/store/x.py", "def f():\n    import json", latecomers),
        ("musings/store/x.py", "if True:\n    import json", latecomers),
        ("musings/store/x.py", "def f():\n    import json", intruders),
        ("musings/store/x.py", "with other():\n    import json", intruders),
    ],
)
def test_a_wrong_turn_is_seen(file: str, source: str, check: object) -> None:
    assert callable(check)
    assert check(list(imports_of(source, file))) == [str(next(imports_of(source, file)))]
