"""The drawing in ``docs/architecture.md`` is of the rooms and the imports that there are."""

import re

import pytest

from musings.store.queue.states import RULES
from tests.paths import ROOT
from tests.rooms import ALL, HOUSE, ROOMS, room_of, rooms_imported

TEXT = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
FLOOR = re.compile(r'^    subgraph F(\d+)\["[^"]+"\]\n(.*?)^    end$', re.MULTILINE | re.DOTALL)
DRAWING = TEXT.partition("```mermaid\nflowchart")[2].partition("```")[0]


def floors() -> dict[str, int]:
    """The floor of each room that is drawn; 1 is the lowest."""
    return {_of(name): int(number) for number, inside in FLOOR.findall(DRAWING) for name in _names(inside)}


def _names(inside: str) -> list[str]:
    return [name for name in re.split(r"\s+|---", inside) if name]


def _of(name: str) -> str:
    packages = {"comfyui_workflows", "fake_comfyui", "musings_sketch"}
    return name if name in packages else f"musings/{name}"


def test_each_room_is_drawn_once() -> None:
    assert sorted(floors()) == sorted(ROOMS)
    assert len(_names("".join(inside for _, inside in FLOOR.findall(DRAWING)))) == len(ROOMS)


def test_what_is_drawn_is_there() -> None:
    missing = [room for room in floors() if not _is_there(room)]
    assert missing == []


def _is_there(room: str) -> bool:
    path = HOUSE.parent / room
    return path.is_dir() or path.with_suffix(".py").is_file()


def test_no_import_goes_up() -> None:
    drawn = floors()
    upwards = [
        f"{each} on a floor above"
        for each in ALL
        for room in rooms_imported(each)
        if room in drawn and each.room in drawn and drawn[room] > drawn[each.room]
    ]
    assert upwards == []


def test_every_floor_stands_on_the_next() -> None:
    count = len(FLOOR.findall(DRAWING))
    assert " --> ".join(f"F{number}" for number in range(count, 0, -1)) in DRAWING


@pytest.mark.parametrize("room", [room for room in ROOMS if room.startswith("musings/")])
def test_each_room_is_described(room: str) -> None:
    name = room.removeprefix("musings/").partition("/")[0]
    if name not in ("__main__",):
        assert f"`{name}`" in TEXT, f"the table of rooms does not name {name}"


def test_a_room_is_found_by_the_longest_path() -> None:
    assert room_of("musings/store/queue/states.py") == "musings/store/queue"
    assert room_of("musings/store/tables.py") == "musings/store"


def test_the_table_of_transitions_is_that_of_the_code() -> None:
    written = re.findall(r"^\| `(\w+)` \| ([\w, ]+) \| (\w+) \| `(\w+)` \|$", TEXT, re.MULTILINE)
    stated = [
        (
            name.value,
            ", ".join(sorted(each.value for each in rule.begins)) or "no row yet",
            rule.ends.value,
            rule.by.value,
        )
        for name, rule in RULES.items()
    ]
    assert written == stated
