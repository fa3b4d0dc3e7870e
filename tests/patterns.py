"""Every regular expression of the code, how it is used, and texts that are hard for it.

A pattern is found by walking the modules, in what they hold and in what their functions write out; nobody lists it. The
hard texts come from its own parse tree: what it repeats, repeated; what it begins with, begun again and again.
"""

import ast
import importlib
import pkgutil
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from types import ModuleType
from typing import Any

from tests import measures
from tests.rooms import PACKAGES, SOURCE

code: Any = importlib.import_module("re._constants")
parser: Any = importlib.import_module("re._parser")
"""What reads the patterns; Python has no public name for it."""
WAYS = ("search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer")
LETTERS = "a0 \n\t_-.\"'\\/<>*{[(,:;!A|$@#=é\N{FULLWIDTH COLON}\x00"
"""Of a class of characters, the first of these that belongs to it stands for it."""
NOBODY = "\x01"
"""A character that hardly any pattern takes."""


@dataclass(frozen=True)
class Used:
    """A pattern, where it is and the ways in which it is used."""

    where: str
    pattern: re.Pattern[Any]
    ways: frozenset[str]

    def run(self, text: str) -> None:
        """Search a whole text in each of those ways."""
        given = text.encode() if isinstance(self.pattern.pattern, bytes) else text
        for way in sorted(self.ways):
            match way:
                case "match" | "fullmatch":
                    getattr(self.pattern, way)(given)
                case _:
                    for _found in self.pattern.finditer(given):  # what all the others do, to the end
                        pass


def in_modules(modules: Iterable[ModuleType], uses: Mapping[str, frozenset[str]]) -> Iterator[Used]:
    """The compiled patterns that modules hold, in values of any shape; one that nobody seems to use is searched for."""
    for module in modules:
        for name, value in vars(module).items():
            for pattern in _within(value, module.__name__, 0):
                yield Used(
                    f"{module.__name__}.{name}", pattern, uses.get(f"{module.__name__}.{name}", frozenset({"finditer"}))
                )


def written_out(module: measures.Module) -> Iterator[Used]:
    """The patterns that ``re.search("…", …)`` and its kin are given as they are written; what is put in is a word."""
    held = {
        id(node) for each in module.tree.body if isinstance(each, ast.Assign | ast.AnnAssign) for node in ast.walk(each)
    }
    for node in ast.walk(module.tree):
        if id(node) in held:  # what a module holds is found there, with the ways in which it is used
            continue
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or not node.args:
            continue
        if (
            _name(node.func.value) == "re"
            and node.func.attr in (*WAYS, "compile")
            and (text := _text(node.args[0])) is not None
        ):
            flags = sum(_flags(each) for each in [*node.args[1:], *(keyword.value for keyword in node.keywords)])
            compiled: re.Pattern[Any] = re.compile(text, flags)
            ways = frozenset({node.func.attr if node.func.attr in WAYS else "finditer"})
            yield Used(f"{module.path}:{node.lineno}", compiled, ways)


@cache
def of_the_code() -> tuple[Used, ...]:
    """Every pattern of every package of ours, once."""
    read = measures.modules(SOURCE)
    for package in PACKAGES:
        for found in pkgutil.walk_packages([str(SOURCE / package)], f"{package}."):
            if not found.name.endswith("__main__") and ".migrations." not in found.name:
                importlib.import_module(found.name)
    ours = [module for name, module in sorted(sys.modules.items()) if name.partition(".")[0] in PACKAGES]
    return merged([*in_modules(ours, uses_in(read)), *(each for file in read for each in written_out(file))])


def merged(every: Iterable[Used]) -> tuple[Used, ...]:
    """Each pattern once, with all the ways in which any module uses it."""
    found: dict[re.Pattern[Any], Used] = {}
    for each in every:
        before = found.get(each.pattern, each)
        found[each.pattern] = Used(before.where, each.pattern, before.ways | each.ways)
    return tuple(found.values())


def uses_in(read: Iterable[measures.Module]) -> dict[str, frozenset[str]]:
    """How each name of each module (``package.module.NAME``) is used; one that is handed on may be searched for."""
    found: dict[str, set[str]] = {}
    for module in read:
        for full, way in _uses_of(module):
            found.setdefault(full, set()).add(way if way in WAYS else "finditer")
    return {name: frozenset(ways) for name, ways in found.items()}


def _uses_of(module: measures.Module) -> Iterator[tuple[str, str]]:
    home = module.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    nodes = list(ast.walk(module.tree))
    taken = [(node.module, each) for node in nodes if isinstance(node, ast.ImportFrom) for each in node.names]
    homes = {each.asname or each.name: f"{source}.{each.name}" for source, each in taken}
    attributes = {id(node.value): node.attr for node in nodes if isinstance(node, ast.Attribute)}
    for node in nodes:
        way = attributes.get(id(node), "handed on")
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield homes.get(node.id, f"{home}.{node.id}"), way
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{homes.get(node.value.id, node.value.id)}.{node.attr}", way


