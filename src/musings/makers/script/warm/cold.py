"""The program that runs an export of SaveAsScript once, where the export itself no longer runs as it is written.

Run by path with ComfyUI's Python (3.9 or later), so it imports the standard library alone and nothing of ours::

    python cold.py EXPORT [WORD…]

Exports of September 2025 to July 2026 read ``has_manager`` everywhere and set it only where ComfyUI-Manager is
installed: a builtin of that name is what they find. Those of March 2024 to July 2026 hand on every value of their
command line as a text, numbers too, and those before September 2025 prepare a ComfyUI of their day: such functions of
theirs get the bodies in ``MENDED``. Line numbers stay as they are.
"""

from __future__ import annotations

import ast
import builtins
import sys
import types
from pathlib import Path
from typing import Any

MENDED = """
def parse_arg(s, default=None):
    import json
    if not isinstance(s, str):
        return s
    try:
        return json.loads(s)
    except ValueError:
        return s

def import_custom_nodes():
    import asyncio, inspect, execution, nodes, server
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    async def inner():
        execution.PromptQueue(server.PromptServer(loop))
        begun = (getattr(nodes, "init_extra_nodes", None) or nodes.init_custom_nodes)()
        if inspect.isawaitable(begun):
            await begun
    loop.run_until_complete(inner())

def add_extra_model_paths():
    try:
        from comfy.options import enable_args_parsing
        enable_args_parsing()
    except ImportError:
        pass
    try:
        from utils.extra_config import load_extra_path_config
    except ImportError:
        from main import load_extra_path_config
    found = find_path("extra_model_paths.yaml")
    if found is None:
        print("Could not find the extra_model_paths config file.")
    else:
        load_extra_path_config(found)
"""


def main() -> None:
    export = sys.argv[1]
    forgive()
    sys.argv = sys.argv[1:]
    # As the export would find it if it were started itself.
    sys.path[0] = str(Path(export).parent)
    # A module of its own as the main program: pickles and node packs look there.
    module: Any = types.ModuleType("__main__")
    module.__file__ = export
    module.__builtins__ = builtins
    sys.modules["__main__"] = module
    exec(mended(Path(export).read_bytes(), export), module.__dict__)  # noqa: S102 (to run it is what we are for)


def forgive() -> None:
    """Let an export read ``has_manager`` without having set it."""
    if not hasattr(builtins, "has_manager"):
        builtins.has_manager = False  # type: ignore[attr-defined]


def mended(source: bytes, name: str) -> types.CodeType:
    """The code of an export, with functions that are out of date replaced."""
    tree = ast.parse(source, name)
    bodies = {each.name: each.body for each in ast.parse(MENDED).body if isinstance(each, ast.FunctionDef)}
    # Only functions at the top: what is nested is not the exporter's.
    for each in tree.body:
        if isinstance(each, ast.FunctionDef) and _is_outdated(each):
            # The body alone: the name and the signature stay as the rest of the export calls them.
            each.body = bodies[each.name]
            for inner in each.body:
                for node in ast.walk(inner):
                    if hasattr(node, "lineno"):
                        # All on one line, so that later line numbers in a traceback stay right.
                        node.lineno = node.end_lineno = each.lineno  # type: ignore[attr-defined]
    return compile(tree, name, "exec", dont_inherit=True)


def _is_outdated(function: ast.FunctionDef) -> bool:
    # Compared as a tree, because comments and blanks differ between exports.
    said = ast.dump(function)
    return (
        (function.name == "parse_arg" and "ops=[Eq()]" in said and "'__main__'" in said)
        or (function.name == "import_custom_nodes" and "Await(" not in said and "PromptServer" in said)
        or (function.name == "add_extra_model_paths" and "enable_args_parsing" not in said)
    )


if __name__ == "__main__":
    main()
