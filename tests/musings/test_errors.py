"""The tree of errors as it is drawn, and the sentences of errors: one stop each, however they were put together."""

import ast
import re
from pathlib import Path

import pytest

from musings import errors
from musings.errors import InfrastructureFault, InternalFault, MusingsError, PassingFault, TimedOut, causes, sentences

SOURCE = Path(errors.__file__).parent
BRANCH = re.compile(r"([│ ]*)[├└]── (\w+)")


def drawn() -> dict[str, str]:
    """The parent of each error, as the drawing in ``musings.errors`` has it."""
    found: dict[str, str] = {}
    above = ["MusingsError"]
    for indent, name in BRANCH.findall(errors.__doc__ or ""):
        depth = len(indent) // 4 - 1
        found[name] = above[depth]
        above[depth + 1 :] = [name]
    return found


def defined() -> dict[str, str]:
    """The parent of each class of the package that descends from ``MusingsError``."""
    classes = [
        (node.name, ast.unparse(node.bases[0]).rpartition(".")[2])
        for path in sorted(SOURCE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef) and node.bases
    ]
    found: dict[str, str] = {}
    while more := {n: p for n, p in classes if n not in found and (p == "MusingsError" or p in found)}:
        found |= more
    return found


def test_the_drawing_is_the_tree() -> None:
    assert drawn() == defined()


def test_older_rows_keep_the_names_of_faults() -> None:
    stored = [each.stored_name for each in (InternalFault, InfrastructureFault, TimedOut)]
    assert stored == ["OurFault", "HouseFault", "TimedOut"]


@pytest.mark.parametrize(
    ("quoted", "said"),
    [
        ("Connection refused.", "The server does not answer: Connection refused."),
        ("Connection refused", "The server does not answer: Connection refused."),
        ("out of memory!", "The server does not answer: out of memory!"),
        ("wait...", "The server does not answer: wait..."),
        ("and so on…", "The server does not answer: and so on…"),
        ("see ../media", "The server does not answer: see ../media."),
        ("nothing in .. either", "The server does not answer: nothing in .. either."),
    ],
)
def test_a_sentence_in_a_sentence_has_one_stop(quoted: str, said: str) -> None:
    assert str(PassingFault(f"The server does not answer: {quoted}.")) == said
    explained = PassingFault(f"The server does not answer: {quoted}.", hint="Start it.").explained
    assert explained == f"{said} Start it."


def test_one_in_the_middle_has_one_too() -> None:
    assert str(MusingsError("It said: refused.. Until then it waits.")) == "It said: refused. Until then it waits."


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (("One", "two."), "One. two."),
        (("One.", None, "", " two "), "One. two"),
        (("width: must be a number", "See the form."), "width: must be a number. See the form."),
        (("alone",), "alone"),
        ((), ""),
    ],
)
def test_sentences_are_joined(parts: tuple[str | None, ...], said: str) -> None:
    assert sentences(*parts) == said


def test_the_causes_of_an_error_are_those_that_a_traceback_shows() -> None:
    first, second, hidden = OSError("first"), ValueError("second"), KeyError("hidden")
    second.__cause__, second.__context__ = first, hidden
    suppressed = RuntimeError("suppressed")
    suppressed.__context__, suppressed.__suppress_context__ = hidden, True
    beside = TypeError("beside")
    beside.__context__ = second
    first.__context__ = second  # a ring ends
    assert list(causes(second)) == [second, first]
    assert list(causes(beside)) == [beside, second, first]
    assert list(causes(suppressed)) == [suppressed]
    assert list(causes(None)) == []
