"""Exports that take no options: the values written in them, and a copy of the source with others in their places. Pure.

Source: the scripts of ComfyUI-to-Python-Extension, and those of SaveAsScript before it had options. They find ComfyUI
from the working directory upwards, keep every value as a literal, draw their seeds themselves, run a queue of ten, and
save where ComfyUI saves. So a run gets a copy in which our values stand for those literals, the queue is one long, and
the file name prefixes lead to a folder of the run's own below ComfyUI's output.
"""

import ast
import io
import tokenize
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from comfyui_workflows.json_types import Json

PREFIX = "filename_prefix"
SEEDS = ("seed", "noise_seed")
# A folder of our own below the output, so that it can be cleared as a whole.
FOLDER = "musings"


@dataclass(frozen=True)
class SourceSpan:
    """A place in the source: lines from 1, columns in bytes of UTF-8, as ``ast`` counts them."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True)
class Literals:
    """What a copy of ``source`` may change.

    ``values`` are places by variable and input, ``fields`` those that a form has.
    """

    source: bytes
    values: Mapping[tuple[str, str], SourceSpan] = field(default_factory=dict)
    prefixes: tuple[SourceSpan, ...] = ()
    queues: tuple[SourceSpan, ...] = ()
    fields: Mapping[str, tuple[SourceSpan, ...]] = field(default_factory=dict)


def literals_of(source: bytes, tree: ast.Module, calls: Sequence[tuple[str, str, ast.Call]]) -> Literals:
    """The places in the calls of nodes: (variable, class, call)."""
    values = {
        (variable, word.arg): _span(word.value)
        for variable, _, call in calls
        for word in call.keywords
        if word.arg is not None and (_is_literal(word.value) or _draws_seed(word))
    }
    prefixes = [span for (_, name), span in values.items() if name == PREFIX]
    return Literals(source, values, tuple(prefixes), tuple(_queues(tree, {id(call) for _, _, call in calls})))


def drawn_seeds(calls: Sequence[tuple[str, str, ast.Call]]) -> Iterator[tuple[str, str]]:
    """The inputs, as (variable, input), whose seed the script draws itself."""
    for variable, _, call in calls:
        for word in call.keywords:
            if word.arg is not None and _draws_seed(word):
                yield variable, word.arg


def rewritten(literals: Literals, values: Mapping[str, Json], folder: str) -> bytes:
    """A copy of the source with values by field; None leaves what the script has.

    ``folder`` is the name of the run's own folder, to be found as ``output/musings/<folder>`` in ComfyUI.
    """
    # As the script declares it: positions count in UTF-8, but it is written back in its own encoding.
    encoding, _ = tokenize.detect_encoding(io.BytesIO(literals.source).readline)
    # One run for each call: the rounds are ours to count.
    changes = [(span, "1") for span in literals.queues]
    # Numbered: two save nodes would else write over each other's files.
    changes += [(span, ascii(f"{FOLDER}/{folder}/{number:02}")) for number, span in enumerate(literals.prefixes, 1)]
    # ``ascii``: whatever the encoding of the script, the value can be written in it.
    changes += [
        (span, ascii(value))
        for name, value in values.items()
        if value is not None
        for span in literals.fields.get(name, ())
    ]
    lines = literals.source.decode(encoding).encode("utf-8").splitlines(keepends=True)
    # Columns are counted in bytes within a line: the starts make them positions in the whole.
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    text = b"".join(lines)
    # From the end to the beginning, so that earlier positions stay right.
    for span, value in sorted(changes, key=lambda change: (change[0].line, change[0].column), reverse=True):
        begin, end = starts[span.line - 1] + span.column, starts[span.end_line - 1] + span.end_column
        text = text[:begin] + value.encode("ascii") + text[end:]
    return text.decode("utf-8").encode(encoding)


def _queues(tree: ast.Module, calls: set[int]) -> Iterator[SourceSpan]:
    """How often each loop around a node runs, where the script says a number."""
    for loop in ast.walk(tree):
        if not isinstance(loop, ast.For) or not any(id(inner) in calls for inner in ast.walk(loop)):
            continue
        times = loop.iter
        # Only a plain number can be replaced; anything else may depend on the script.
        if not isinstance(times, ast.Call) or not isinstance(times.func, ast.Name) or times.func.id != "range":
            continue
        if len(times.args) == 1 and isinstance(times.args[0], ast.Constant):
            yield _span(times.args[0])


def _is_literal(value: ast.expr) -> bool:
    try:
        return isinstance(ast.literal_eval(value), str | int | float | bool)
    except (ValueError, TypeError, SyntaxError, RecursionError):
        return False


def _draws_seed(word: ast.keyword) -> bool:
    # The one way in which these exporters draw a seed.
    return word.arg in SEEDS and isinstance(word.value, ast.Call) and ast.unparse(word.value.func) == "random.randint"


def _span(node: ast.expr) -> SourceSpan:
    return SourceSpan(
        node.lineno, node.col_offset, node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
    )
