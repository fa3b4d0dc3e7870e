"""What the ratchets count, from the syntax trees of source files."""

import ast
import io
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

OURS = ("comfyui_workflows", "fake_comfyui", "musings", "musings_sketch")
BROAD = ("Exception", "BaseException")
PATCHES = ("monkeypatch.setattr", "mocker.patch", "mock.patch", "patch.object")


@dataclass(frozen=True)
class Function:
    """``lines`` from its first decorator to its end, blank lines and docstring included."""

    where: str
    lines: int


@dataclass(frozen=True)
class Module:
    """A parsed file; ``path`` is relative to what was asked for, with ``/``."""

    path: str
    source: str
    tree: ast.Module

    @property
    def lines(self) -> int:
        return len(self.source.splitlines())


def parsed(path: str, source: str) -> Module:
    """Raises ``SyntaxError``."""
    return Module(path, source, ast.parse(source))


@cache
def modules(folder: Path) -> tuple[Module, ...]:
    """Every Python file below a folder, those of migrations left out: what was once applied stays as it was.

    Read once, however many tests ask.
    """
    files = sorted(folder.rglob("*.py"))
    return tuple(
        parsed(file.relative_to(folder).as_posix(), file.read_text(encoding="utf-8"))
        for file in files
        if "migrations" not in file.parts
    )


def functions(module: Module) -> Iterator[Function]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            yield Function(f"{module.path}:{node.lineno} {node.name}", (node.end_lineno or first) - first + 1)


def imports(module: Module) -> set[str]:
    """The modules of ours that it imports, wherever in the file."""
    found: set[str] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in OURS:
            found.add(node.module)
    return found


def handlers(module: Module) -> Iterator[tuple[str, bool]]:
    """Each ``except`` with where it is, and whether it catches everything and goes on without raising."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ExceptHandler):
            raises = any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
            yield f"{module.path}:{node.lineno}", _is_broad(node.type) and not raises


def _is_broad(caught: ast.expr | None) -> bool:
    if caught is None:
        return True
    names = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(isinstance(name, ast.Name) and name.id in BROAD for name in names)


def comments(module: Module) -> int:
    """Comments that say something: instructions to the linter alone do not count."""
    tokens = tokenize.generate_tokens(io.StringIO(module.source).readline)
    said = (token.string.lstrip("# ") for token in tokens if token.type == tokenize.COMMENT)
    return sum(not words.startswith(("noqa", "type:", "pragma", "!")) or "(" in words for words in said)


@cache
def code_lines(module: Module) -> int:
    """Lines that hold code: neither blank, nor only a comment, nor of a docstring."""
    skipped = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    found: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(module.source).readline):
        if token.type not in skipped:
            found |= set(range(token.start[0], token.end[0] + 1))
    return len(found - _docstring_lines(module.tree))


def _docstring_lines(tree: ast.Module) -> set[int]:
    """A string that stands alone documents what is before or around it."""
    alone = (node for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    return {line for node in alone for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)}


def tests_in(module: Module) -> int:
    named = (node for node in ast.walk(module.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return sum(node.name.startswith("test_") for node in named)


def patches(module: Module) -> int:
    """Calls that replace a part of the program under test."""
    calls = (ast.unparse(node.func) for node in ast.walk(module.tree) if isinstance(node, ast.Call))
    return sum(call in PATCHES or call.endswith(".patch.object") for call in calls)


def classes(modules: Iterable[Module]) -> dict[str, list[str]]:
    """Where each public class at the top of a file is defined."""
    found: dict[str, list[str]] = {}
    for module in modules:
        for node in module.tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found.setdefault(node.name, []).append(module.path)
    return found


def share(sizes: Iterable[int], part: float) -> int:
    """The size that ``part`` (0..1) of them do not go beyond."""
    ordered = sorted(sizes)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0
