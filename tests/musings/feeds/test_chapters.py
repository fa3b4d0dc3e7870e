"""Chapters for players: JSON chapters, from metadata that another program may have written."""

import json
from typing import Any

import pytest

from musings.feeds.chapters import ChapterMark, marks, render


def test_what_players_read() -> None:
    found = marks({"chapters": [{"start": 0.0, "title": "One"}, {"start": 41, "title": 'Two "é"\x00'}]})
    assert json.loads(render(found)) == {
        "version": "1.2.0",
        "chapters": [{"startTime": 0.0, "title": "One"}, {"startTime": 41, "title": 'Two "é"'}],
    }


@pytest.mark.parametrize("metadata", [None, [], {}, {"chapters": None}, {"chapters": "one"}, {"chapters": {"a": 1}}])
def test_what_is_no_list_is_none(metadata: Any) -> None:
    assert marks(metadata) == ()


@pytest.mark.parametrize("start", [None, "1", True, -1, float("nan"), float("inf")])
def test_what_has_no_time_is_left_out(start: Any) -> None:
    assert marks({"chapters": [{"start": start, "title": "x"}, 3, {"start": 1}, {"start": 2, "title": "y"}]}) == (
        ChapterMark(2, "y"),
    )
