"""Numbers that may only get better: the size of modules and functions, imports, handlers, comments, tests.

They are smoke alarms. Where one rings, look whether the file does two things; where it does one thing well, raise its
line here with the reason in the commit. Where a number has become better, lower the line: ``test_no_limit_is_slack``
says when.
"""

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import measures
from tests.measures import Module, share
from tests.paths import ROOT

SOURCE = ROOT / "src"


def sources() -> tuple[Module, ...]:
    return measures.modules(SOURCE)


def of_tests() -> tuple[Module, ...]:
    return measures.modules(ROOT / "tests")


def module_lines() -> list[int]:
    return [module.lines for module in sources() if module.lines]


def function_lines() -> list[int]:
    return [function.lines for module in sources() for function in measures.functions(module)]


def own_imports() -> list[int]:
    return [len(measures.imports(module)) for module in sources()]


def swallowing_percent() -> float:
    caught = [swallows for module in sources() for _, swallows in measures.handlers(module)]
    return 100 * sum(caught) / len(caught)


def patches_per_test() -> float:
    return sum(map(measures.patches, of_tests())) / sum(map(measures.tests_in, of_tests()))


def names_of_two_classes() -> list[str]:
    return sorted(name for name, places in measures.classes(sources()).items() if len(places) > 1)


def without_a_test_of_their_name() -> list[str]:
    """The modules whose test is not at the same path below ``tests``."""
    paths = (Path(module.path) for module in sources() if not module.path.endswith("__init__.py"))
    return [path.as_posix() for path in paths if not (ROOT / "tests" / path.parent / f"test_{path.name}").exists()]


def comments_per_100_lines() -> float:
    return 100 * sum(map(measures.comments, sources())) / sum(map(measures.code_lines, sources()))


def lines_of_tests_per_line() -> float:
    return sum(map(measures.code_lines, of_tests())) / sum(map(measures.code_lines, sources()))


AT_MOST: dict[str, tuple[Callable[[], float], float]] = {
    "lines of a module, median": (lambda: share(module_lines(), 0.5), 110),
    "lines of a module, 95 of 100": (lambda: share(module_lines(), 0.95), 350),
    "lines of a module, the longest": (lambda: max(module_lines()), 510),
    "lines of a function, median": (lambda: share(function_lines(), 0.5), 9),
    "lines of a function, 95 of 100": (lambda: share(function_lines(), 0.95), 45),
    "lines of a function, the longest": (lambda: max(function_lines()), 80),
    "modules of ours that one imports, median": (lambda: share(own_imports(), 0.5), 3),
    "modules of ours that one imports, 95 of 100": (lambda: share(own_imports(), 0.95), 11),
    "percent of handlers that swallow": (swallowing_percent, 5),
    "patches per test": (patches_per_test, 0.02),
    "names that two classes have": (lambda: len(names_of_two_classes()), 0),
    "modules without a test of their name": (lambda: len(without_a_test_of_their_name()), 0),
}
AT_LEAST: dict[str, tuple[Callable[[], float], float]] = {
    "comments per 100 lines of code": (comments_per_100_lines, 4),
    "lines of tests per line of code": (lines_of_tests_per_line, 0.86),
}
SLACK = 0.85
"""A limit that is further than this from its number holds nothing; the aims of the house are left alone."""
AIMS = {name for name in AT_MOST if name.startswith(("lines", "modules of ours", "percent", "patches"))}


@pytest.mark.parametrize("what", AT_MOST)
def test_no_more_than(what: str) -> None:
    count, limit = AT_MOST[what]
    assert count() <= limit, f"{what}: {worst(what)}"


@pytest.mark.parametrize("what", AT_LEAST)
def test_no_less_than(what: str) -> None:
    count, limit = AT_LEAST[what]
    assert count() >= limit, what


@pytest.mark.parametrize("what", sorted(AT_MOST.keys() - AIMS))
def test_no_limit_is_slack(what: str) -> None:
    count, limit = AT_MOST[what]
    assert count() >= SLACK * limit, f"{what} has become {count()}: lower its line"


def worst(what: str) -> list[str]:
    """What to look at first."""
    if "function" in what:
        found = [(each.lines, each.where) for module in sources() for each in measures.functions(module)]
    elif "imports" in what:
        found = [(len(measures.imports(module)), module.path) for module in sources()]
    elif "classes" in what:
        return names_of_two_classes()
    elif "without a test" in what:
        return without_a_test_of_their_name()
    elif "handlers" in what:
        return [where for module in sources() for where, swallows in measures.handlers(module) if swallows]
    else:
        found = [(module.lines, module.path) for module in sources()]
    return [f"{count} {where}" for count, where in sorted(found, reverse=True)[:8]]


BAD = measures.parsed(
    "musings/bad.py",
    '''"""A module that breaks each rule."""
from musings.errors import MusingsError  # noqa: F401
def long() -> None:
    try:
        # why
        pass
    except (ValueError, Exception):
        pass
    try:
        pass
    except Exception:
        raise
def test_it(monkeypatch):
    monkeypatch.setattr("a.b", 1)
class Twice:
    pass
''',
)


def test_what_is_bad_is_counted() -> None:
    assert [function.lines for function in measures.functions(BAD)] == [10, 2]
    assert measures.imports(BAD) == {"musings.errors"}
    assert [swallows for _, swallows in measures.handlers(BAD)] == [True, False]
    assert measures.patches(BAD) == measures.tests_in(BAD) == 1
    assert measures.comments(BAD) == 1
    assert measures.code_lines(BAD) == 14
    twice = measures.parsed("musings/worse.py", "class Twice: ...")
    assert measures.classes([BAD, twice])["Twice"] == ["musings/bad.py", "musings/worse.py"]


def test_a_share_is_one_of_the_sizes() -> None:
    assert share([5, 1, 3], 0.5) == 3
    assert share(range(1, 101), 0.95) == 96
    assert share([], 0.5) == 0


def test_no_test_imports_from_a_test() -> None:
    """What two test files need is in a module of its own."""
    taken = [
        f"{module.path} imports {name}"
        for module in of_tests()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and (name := node.module or "").startswith("tests.")
        if name.rpartition(".")[2].startswith("test_")
    ]
    assert taken == []
