"""Exports that no longer run as they are written, mended when they are run."""

import ast
import builtins
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from musings.makers.script.warm import cold

OLD_PARSE = """
import sys, json
def parse_arg(s):
    if __name__ == "__main__":
        return s
    return json.loads(s)
VALUE = parse_arg("7")
LINE = __import__("sys")._getframe().f_lineno
"""
NEW_PARSE = """
def parse_arg(s):
    return s.upper()
VALUE = parse_arg("fox")
"""


def run(source: str) -> dict[str, Any]:
    space: dict[str, Any] = {"__name__": "__main__"}
    exec(cold.mended(source.encode(), "export.py"), space)
    return space


def test_numbers_on_the_command_line_are_numbers_again() -> None:
    assert run(OLD_PARSE)["VALUE"] == 7


def test_lines_stay_where_they_were() -> None:
    """A traceback names the line of the export as its owner sees it."""
    assert run(OLD_PARSE)["LINE"] == OLD_PARSE.splitlines().index('LINE = __import__("sys")._getframe().f_lineno') + 1


@pytest.mark.parametrize(
    "source",
    [
        NEW_PARSE,
        "def helper():\n    def parse_arg(s):\n        return s\n    return parse_arg('fox')\nVALUE = helper()",
        "def import_custom_nodes():\n    return 'mine'\nVALUE = import_custom_nodes()",
    ],
)
def test_functions_that_are_not_out_of_date_are_left_alone(source: str) -> None:
    plain: dict[str, Any] = {"__name__": "__main__"}
    exec(source, plain)
    assert run(source)["VALUE"] == plain["VALUE"]


def test_what_replaces_them_is_python_that_parses_into_these_functions() -> None:
    defined = {each.name for each in ast.parse(cold.MENDED).body if isinstance(each, ast.FunctionDef)}
    assert defined == {"parse_arg", "import_custom_nodes", "add_extra_model_paths"}


@pytest.fixture
def no_manager() -> Iterator[None]:
    assert not hasattr(builtins, "has_manager")
    yield
    if hasattr(builtins, "has_manager"):
        del builtins.has_manager


@pytest.mark.usefixtures("no_manager")
def test_a_manager_that_nobody_set_is_none() -> None:
    cold.forgive()
    assert run("VALUE = has_manager")["VALUE"] is False
    builtins.has_manager = True  # type: ignore[attr-defined]
    cold.forgive()
    assert run("VALUE = has_manager")["VALUE"] is True, "what an export has set counts"


def test_an_export_is_the_main_program_with_its_own_words(tmp_path: Path) -> None:
    script = tmp_path / "export.py"
    script.write_text(
        "import json, sys\nimport beside\n"
        "if __name__ == '__main__' and has_manager is False:\n"
        "    print(json.dumps([sys.argv, sys.modules['__main__'].__file__, beside.NAME]))\n"
    )
    (tmp_path / "beside.py").write_text("NAME = 'beside'\n")
    done = subprocess.run(
        [sys.executable, cold.__file__, script, "--seed6", "7"], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == [[str(script), "--seed6", "7"], str(script), "beside"]


def test_it_needs_nothing_but_the_standard_library() -> None:
    """ComfyUI's Python has none of our packages."""
    tree = ast.parse(Path(cold.__file__).read_text("utf-8"))
    names = [each.name for node in tree.body if isinstance(node, ast.Import) for each in node.names]
    names += [str(node.module) for node in tree.body if isinstance(node, ast.ImportFrom)]
    assert {name.partition(".")[0] for name in names} <= set(sys.stdlib_module_names)
