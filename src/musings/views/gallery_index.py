"""The gallery in brief, as an answer."""

from collections.abc import Sequence
from itertools import groupby

from musings.store.gallery.index import ArtifactColumns, Count
from musings.views import schemas


def index_meta(found: ArtifactColumns) -> schemas.GalleryIndex:
    days = [schemas.DayRun(day=day, count=sum(1 for _ in run)) for day, run in groupby(found.days)]
    ratios = [None if ratio is None else round(ratio, 4) for ratio in found.ratios]
    return schemas.GalleryIndex(
        ids=list(found.ids), types=list(found.types), ratios=ratios, days=days, next_cursor=found.next_cursor
    )


def counts_meta(found: Sequence[Count]) -> schemas.GalleryCounts:
    items = [schemas.PeriodCount(period=each.period, count=each.count) for each in found]
    return schemas.GalleryCounts(items=items, total=sum(each.count for each in found))
