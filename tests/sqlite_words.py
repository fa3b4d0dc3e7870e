"""What only SQLite understands, found in sources and in statements.

Strings are read as well as imports, docstrings among them: what explains itself by a pragma depends on it.
"""

import ast
import re
from collections.abc import Iterator

LIBRARIES = ("sqlite3", "fcntl", "sqlalchemy.dialects")
WORDS = re.compile(
    r"""
      \b(PRAGMA | pragma_\w+ | data_version | wal_\w+ | SQLITE_[A-Z]+ | BEGIN\ IMMEDIATE | VACUUM | REINDEX)\b
    | \b(FTS\d? | fts\d | MATCH | bm25)\b | _fts\b
    | \b(INDEXED\ BY | OR\ (REPLACE|IGNORE|ABORT|ROLLBACK|FAIL) | GLOB | rowid)\b
    | \b(typeof | printf)\s*\(
    | \bsqlite_(master | schema | errorname | sequence | stat\d)\b
    | \bCREATE\ (VIRTUAL | TRIGGER)\b
    | ^\+[a-z_]+\.[a-z_]+$  # a column with the sign that keeps its index away
    """,
    re.VERBOSE,
)
FUNCTIONS = ("bm25", "typeof", "printf", "json_extract", "julianday", "last_insert_rowid", "total_changes", "glob")
SCALAR = ("max", "min")  # with two arguments and more they are functions of SQLite's


def strangers(source: str, file: str) -> list[str]:
    """What a file outside the room says or does that only SQLite understands."""
    return sorted({f"{file}:{line} {what}" for line, what in _met(ast.parse(source))})


def _met(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names]
            yield from ((node.lineno, f"imports {name}") for name in names if name.startswith(LIBRARIES))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from ((node.lineno, f"says {found[0]}") for found in WORDS.finditer(node.value))
        elif isinstance(node, ast.Call):
            yield from ((node.lineno, f"uses {what}") for what in _used(node))


def _used(call: ast.Call) -> Iterator[str]:
    of_func = isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "func"
    if isinstance(call.func, ast.Attribute) and of_func:
        name = call.func.attr
        if name in FUNCTIONS or (name in SCALAR and len(call.args) > 1):
            yield f"func.{name}"
    yield from (word.arg for word in call.keywords if word.arg and word.arg.startswith("sqlite_"))
