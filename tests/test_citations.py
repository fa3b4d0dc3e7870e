"""What the code cites is in the repository: a newcomer can look it up."""

import re

import pytest

from tests.paths import ROOT

FOLDERS = ("src", "tests", "benchmarks", "docs")
ABSENT = re.compile(r"\b(DESIGN|INTERFACE|LEGACY|ANCHORS|REVIEW)\b(?! =)")
"""Papers that were read while Musings was made, and that are not part of it."""
CITED = re.compile(r"\bdocs/[\w/.-]+\.md\b")
DECISION = re.compile(r"\bADR (\d+)\b")
FILES = [
    path
    for folder in FOLDERS
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in (".py", ".md") and path.name != "test_citations.py"
]


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in FILES}


def test_no_paper_is_cited_that_is_not_here(texts: dict[str, str]) -> None:
    found = [f"{name} cites {match[1]}" for name, text in texts.items() for match in ABSENT.finditer(text)]
    assert found == []


def test_each_document_that_is_cited_is_there(texts: dict[str, str]) -> None:
    missing = [
        f"{name} cites {cited}"
        for name, text in texts.items()
        if name.startswith("src/")
        for cited in CITED.findall(text)
        if not (ROOT / cited).is_file()
    ]
    assert missing == []


def test_each_decision_that_is_cited_is_there(texts: dict[str, str]) -> None:
    decided = {int(path.name[:4]) for path in (ROOT / "docs" / "adr").glob("0*.md")}
    missing = [
        f"{name} cites ADR {number}"
        for name, text in texts.items()
        for number in DECISION.findall(text)
        if int(number) not in decided
    ]
    assert missing == []


def test_a_citation_is_seen() -> None:
    assert ABSENT.search("as " + "DESIGN" + " D7 says")
    assert not ABSENT.search("by design, the interface")
    assert CITED.findall("see docs/adr/0001-x.md, docs/guide.md") == ["docs/adr/0001-x.md", "docs/guide.md"]
