"""Every filter, order and pair of filters of every list, in a small and in a large house: python -m benchmarks.lists.

With ``--houses FOLDER`` the houses are kept there and used again; ``--over RATIO`` prints only what is slower by that.
"""

import argparse
import itertools
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import houses
from benchmarks.figures import Figure, median, milliseconds, timed
from musings.models import Prompt
from musings.sqlite import schema
from musings.sqlite.database import open_database
from musings.store.database import Database
from musings.store.gallery import artifacts, lists, stats, totals
from musings.store.queue import events
from musings.store.webhooks import deliveries
from musings.store.writings import search

SMALL = 1_000
PAGE = 50
TIMES = 15
LONGEST_SECONDS = 1.0  # of all tries of one question
Ask = Callable[[Database], object]

LATE = datetime(2025, 12, 31, tzinfo=UTC)  # the last day of the houses' year
PROMPTS: Mapping[str, Mapping[str, object]] = {
    "status=completed": {"statuses": ["completed"]},
    "status=failed": {"statuses": ["failed"]},
    "status=pending": {"statuses": ["pending"]},
    "status=failed,cancelled": {"statuses": ["failed", "cancelled"]},
    "prompt_type=image": {"types": ["image"]},
    "prompt_type=image,music": {"types": ["image", "music"]},
    "prompt_type=video": {"types": ["video"]},
    "artifact_status=ready": {"artifact_status": "ready"},
    "artifact_status=error": {"artifact_status": "error"},
    "artifact_status=processing": {"artifact_status": "processing"},
    "starred=true": {"starred": True},
    "starred=false": {"starred": False},
    "since": {"since": LATE},
    "since=tomorrow": {"since": datetime(2030, 1, 1, tzinfo=UTC)},
    "deleted=true": {"deleted": True},
    "q=lynx": {"text": "lynx"},
    "q=fox": {"text": "fox"},
}
ARTIFACTS: Mapping[str, Mapping[str, object]] = {
    "artifact_type=image": {"types": ["image"]},
    "artifact_type=image,audio": {"types": ["image", "audio"]},
    "artifact_type=other": {"types": ["other"]},
    "starred=true": {"starred": True},
    "starred=false": {"starred": False},
    "workflow=workflow 3": {"workflow": "workflow 3"},
    "workflow=rare": {"workflow": "rare"},
    "workflow=none": {"workflow": "none"},
    "since": {"since": LATE},
    "since=tomorrow": {"since": datetime(2030, 1, 1, tzinfo=UTC)},
    "q=lynx": {"text": "lynx"},
    "q=fox": {"text": "fox"},
}
WRITINGS: Mapping[str, Mapping[str, object]] = {
    "content_type=poem": {"types": ["poem"]},
    "content_type=haiku": {"types": ["haiku"]},
    "content_type=haiku,none": {"types": ["haiku", "none"]},
    "mood=quiet": {"mood": "Quiet"},
    "mood=wild": {"mood": "wild"},
    "tag=animals": {"tag": "animals"},
    "tag=seldom": {"tag": "seldom"},
    "explicit=true": {"explicit": True},
    "explicit=false": {"explicit": False},
    "q=lynx": {"text": "lynx"},
    "q=fox": {"text": "fox"},
}
DELIVERIES: Mapping[str, Mapping[str, object]] = {
    "webhook=1": {"webhook_id": 1},
    "webhook=2": {"webhook_id": 2},
    "state=waiting": {"state": deliveries.DeliveryState.WAITING},
    "state=failed": {"state": deliveries.DeliveryState.FAILED},
    "state=delivered": {"state": deliveries.DeliveryState.DELIVERED},
}


def questions() -> dict[str, Ask]:
    found: dict[str, Ask] = {}
    for name, wanted in combined(PROMPTS):
        found[f"prompts {name}"] = _asks(lists.listing, lists.PromptFilter(**wanted))  # type: ignore[arg-type]
        if "status" not in name and "deleted" not in name:
            found[f"prompts order=queue {name}"] = _asks(lists.in_line, lists.PromptFilter(**wanted))  # type: ignore[arg-type]
    for name, wanted in combined(ARTIFACTS):
        found[f"artifacts {name}"] = _asks(artifacts.gallery, artifacts.ArtifactFilter(**wanted))  # type: ignore[arg-type]
    for name, wanted in combined(WRITINGS):
        found[f"writings {name}"] = _asks(search.listing, search.WritingFilter(**wanted))  # type: ignore[arg-type]
    for name, wanted in combined(DELIVERIES):
        found[f"deliveries {name}"] = lambda d, wanted=wanted: d.reading(deliveries.listing, PAGE, None, **wanted)  # type: ignore[misc]
    for word in ("lynx", "fox"):
        found[f"search q={word}"] = lambda d, word=word: d.reading(  # type: ignore[misc]
            search.search, word, search.WritingFilter(), PAGE, 0
        )
    found["events after the newest but 100"] = lambda d: d.reading(events.after, d.reading(events.last_id) - 100)
    found["totals"] = lambda d: d.reading(totals.totals)
    found["queue statistics, metrics"] = lambda d: d.reading(stats.queue_stats)
    found["positions of a page of the queue"] = lambda d: d.reading(lists.positions, _waiting(d))
    return found


def combined(filters: Mapping[str, Mapping[str, object]]) -> Iterator[tuple[str, Mapping[str, object]]]:
    """No filter, each one, and each pair that is about two different things."""
    yield "", {}
    yield from filters.items()
    for (one, first), (two, second) in itertools.combinations(filters.items(), 2):
        if not set(first) & set(second):
            yield f"{one} {two}", {**first, **second}


def _asks(listing: Callable[..., object], wanted: object) -> Ask:
    return lambda database: database.reading(listing, wanted, PAGE, None)


def _waiting(database: Database) -> tuple[Prompt, ...]:
    return database.reading(lists.listing, lists.PromptFilter(statuses=["pending"]), PAGE, None).items


def measure(folder: Path, count: int) -> Iterator[Figure]:
    small, large = (
        open_database((_there(folder / str(each)) or houses.build(folder / str(each), each)) / "musings.db")
        for each in (SMALL, count)
    )
    for database in (small, large):
        schema.ensure(database)
    for what, ask in questions().items():
        one, two = (_seconds(database, ask) for database in (small, large))
        yield Figure(f"{what}, {count:,}", milliseconds(two), f"{SMALL:,} ({milliseconds(one)})", two / one)
    for database in (small, large):
        database.close()


def _there(folder: Path) -> Path | None:
    return folder if folder.exists() else None


def _seconds(database: Database, ask: Ask) -> float:
    [first] = timed(lambda: ask(database), 1)
    return median(timed(lambda: ask(database), max(1, min(TIMES, int(LONGEST_SECONDS / max(first, 1e-6))))))


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--houses", type=Path)
    parser.add_argument("--over", type=float, default=0.0)
    given = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="musings-benchmark-") as folder:
        figures = list(measure(given.houses or Path(folder), given.count))
    slow = [each for each in figures if (each.ratio or 0) > 1.5]
    for figure in figures:
        if (figure.ratio or 0) >= given.over:
            print(figure)
    print(f"{len(figures)} questions; {len(slow)} take more than 1.5 times as long as in the small house")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
