"""How long a page of prompts takes in a small and in a large house, through the store and over HTTP."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import httpx

from benchmarks.figures import Figure, median, milliseconds, timed
from benchmarks.programs import api
from benchmarks.throughput import opened
from musings.models import Kind
from musings.sqlite.database import open_database
from musings.store.database import Database
from musings.store.gallery import artifacts, lists, stats
from musings.store.gallery.lists import PromptFilter
from musings.store.queue import claims

SMALL, LARGE = 1_000, 200_000
TIMES = 60
STATUSES = ("completed",) * 17 + ("failed", "cancelled", "pending")
TYPES = ("image", "poem", "music", "voice")

Ask = Callable[[Database], object]
QUESTIONS: dict[str, Ask] = {
    "the first page of 50": lambda d: d.reading(lists.listing, PromptFilter(), 50, None),
    "a page in the middle": lambda d: d.reading(lists.listing, PromptFilter(), 50, "500"),
    "failed only": lambda d: d.reading(lists.listing, PromptFilter(statuses=["failed"]), 50, None),
    "pending images": lambda d: d.reading(lists.listing, PromptFilter(statuses=["pending"], types=["image"]), 50, None),
    "found by words": lambda d: d.reading(lists.listing, PromptFilter(text="fox snow"), 50, None),
    "gallery, the first page of 50": lambda d: d.reading(artifacts.gallery, artifacts.ArtifactFilter(), 50, None),
    "claim": lambda d: d.writing(claims.claim, list(Kind)),
}
WHOLE: dict[str, Ask] = {
    "positions of a page": lambda d: d.reading(
        lists.positions, d.reading(lists.listing, PromptFilter(statuses=["pending"]), 50, None).items
    ),
    "queue statistics": lambda d: d.reading(stats.queue_stats),
}


def measure(folder: Path) -> Iterator[Figure]:
    small, large = (house(folder / str(count), count) for count in (SMALL, LARGE))
    for what, ask in {**QUESTIONS, **WHOLE}.items():
        one, two = (through_the_store(each, ask) for each in (small, large))
        yield Figure(f"{what}, {LARGE:,} prompts", milliseconds(two), f"{SMALL:,} ({milliseconds(one)})", two / one)
    one, two = (over_http(each) for each in (small, large))
    yield Figure(
        f"GET /api/prompts, {LARGE:,} prompts", milliseconds(two), f"{SMALL:,} ({milliseconds(one)})", two / one
    )


def house(folder: Path, count: int) -> Path:
    """A folder with a database of so many prompts, nearly all of them finished."""
    with opened(folder) as (settings, _), closing(sqlite3.connect(settings.database.path)) as plain, plain:
        plain.execute("PRAGMA synchronous = OFF")
        plain.executemany(
            "INSERT INTO prompts (prompt_text, prompt_type, status, max_attempts, priority, completed_at,"
            " processing_duration, metadata) VALUES (?, ?, ?, 3, ?, '2026-01-01 00:00:00', 1.5, '{\"a\": 1}')",
            ((f"a fox in the snow {n}", TYPES[n % 4], STATUSES[n % 20], n % 10 + 1) for n in range(count)),
        )
        plain.execute(
            "INSERT INTO prompt_artifacts (prompt_id, artifact_type, file_path, metadata)"
            " SELECT id, 'image', 'image/' || id || '_20260101T000000/0001.png', '{\"width\": 1024}' FROM prompts"
            " WHERE status = 'completed'"
        )
    return folder


def through_the_store(folder: Path, ask: Ask) -> float:
    database = open_database(folder / "musings.db")
    ask(database)
    taken = median(timed(lambda: ask(database), TIMES))
    database.close()
    return taken


def over_http(folder: Path) -> float:
    with api(folder / "poets_cron_config.json") as (_, address), httpx.Client(base_url=address) as client:
        client.get("/api/prompts").raise_for_status()
        return median(timed(lambda: client.get("/api/prompts").raise_for_status(), TIMES))
