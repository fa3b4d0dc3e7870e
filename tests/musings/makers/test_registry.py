"""The makers together: who is asked, in which order, and that the registry knows none of them."""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from musings.makers import registry
from musings.makers.base import DefaultGround, MakerList
from musings.makers.defaults import KindDefaults
from musings.models import Kind
from tests.musings.makers.named import Named


@dataclass(frozen=True)
class Kept:
    workflow: str
    by_owner: bool = False


@pytest.mark.parametrize(
    ("grounds", "kept", "default"),
    [
        ({}, None, "a"),
        ({"b": {DefaultGround.BUILT_IN: 0}}, None, "b"),
        ({"b": {DefaultGround.BUILT_IN: 0}, "c": {DefaultGround.FOUND: 0}}, None, "c"),
        ({"b": {DefaultGround.FOUND: 2}, "c": {DefaultGround.FOUND: 1}}, None, "c"),
        ({"c": {DefaultGround.FOUND: 1}}, Kept("b"), "b"),
        ({"c": {DefaultGround.FOUND: 1}}, Kept("gone"), "c"),
        ({"c": {DefaultGround.SET_UP: 1}}, Kept("b"), "c"),
        ({"c": {DefaultGround.SET_UP: 1}}, Kept("b", by_owner=True), "b"),
        ({"c": {DefaultGround.CONFIGURED: 1}}, Kept("b", by_owner=True), "c"),
    ],
)
def test_which_ground_for_a_default_counts_more(
    grounds: Mapping[str, Mapping[DefaultGround, float]], kept: Kept | None, default: str
) -> None:
    makers = [Named(name, grounds.get(name)) for name in ("a", "b", "c")]
    found: list[str] = []
    mine = KindDefaults(makers, {Kind.IMAGE: kept} if kept is not None else {})
    assert mine.find(Kind.IMAGE, ["a", "b", "c"], keep=lambda _, name: found.append(name)) == default
    is_new = DefaultGround.FOUND in grounds.get(default, {})
    assert found == ([default] if is_new else []), "only what was found just now is kept"


def test_makers_are_opened_when_needed_and_again_after_closing() -> None:
    opened: list[Named] = []

    def open_list() -> MakerList:
        opened.append(Named("a"))
        return MakerList((opened[-1],))

    mine = registry.Registry(open_list)
    mine.close()
    assert (mine.places(), opened) == (0, [])
    assert [each.name for each in mine.offered()] == ["a"]
    mine.close()
    mine.offered()
    assert [each.closed for each in opened] == [1, 0]