@dataclass(frozen=True)
class HardText:
    """A text that a bad pattern takes long for, of any length."""

    before: str
    pump: str
    after: str

    def of_length(self, length: int) -> str:
        """About as long: ``pump`` again and again."""
        return self.before + self.pump * (length // len(self.pump) + 1) + self.after


def hard_texts(pattern: re.Pattern[Any]) -> Iterator[HardText]:
    tree = parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    befores = dict.fromkeys(("", _example(tree)[:1], *_befores(tree)))
    pumps = dict.fromkeys(each for each in (*_repeated(tree), *_beginnings(tree), *_pairs(tree)) if each)
    for pump in pumps:
        for before in befores:
            for after in ("", NOBODY, "\n" + NOBODY):
                yield HardText(before, pump, after)


def _within(value: object, home: str, depth: int) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth > 4 or isinstance(value, ModuleType | str | bytes):
        return
    elif isinstance(value, type):
        if value.__module__ == home:
            for each in list(vars(value).values()):
                yield from _within(each, home, depth + 1)
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _within(key, home, depth + 1)
            yield from _within(each, home, depth + 1)
    elif isinstance(value, tuple | list | set | frozenset):
        for each in value:
            yield from _within(each, home, depth + 1)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _within(getattr(value, field.name, None), home, depth + 1)


def _name(node: ast.expr) -> str | None:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else None


def _text(node: ast.expr) -> str | bytes | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "word" for part in node.values)
    return None


def _flags(node: ast.expr) -> int:
    if isinstance(node, ast.BinOp):
        return _flags(node.left) | _flags(node.right)
    name = _name(node)
    return (
        int(getattr(re, name)) if name and name.isupper() and isinstance(getattr(re, name, None), re.RegexFlag) else 0
    )


def _children(argument: Any) -> Iterator[Any]:
    """The parts of a node that are sequences of nodes themselves."""
    if isinstance(argument, parser.SubPattern):
        yield argument
    elif isinstance(argument, tuple | list):
        for each in argument:
            yield from _children(each)


REPEATS = (code.MAX_REPEAT, code.MIN_REPEAT, code.POSSESSIVE_REPEAT)


def _repeated(tree: Any) -> Iterator[str]:
    """What each repetition repeats, each other thing that it may, and neighbours together."""
    for kind, argument in tree:
        if kind in REPEATS:
            yield _example(argument[2])
            yield from _alternatives(argument[2])
        for child in _children(argument):
            yield from _repeated(child)


def _pairs(tree: Any) -> Iterator[str]:
    """Two of its own signs beside each other: a quote that is escaped, a sign that opens and closes."""
    signs = [sign for sign in dict.fromkeys(_literals(tree)) if not sign.isalnum()][:8]
    yield from (one + other for one in signs for other in signs)


def _literals(tree: Any) -> Iterator[str]:
    for kind, argument in tree:
        if kind in (code.LITERAL, code.NOT_LITERAL):
            yield chr(argument)
        elif kind is code.IN:
            yield from (chr(each) for part, each in argument if part is code.LITERAL)
        for child in _children(argument):
            yield from _literals(child)


def _alternatives(tree: Any) -> Iterator[str]:
    for kind, argument in tree:
        if kind is code.BRANCH:
            yield from (_example(each) for each in argument[1])
        elif kind is code.IN:
            yield from _members(argument)
        for child in _children(argument):
            yield from _alternatives(child)


def _beginnings(tree: Any) -> Iterator[str]:
    """Examples of the first parts of the pattern: of one part, of two, …; of each branch of it."""
    for end in range(1, len(tree) + 1):
        yield "".join(_example_of(kind, argument) for kind, argument in tree[:end])
    for _, argument in tree:
        for child in _children(argument):
            yield from _beginnings(child)


def _befores(tree: Any) -> Iterator[str]:
    """What may stand before a repetition, at every depth."""
    for place, (kind, argument) in enumerate(tree):
        if kind in REPEATS and place:
            yield "".join(_example_of(*each) for each in tree[:place])
        for child in _children(argument):
            yield from _befores(child)


def _example(tree: Any) -> str:
    return "".join(_example_of(kind, argument) for kind, argument in tree)


def _example_of(kind: Any, argument: Any) -> str:
    if kind is code.LITERAL:
        return chr(argument)
    if kind in (code.NOT_LITERAL, code.ANY):
        return next(letter for letter in LETTERS if kind is code.ANY or ord(letter) != argument)
    if kind is code.IN:
        return next(iter(_members(argument)), "")
    if kind in REPEATS:
        return _example(argument[2]) * max(1, min(int(argument[0]), 100))
    if kind is code.BRANCH:
        return _example(argument[1][0])
    if kind is code.SUBPATTERN:
        return _example(argument[-1])
    if kind is code.ATOMIC_GROUP:
        return _example(argument)
    return ""  # an assertion or a reference takes no room of its own


def _members(argument: Any) -> list[str]:
    """The letters that belong to a class, or what it names."""
    named = [chr(each) for kind, each in argument if kind is code.LITERAL]
    first = [chr(each[0]) for kind, each in argument if kind is code.RANGE]
    if any(kind is code.NEGATE for kind, _ in argument):
        return [letter for letter in LETTERS if not _belongs(letter, argument)][:4]
    return [*dict.fromkeys([letter for letter in LETTERS if _belongs(letter, argument)][:4] + named + first)]


def _belongs(letter: str, argument: Any) -> bool:
    for kind, each in argument:
        if kind is code.LITERAL and ord(letter) == each:
            return True
        if kind is code.RANGE and each[0] <= ord(letter) <= each[1]:
            return True
        if kind is code.CATEGORY and re.fullmatch(CATEGORIES[each], letter):
            return True
    return False


CATEGORIES = {
    code.CATEGORY_DIGIT: r"\d", code.CATEGORY_NOT_DIGIT: r"\D", code.CATEGORY_SPACE: r"\s",
    code.CATEGORY_NOT_SPACE: r"\S", code.CATEGORY_WORD: r"\w", code.CATEGORY_NOT_WORD: r"\W",
}  # fmt: skip
