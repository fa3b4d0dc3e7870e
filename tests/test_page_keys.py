"""The keys of lists on the page are never words of a row: two rows that say the same would empty the whole page."""

import re

import pytest

from tests.paths import ROOT

COMPONENTS = sorted((ROOT / "web" / "src").rglob("*.svelte"))
EACH = re.compile(r"\{#each (?P<list>[^\n]+?) as (?P<item>[^\n(]+?)(?: \((?P<key>[^\n]+?)\))?\}")
PLACE = re.compile(r"(?P<name>\w+)|`\$\{(?P<first>\w+)\} .*`")
OUR_OWN = {
    "SHAPES": "entry.name", "KINDS": "entry.kind", "TEXT_TYPES": "entry.type", "choices": "choice.value",
    "TYPES": "entry.type", "places": "place.page", "groups": "group.kind", "shelf.lines": "line.key",
    "keyed(group.workflows)": "entry.key", "months": "month.period", "differing": "row.label",
}  # fmt: skip
"""Lists that the page makes by itself, with keys of its own making."""


def is_unique(found: re.Match[str]) -> bool:
    """Whether a key is the id of a row, the place in the list, or starts with that place, or there is no key."""
    key = found["key"]
    if key is None or re.fullmatch(r"\w+\.id", key) or OUR_OWN.get(found["list"]) == key:
        return True
    place = found["item"].rpartition(", ")[2] if not found["item"].endswith("]") else ""
    said = PLACE.fullmatch(key)
    return said is not None and bool(place) and place in (said["name"], said["first"]) and ", " in found["item"]


def test_no_key_is_a_word_of_a_row() -> None:
    read = [(path.name, each) for path in COMPONENTS for each in EACH.finditer(path.read_text(encoding="utf-8"))]
    assert len(read) > 40
    assert [f"{name}: {each[0]}" for name, each in read if not is_unique(each)] == []


@pytest.mark.parametrize(
    "line", ["{#each tags as tag (tag)}", "{#each rows as row (row.label)}", "{#each a as [b, c] (b)}"]
)
def test_a_word_as_a_key_is_found_out(line: str) -> None:
    found = EACH.search(line)
    assert found is not None
    assert not is_unique(found)
