"""The gallery in brief, as an answer: days as runs, ratios short."""

from musings.store.gallery.index import ArtifactColumns, Count
from musings.views.gallery_index import counts_meta, index_meta


def test_days_are_told_as_runs_in_the_order_of_the_artifacts() -> None:
    days = ["2026-11-28", "2026-11-28", None, "2026-11-27", "2026-11-28"]
    found = index_meta(ArtifactColumns([5, 4, 3, 2, 1], ["image"] * 5, [1.0, None, 1.77777777, 0.5, 2.0], days, "1"))
    runs = [("2026-11-28", 2), (None, 1), ("2026-11-27", 1), ("2026-11-28", 1)]
    assert [(run.day, run.count) for run in found.days] == runs
    assert found.ratios == [1.0, None, 1.7778, 0.5, 2.0]
    assert (found.ids, found.next_cursor) == ([5, 4, 3, 2, 1], "1")


def test_nothing_is_nothing() -> None:
    found = index_meta(ArtifactColumns([], [], [], [], None))
    assert (found.ids, found.types, found.ratios, found.days, found.next_cursor) == ([], [], [], [], None)
    assert counts_meta([]).total == 0


def test_counts_come_with_their_sum() -> None:
    found = counts_meta([Count("2026-11", 3), Count(None, 2)])
    assert ([(each.period, each.count) for each in found.items], found.total) == ([("2026-11", 3), (None, 2)], 5)
