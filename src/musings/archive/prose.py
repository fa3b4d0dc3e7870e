"""A writing as HTML: Markdown of the plainest sort, and everything else as the words that it is. Pure.

A heading, paragraphs whose line breaks count, stress, a rule, a quote, as ``web/src/lib/prose.ts`` reads them.
What comes out is well-formed XML too, for the books that take nothing else.
"""

import re
from html import escape

_BLANK = re.compile(r"\n\s*\n")
_RULE = re.compile(r"\s*(?:[-*_]\s*){3,}")
_HEADING = re.compile(r"#{1,6}\s+(.*)")
_STRESS = re.compile(r"\*\*(\S(?:[^*]*\S)?)\*\*|(?<![\w*])[*_](\S(?:[^*_]*\S)?)[*_](?![\w*])")
# XML 1.0, production 2: all but these may stand in a text, and a browser shows nothing for them either.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(words: str) -> str:
    """The words for a place between tags or within quotes: escaped, without what XML cannot hold."""
    return escape(_NO_XML.sub("", words))


def without_title(text: str, title: str | None) -> str:
    """Leave out a first heading that only repeats the title above it."""
    first, _, rest = text.lstrip().partition("\n")
    repeats = first.startswith("#") and title is not None and first.lstrip("#").strip() == title.strip()
    return rest if repeats else text


def html(text: str) -> str:
    """The blocks of a text, one after another. A heading is a paragraph with stress: the section has the real one."""
    parts = _BLANK.split(text.replace("\r\n", "\n").replace("\r", "\n"))
    return "\n".join(block for part in parts if part.strip() for block in _blocks(part.strip("\n").rstrip()))


def plain(text: str, characters: int) -> str:
    """The beginning of a text in one line, for those who show it in a few words."""
    line = " ".join(_STRESS.sub(lambda found: found[1] or found[2], text.replace("#", " ")).split())
    return line if len(line) <= characters else line[: characters - 1].rstrip() + "…"


def _blocks(part: str) -> list[str]:
    if _RULE.fullmatch(part):
        return ["<hr />"]
    first, _, rest = part.partition("\n")
    if heading := _HEADING.fullmatch(first):
        return [f"<p><strong>{_runs(heading[1])}</strong></p>", *(_blocks(rest.strip("\n")) if rest.strip() else ())]
    # One line that does not begin so makes the whole a paragraph, as the page has it.
    lines = part.split("\n")
    if all(line.startswith(">") for line in lines):
        return [f"<blockquote><p>{_lines([line[1:].lstrip() for line in lines])}</p></blockquote>"]
    return [f"<p>{_lines(lines)}</p>"]


def _lines(lines: list[str]) -> str:
    return "<br />\n".join(_runs(line.rstrip()) for line in lines)


def _runs(line: str) -> str:
    found, end = [], 0
    for match in _STRESS.finditer(line):
        tag, words = ("strong", match[1]) if match[1] else ("em", match[2])
        found += [clean(line[end : match.start()]), f"<{tag}>{clean(words)}</{tag}>"]
        end = match.end()
    return "".join([*found, clean(line[end:])])
