"""From what a model answered to a text with a title. Pure.

Models wrap what they were asked for: in reasoning, in a fence, in "Here is your poem:", in a closing offer of more.
"""

import re
from collections.abc import Sequence

from musings.makers.poets.assignment import Role, Turn
from musings.makers.poets.casting import approves

TITLE_CHARACTERS = 120
_BLANK_LINES = re.compile(r"\n\s*\n")
_THOUGHT = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_FENCED = re.compile(r"\A```[\w-]*[^\S\n]*\n(.*?)\n?```\Z", re.DOTALL)
_NAMED = re.compile(r"\A(?!(?:I|you|he|she|it|we|they) )[\w.-]{1,40} said:[^\S\n]*\n(?!\n)", re.IGNORECASE)
_PREFACE = re.compile(
    r"\A(?:sure|certainly|of course|absolutely|here(?:'s|’s| is| are)|okay|ok)\b[^\n]{0,160}[:!.]\s*\n+", re.IGNORECASE
)
_OFFER = re.compile(
    r"\n\n(?:-{3,}[^\S\n]*\n{1,2})?[*_(]*"  # empty lines are single by then
    r"(?:let me know|i hope (?:this|you)|feel free|would you like|if you(?:'d|’d| would) like)\b"
    r"[^\n]*+(?:\n[^\n]++){0,2}+\s*\Z",
    re.IGNORECASE,
)
_TITLE = re.compile(r"\A[#*_\s]*title\s*[:：][*_\s]*(?P<title>[^\n]+)\n*", re.IGNORECASE)
_HEADING = re.compile(r"\A(?:#{1,3}\s++(?P<hash>[^\n]++)|\*\*(?P<bold>[^*\n]++)\*\*)(?:[^\S\n]*+\n)++")
_SIGNS = " \t*_#\"'“”„«»‘’"


def visible(text: str) -> str:
    """An answer without the reasoning that some models put before it."""
    return _THOUGHT.sub("", text).strip()


def read(answer: str, prompt: str) -> tuple[str, str]:
    """The title and the text of a writer's answer; the title comes from the words of the prompt where it has none."""
    text = _unwrapped(visible(answer))
    title = ""
    for pattern in (_TITLE, _HEADING):
        match = pattern.match(text)
        if match and text[match.end() :].strip():
            title = next(group for group in match.groups() if group)
            text = text[match.end() :]
            break
    kept = [line for line in text.rstrip().splitlines() if not approves(line)]
    return title.strip(_SIGNS)[:TITLE_CHARACTERS] or title_from(prompt), "\n".join(kept).strip("\n").rstrip()


def title_from(prompt: str) -> str:
    """A title made of the first words of a prompt."""
    words = re.findall(r"[^\s]+", prompt)[:7]
    found = " ".join(words).strip(_SIGNS + ".,;:!?–—-")
    speaks = any(letter.isalnum() for letter in found)
    return (found[:1].upper() + found[1:])[:TITLE_CHARACTERS] if speaks else "Untitled"


def best(turns: Sequence[Turn]) -> Turn | None:
    """The draft to keep: the last whole one of the writer that is not a mere remark; a cut one where there is none."""
    drafts = [turn for turn in turns if turn.role is Role.WRITER and read(turn.text, "")[1]]
    longest = max((len(visible(turn.text)) for turn in drafts), default=0)
    worth = [turn for turn in drafts if len(visible(turn.text)) * 3 >= longest]
    whole = [turn for turn in worth if not turn.cut]
    return next(reversed(whole or worth), None)


def _unwrapped(text: str) -> str:
    text = _BLANK_LINES.sub("\n\n", text)
    for pattern in (_NAMED, _PREFACE):
        text = pattern.sub("", text, count=1)
    text = _OFFER.sub("", text)
    fenced = _FENCED.match(text.strip())
    return (fenced.group(1) if fenced else text).strip("\n")
