"""A writing in blocks, or as HTML: Markdown of the plainest sort, and everything else as the words that it is. Pure.

A heading, paragraphs whose line breaks count, stress, a rule, a quote, as ``web/src/lib/prose.ts`` reads them.
What comes out is well-formed XML too, for the books that take nothing else.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from html import escape

_BLANK = re.compile(r"\n\s*\n")
_RULE = re.compile(r"\s*(?:[-*_]\s*){3,}")
_HEADING = re.compile(r"#{1,6}\s+(.*)")
_STRESS = re.compile(r"\*\*(\S(?:[^*]*\S)?)\*\*|(?<![\w*])[*_](\S(?:[^*_]*\S)?)[*_](?![\w*])")
# XML 1.0, production 2: all but these may stand in a text, and a browser shows nothing for them either.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class ProseStress(StrEnum):
    """How words are said; the value is also the element of HTML."""

    NONE = ""
    SOFT = "em"
    LOUD = "strong"


class ProseBlockKind(StrEnum):
    PARAGRAPH = "paragraph"
    HEADING = "heading"
    QUOTE = "quote"
    RULE = "rule"


@dataclass(frozen=True)
class ProseRun:
    """Words that are said in one way."""

    words: str
    stress: ProseStress = ProseStress.NONE


@dataclass(frozen=True)
class ProseBlock:
    """Lines, each of runs; a rule has none."""

    kind: ProseBlockKind
    lines: tuple[tuple[ProseRun, ...], ...] = ()


def clean(words: str) -> str:
    """The words for a place between tags or within quotes: escaped, without what XML cannot hold."""
    return escape(_NO_XML.sub("", words))


def without_title(text: str, title: str | None) -> str:
    """Leave out a first heading that only repeats the title above it."""
    first, _, rest = text.lstrip().partition("\n")
    repeats = first.startswith("#") and title is not None and first.lstrip("#").strip() == title.strip()
    return rest if repeats else text


def blocks(text: str) -> list[ProseBlock]:
    """The blocks of a text, one after another."""
    parts = _BLANK.split(text.replace("\r\n", "\n").replace("\r", "\n"))
    return [block for part in parts if part.strip() for block in _blocks(part.strip("\n").rstrip())]


def html(text: str) -> str:
    """The same as HTML. A heading is a paragraph with stress: the section has the real one."""
    return "\n".join(_html(each) for each in blocks(text))


def plain(text: str, characters: int) -> str:
    """The beginning of a text in one line, for those who show it in a few words."""
    line = " ".join(_STRESS.sub(lambda found: found[1] or found[2], text.replace("#", " ")).split())
    return line if len(line) <= characters else line[: characters - 1].rstrip() + "…"


def _blocks(part: str) -> Iterator[ProseBlock]:
    if _RULE.fullmatch(part):
        yield ProseBlock(ProseBlockKind.RULE)
        return
    first, _, rest = part.partition("\n")
    if heading := _HEADING.fullmatch(first):
        yield ProseBlock(ProseBlockKind.HEADING, (_runs(heading[1]),))
        if rest.strip():
            yield from _blocks(rest.strip("\n"))
        return
    # One line that does not begin so makes the whole a paragraph, as the page has it.
    lines = part.split("\n")
    if all(line.startswith(">") for line in lines):
        yield ProseBlock(ProseBlockKind.QUOTE, tuple(_runs(line[1:].strip()) for line in lines))
        return
    yield ProseBlock(ProseBlockKind.PARAGRAPH, tuple(_runs(line.rstrip()) for line in lines))


def _runs(line: str) -> tuple[ProseRun, ...]:
    found, end = [], 0
    for match in _STRESS.finditer(line):
        stressed = ProseRun(match[1], ProseStress.LOUD) if match[1] else ProseRun(match[2], ProseStress.SOFT)
        found += [ProseRun(line[end : match.start()]), stressed]
        end = match.end()
    return tuple(run for run in (*found, ProseRun(line[end:])) if run.words)


def _html(block: ProseBlock) -> str:
    words = "<br />\n".join("".join(_run_html(run) for run in line) for line in block.lines)
    match block.kind:
        case ProseBlockKind.RULE:
            return "<hr />"
        case ProseBlockKind.HEADING:
            return f"<p><strong>{words}</strong></p>"
        case ProseBlockKind.QUOTE:
            return f"<blockquote><p>{words}</p></blockquote>"
        case ProseBlockKind.PARAGRAPH:
            return f"<p>{words}</p>"


def _run_html(run: ProseRun) -> str:
    return f"<{run.stress}>{clean(run.words)}</{run.stress}>" if run.stress else clean(run.words)
