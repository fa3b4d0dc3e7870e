"""No text makes a regular expression of the code take longer than its length says: every pattern, found by itself."""

import re
import time
from types import ModuleType

import pytest

from tests import growth, measures, patterns
from tests.growth import TIMES

LENGTH = 3000
SUSPICIOUS_SECONDS = 0.001
"""Of CPU: three times what a pattern needs that goes once through such a text. What takes longer is looked at again."""
NOISE_SECONDS = 0.01
SHORT_NOISE_SECONDS = 0.05
WORD = 22
"""Letters for which a pattern that doubles its work with each of them takes millions of steps."""


def hard_for(used: patterns.Used) -> str | None:
    """A text with which the work grows faster than the text, or None."""
    texts = list(patterns.hard_texts(used.pattern))
    for text in (each.of_length(WORD) for each in texts):
        if all(_seconds(used, text) > 4 * SUSPICIOUS_SECONDS for _ in range(3)):
            return text
    for hard in texts:
        text = hard.of_length(LENGTH)
        if _seconds(used, text) > SUSPICIOUS_SECONDS and not _is_gentle(used, hard):
            return text
    return None


def _seconds(used: patterns.Used, text: str) -> float:
    began = time.process_time()
    used.run(text)
    return time.process_time() - began


def _is_gentle(used: patterns.Used, hard: patterns.HardText) -> bool:
    """A machine that paused looks slow as well, so that it is asked whether more text costs more than it should."""
    # What is bad shows itself before it takes minutes: what is bad enough already in a short text.
    for length, noise_seconds in (
        (LENGTH, SHORT_NOISE_SECONDS),
        (LENGTH * TIMES // 3, growth.NOISE_SECONDS),
        (LENGTH * TIMES + LENGTH, NOISE_SECONDS),
    ):
        text, longer = hard.of_length(LENGTH), hard.of_length(length)
        small = text if length > LENGTH * TIMES else text[: len(longer) // TIMES]
        if not growth.grows_gently(used.run, small, longer, noise_seconds=noise_seconds):
            return False
    return True


def test_every_pattern_of_the_code_takes_as_long_as_its_text() -> None:
    wrong = [f"{used.where}: {used.pattern.pattern!r}" for used in patterns.of_the_code() if hard_for(used)]
    assert wrong == [], (
        "make these possessive (`++`), bounded (`{0,9}`), or let one part not begin as the next one does"
    )


def test_every_pattern_is_found() -> None:
    """As many as the sources speak of, at the least."""
    found = {str(used.pattern.pattern) for used in patterns.of_the_code()}
    assert len(found) > 150
    assert any("authorization" in each for each in found), "those in a tuple of a module"
    assert any("of course" in each for each in found), "those that a module holds by name"
    assert any("minute" in each for each in found), "those that a function writes out"


BAD = {
    "spaces before an end": r"\s+$",
    "a quote that is never closed": r'"(?:[^"\\]|\\.)*"',
    "numbers": r"(\d+(?:\.\d+)?)\s*:",
    "a fence": r"```(.*?)\n?[ \t]*```",
    "exponential": r"(?:a|a)*b",
}
GOOD = {
    "spaces before an end": r"(?<!\s)\s++$",
    "a quote that is never closed": r'"(?:[^"\\]|\\.)*+"?',
    "two runs beside each other": r"\A(?:[^\S\n]*+\n)++x",
    "numbers": r"(?<!\d)(\d{1,9}(?:\.\d{1,9})?)\s{0,9}:",
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_pattern_is_found_out(name: str) -> None:
    assert hard_for(patterns.Used(name, re.compile(BAD[name], re.DOTALL), frozenset({"sub"}))) is not None


@pytest.mark.parametrize("name", GOOD)
def test_a_mended_one_is_let_through(name: str) -> None:
    assert hard_for(patterns.Used(name, re.compile(GOOD[name], re.DOTALL), frozenset({"sub"}))) is None


def test_a_pattern_is_run_as_the_code_runs_it() -> None:
    """One that only ever has to match as a whole does not look for a beginning everywhere."""
    source = """
import re
ENDS = re.compile(r"\\s+$")
WHOLE = re.compile(r"\\s+x")
TOLD = (re.compile("a"), {"b": re.compile("b")})
def spaced(text): return ENDS.sub("", text)
def whole(text): return WHOLE.fullmatch(text) or re.search(rf"\\d{text}", text, re.I)
"""
    module = ModuleType("home")
    exec(source, vars(module))
    file = measures.parsed("home.py", source)
    found = patterns.merged([*patterns.in_modules([module], patterns.uses_in([file])), *patterns.written_out(file)])
    assert {each.pattern.pattern: set(each.ways) for each in found} == {
        r"\s+$": {"sub"}, r"\s+x": {"fullmatch"}, "a": {"finditer"}, "b": {"finditer"}, r"\dword": {"search"},
    }  # fmt: skip
