"""The rooms of the house, which may import which, and every import that there is."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "src"


HOUSE = SOURCE / "musings"


PACKAGES = ("comfyui_workflows", "fake_comfyui", "musings", "musings_sketch")


ANYTHING = frozenset({"*"})


ROOMS: dict[str, frozenset[str]] = {
    "musings_sketch": frozenset(),
    "fake_comfyui": frozenset(),
    "comfyui_workflows": frozenset(),
    "musings/errors": frozenset(),
    "musings/version": frozenset(),
    "musings/late": frozenset(),
    "musings/backoff": frozenset(),
    "musings/hours": frozenset(),
    "musings/locate": frozenset(),
    "musings/models": frozenset({"comfyui_workflows"}),
    "musings/process": frozenset({"musings/errors", "musings/late"}),
    "musings/security": frozenset({"musings/backoff", "musings/errors", "musings/files"}),
    "musings/config": frozenset(
        {"musings/errors", "musings/hours", "musings/locate", "musings/models", "musings/security"}
    ),
    "musings/logs": frozenset({"musings/config", "musings/errors"}),
    "musings/forms": frozenset({"musings/errors", "musings/files", "musings/models"}),
    "musings/media": frozenset(
        {
            "musings/errors",
            "musings/files",
            "musings/late",
            "musings/models",
            "musings/process",
            "musings_sketch",
        }
    ),
    "musings/files": frozenset({"comfyui_workflows", "musings/errors", "musings/late"}),
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
            "musings/backoff",
            "musings/errors",
            "musings/models",
            "musings/store",
            "musings/store/chains",
            "musings/store/gallery",
            "musings/store/writings",
        }
    ),
    "musings/store/chains": frozenset({"musings/errors", "musings/models", "musings/store", "musings/store/queue"}),
    "musings/store/access": frozenset({"musings/errors", "musings/store"}),
    "musings/store/housekeeping": frozenset({"musings/store"}),
    "musings/store/alerts": frozenset({"musings/models", "musings/store", "musings/store/queue"}),
    "musings/engine": frozenset(
        {
            "musings/errors",
            "musings/logs",
            "musings/models",
            "musings/process",
            "musings/sqlite",
            "musings/store",
            "musings/store/chains",
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
            "musings/version",
            "musings_sketch",
        }
    ),
    "musings/makers/comfyui": frozenset(
        {
            "comfyui_workflows",
            "musings/backoff",
            "musings/config",
            "musings/errors",
            "musings/files",
            "musings/forms",
            "musings/hours",
            "musings/late",
            "musings/makers",
            "musings/media",
            "musings/models",
            "musings/process",
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
        {"musings/config", "musings/errors", "musings/late", "musings/makers", "musings/models"}
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
            "musings/config",
            "musings/errors",
            "musings/files",
            "musings/forms",
            "musings/makers",
            "musings/makers/poets",
            "musings/media",
            "musings/models",
            "musings/store",
            "musings/store/gallery",
            "musings/store/queue",
        }
    ),
    "musings/chains": frozenset(
        {
            "musings/errors",
            "musings/logs",
            "musings/makers",
            "musings/models",
            "musings/requests",
            "musings/store",
            "musings/store/chains",
            "musings/store/queue",
        }
    ),
    "musings/openai_api": frozenset(
        {
            "musings/errors",
            "musings/late",
            "musings/makers",
            "musings/models",
            "musings/requests",
            "musings_sketch",
        }
    ),
    "musings/comfyui_api": frozenset({"comfyui_workflows", "musings/models", "musings/store", "musings/store/queue"}),
    "musings/housekeeping": frozenset(
        {
            "musings/config",
            "musings/errors",
            "musings/files",
            "musings/logs",
            "musings/models",
            "musings/process",
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
            "musings/store/schedules",
            "musings/store/webhooks",
        }
    ),
    "musings/store/schedules": frozenset({"musings/errors", "musings/models", "musings/store"}),
    "musings/schedules": frozenset(
        {
            "musings/chains",
            "musings/engine",
            "musings/errors",
            "musings/hours",
            "musings/housekeeping",
            "musings/logs",
            "musings/makers",
            "musings/models",
            "musings/requests",
            "musings/store",
            "musings/store/queue",
            "musings/store/schedules",
            "musings/webhooks",
        }
    ),
    "musings/store/webhooks": frozenset({"musings/errors", "musings/models", "musings/store"}),
    "musings/webhooks": frozenset(
        {
            "musings/alerts",
            "musings/backoff",
            "musings/config",
            "musings/errors",
            "musings/housekeeping",
            "musings/late",
            "musings/logs",
            "musings/models",
            "musings/security",
            "musings/sqlite",
            "musings/store",
            "musings/store/alerts",
            "musings/store/gallery",
            "musings/store/webhooks",
            "musings/version",
        }
    ),
    "musings/worker": frozenset(
        {
            "musings/alerts",
            "musings/backoff",
            "musings/chains",
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
            "musings/schedules",
            "musings/sqlite",
            "musings/store",
            "musings/store/gallery",
            "musings/store/queue",
            "musings/store/writings",
            "musings/webhooks",
        }
    ),
    "musings/mqtt": frozenset(
        {
            "musings/backoff",
            "musings/config",
            "musings/engine",
            "musings/errors",
            "musings/files",
            "musings/hours",
            "musings/late",
            "musings/logs",
            "musings/makers",
            "musings/models",
            "musings/requests",
            "musings/sqlite",
            "musings/store",
            "musings/store/gallery",
            "musings/store/housekeeping",
            "musings/store/queue",
            "musings/version",
            "musings/views",
        }
    ),
    "musings/mail": frozenset(
        {
            "musings/config",
            "musings/errors",
            "musings/files",
            "musings/housekeeping",
            "musings/logs",
            "musings/makers",
            "musings/models",
            "musings/requests",
            "musings/sqlite",
            "musings/store",
            "musings/store/gallery",
            "musings/store/queue",
            "musings/store/writings",
            "musings/watched_folder",
        }
    ),
    "musings/watched_folder": frozenset(
        {
            "musings/config",
            "musings/errors",
            "musings/files",
            "musings/housekeeping",
            "musings/late",
            "musings/logs",
            "musings/makers",
            "musings/models",
            "musings/requests",
            "musings/sqlite",
            "musings/store",
            "musings/store/gallery",
            "musings/store/writings",
        }
    ),
    "musings/archive": frozenset(
        {
            "musings/chains",
            "musings/errors",
            "musings/files",
            "musings/late",
            "musings/media",
            "musings/models",
            "musings/sqlite",
            "musings/store",
            "musings/store/chains",
            "musings/store/gallery",
            "musings/store/writings",
        }
    ),
    "musings/views": frozenset(
        {
            "musings/chains",
            "musings/hours",
            "musings/models",
            "musings/store",
            "musings/store/chains",
            "musings/store/access",
            "musings/store/gallery",
            "musings/store/housekeeping",
            "musings/store/queue",
            "musings/store/schedules",
            "musings/store/webhooks",
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
            "musings/mail",
            "musings/makers/script",
            "musings/models",
            "musings/mqtt",
            "musings/service",
            "musings/sqlite",
            "musings/store/gallery",
            "musings/store/queue",
        }
    ),
    "musings/api": frozenset(
        {
            "musings/archive",
            "musings/chains",
            "musings/comfyui_api",
            "musings/config",
            "musings/engine",
            "musings/errors",
            "musings/feeds",
            "musings/files",
            "musings/hours",
            "musings/housekeeping",
            "musings/late",
            "musings/logs",
            "musings/makers",
            "musings/media",
            "musings/models",
            "musings/mcp_server",
            "musings/openai_api",
            "musings/remote",
            "musings/requests",
            "musings/schedules",
            "musings/security",
            "musings/sqlite",
            "musings/store",
            "musings/store/access",
            "musings/store/chains",
            "musings/store/gallery",
            "musings/store/queue",
            "musings/store/schedules",
            "musings/store/webhooks",
            "musings/store/writings",
            "musings/version",
            "musings/views",
            "musings/webhooks",
        }
    ),
    "musings/remote": frozenset({"musings/backoff", "musings/errors", "musings/files", "musings/version"}),
    "musings/mcp_server": frozenset({"musings/errors", "musings/remote", "musings/version"}),
    "musings/feeds": frozenset(),
    "musings/client": frozenset({"musings/errors", "musings/remote"}),
    "musings/commands": ANYTHING,
    "musings/cli": frozenset({"musings/errors", "musings/security", "musings/version"}),
    "musings/__main__": frozenset({"musings/cli"}),
}
"""A room is a module or folder; the most particular line counts. Only ``musings`` imports the other packages."""


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
