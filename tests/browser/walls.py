"""A gallery of many works without making each: a few files, and rows as a year's work would leave them."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PIL import Image

from musings.media.pictures import thumbhash_of
from musings.sqlite.database import open_database
from musings.sqlite.schema import ensure

SIZES = ((512, 384), (384, 512), (512, 512), (512, 288), (288, 512), (512, 640), (640, 200), (460, 512))
COLOURS = ((190, 92, 60), (63, 69, 184), (16, 112, 106), (150, 47, 120), (122, 86, 0), (40, 40, 60))
NEWEST = datetime(2026, 11, 28, 12, tzinfo=UTC)
A_YEAR = timedelta(days=365)
EVERY_SOUND, EVERY_TEXT, EVERY_FILM = 11, 7, 23


def hang(folder: Path, count: int) -> None:
    """So many works in the database of ``folder``: pictures, some sounds, texts and films."""
    database = open_database(folder / "musings.db")
    ensure(database)
    database.close()
    pictures = _pictures(folder / "GeneratedMedia" / "image" / "wall")
    with closing(sqlite3.connect(folder / "musings.db")) as plain, plain:
        plain.execute("PRAGMA synchronous = OFF")
        first = plain.execute("SELECT coalesce(max(id), 0) FROM prompts").fetchone()[0] + 1
        works = [_work(number, count, pictures) for number in range(count)]
        plain.executemany(
            "INSERT INTO prompts (id, prompt_text, prompt_type, status, max_attempts, created_at, completed_at,"
            " artifact_status, metadata) VALUES (?, ?, ?, 'completed', 3, ?, ?, 'ready', '{}')",
            ((first + n, words, kind, made, made) for n, (words, kind, made, _) in enumerate(works)),
        )
        plain.executemany(
            "INSERT INTO prompt_artifacts (prompt_id, artifact_type, file_path, preview_path, metadata, created_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            ((first + n, *artifact, made) for n, (_, _, made, artifact) in enumerate(works)),
        )
        plain.execute("DELETE FROM prompt_events")  # nobody was there to be told


Artifact = tuple[str, str, str | None, str]


def _work(number: int, count: int, pictures: list[tuple[str, str]]) -> tuple[str, str, str, Artifact]:
    made = (NEWEST - A_YEAR * (1 - number / count)).strftime("%Y-%m-%d %H:%M:%S.%f")
    if number % EVERY_SOUND == 0:
        peaks = [round(abs((n * 37 % 100) / 100 - 0.5) * 2, 2) for n in range(200)]
        facts = {"duration": 12.0, "peaks": peaks}
        words = f"rain on roof {number}" + ", and a waltz that somebody plays far away behind it" * (number % 2)
        return words, "music", made, ("audio", "music/wall/a.flac", None, json.dumps(facts))
    if number % EVERY_TEXT == 0:
        facts = {
            "title": f"Letter {number}",
            "excerpt": "The sea was quiet that night.\nNobody had asked it to be. " * 6,
        }
        return f"a letter {number}", "text", made, ("text", "text/wall/a.md", None, json.dumps(facts))
    path, metadata = pictures[number * 7 % len(pictures)]
    if number % EVERY_FILM == 0:
        return f"a paper boat {number}", "video", made, ("video", "video/wall/a.mp4", path, metadata)
    return f"a heron in the reeds {number}", "image", made, ("image", path, path, metadata)


def _pictures(folder: Path) -> list[tuple[str, str]]:
    """The path of each, and its metadata."""
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for number, ((width, height), colour) in enumerate((size, each) for size in SIZES for each in COLOURS):
        picture = Image.linear_gradient("L").resize((width, height)).convert("RGB")
        picture = Image.blend(picture, Image.new("RGB", (width, height), colour), 0.7)
        path = folder / f"{number}.webp"
        picture.save(path, quality=60)
        facts = {
            "width": width,
            "height": height,
            "seed": number,
            "thumbhash": thumbhash_of(path),
            "workflow": "sketch",
        }
        found.append((f"image/wall/{number}.webp", json.dumps(facts)))
    return found
