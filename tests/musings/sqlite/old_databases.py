"""Databases as they may be found on the owner's machine (docs/adopting.md), built with plain ``sqlite3``."""

import hashlib
import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

PROMPTS = """CREATE TABLE prompts (
    id INTEGER PRIMARY KEY AUTOINCREMENT, prompt_text TEXT NOT NULL, prompt_type TEXT DEFAULT 'text',
    status TEXT DEFAULT 'unprocessed', priority INTEGER DEFAULT 5, config_name TEXT, metadata TEXT,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, processed_at TIMESTAMP, completed_at TIMESTAMP,
    output_reference INTEGER, error_message TEXT, processing_duration INTEGER{more})"""
ARTIFACT_COLUMNS = ", artifact_status TEXT, artifact_metadata TEXT"
ARTIFACTS = """CREATE TABLE prompt_artifacts (
    id INTEGER PRIMARY KEY, prompt_id INTEGER REFERENCES prompts(id), artifact_type TEXT, file_path TEXT,
    preview_path TEXT, metadata TEXT, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, updated_at TIMESTAMP)"""
WRITINGS = """CREATE TABLE writings (
    id INTEGER PRIMARY KEY, title TEXT NOT NULL, content_type TEXT, content TEXT, original_filename TEXT,
    word_count INTEGER, character_count INTEGER, line_count INTEGER, mood TEXT, explicit_content BOOLEAN DEFAULT 0,
    publication_status TEXT DEFAULT 'draft', notes TEXT, file_timestamp TIMESTAMP, content_hash TEXT UNIQUE,
    content_fingerprint TEXT, favourite_line TEXT)"""
TAGS = """
    CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT UNIQUE, tag_type TEXT);
    CREATE TABLE writing_tags (writing_id INTEGER, tag_id INTEGER, PRIMARY KEY (writing_id, tag_id));"""
FULL_TEXT = """
    CREATE VIRTUAL TABLE writings_fts USING fts5(title, content, content='writings', content_rowid='id');
    CREATE TRIGGER writings_ai AFTER INSERT ON writings BEGIN
        INSERT INTO writings_fts (rowid, title, content) VALUES (new.id, new.title, new.content); END;
    CREATE TRIGGER writings_ad AFTER DELETE ON writings BEGIN
        INSERT INTO writings_fts (writings_fts, rowid, title, content)
        VALUES ('delete', old.id, old.title, old.content); END;
    CREATE VIRTUAL TABLE prompts_fts USING fts5(prompt_text);"""
FORGOTTEN = """
    CREATE TABLE "odd table" ("a column" BLOB, "select" REAL);
    INSERT INTO "odd table" VALUES (x'00ff10', 0.1), (NULL, 'text in a real column');
    CREATE TABLE audit (at TEXT, said TEXT);
    CREATE VIEW waiting AS SELECT id, prompt_text FROM prompts WHERE status = 'unprocessed';
    CREATE VIEW broken AS SELECT * FROM a_table_that_is_gone;
    CREATE INDEX by_status ON prompts (status);
    CREATE TRIGGER audit_status AFTER UPDATE OF status ON prompts BEGIN
        INSERT INTO audit VALUES (CURRENT_TIMESTAMP, 'prompt ' || new.id || ' is ' || new.status); END;"""

TYPES = [
    "text",
    "poetry",
    "prose",
    "dialogue",
    "song",
    "image",
    "music",
    "audio",
    "voice",
    "image_prompt",
    "lyrics_prompt",
]
ODD_TEXTS = (
    "a fox in the snow",
    "zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich",
    "夜の海 🌊 👩‍👩‍👧‍👦 \u202eright to left",
    "line\nbreak\ttab ' quote \" double -- comment; DROP TABLE prompts",
    "e\u0301 combining, and a private \ue000",
    "",
)


def plain(connection: sqlite3.Connection) -> None:
    """Before there was any media."""
    connection.executescript(PROMPTS.format(more="") + ";" + WRITINGS)
    fill(connection, 60)


def with_columns(connection: sqlite3.Connection) -> None:
    """The artifact columns, and no table for artifacts: the old migration stopped half-way."""
    connection.executescript(PROMPTS.format(more=ARTIFACT_COLUMNS) + ";" + WRITINGS)
    fill(connection, 60)
    between_the_stages(connection)


def with_artifacts(connection: sqlite3.Connection) -> None:
    """All that there ever was."""
    connection.executescript(";".join((PROMPTS.format(more=ARTIFACT_COLUMNS), WRITINGS, ARTIFACTS, TAGS)) + FULL_TEXT)
    fill(connection, 60)
    between_the_stages(connection)
    for number, path in enumerate(("image/3_20260107T164314/output.png", "poets/image/4_20260107T164314/output.png")):
        connection.execute(
            "INSERT INTO prompt_artifacts (prompt_id, artifact_type, file_path, metadata) VALUES (?, 'image', ?, '{}')",
            (3 + number, path),
        )
    connection.execute("INSERT INTO tags VALUES (1, 'sea', 'theme')")
    connection.execute("INSERT INTO writing_tags VALUES (1, 1)")


def forgotten_things(connection: sqlite3.Connection) -> None:
    """Tables, views, triggers and columns that nobody remembers."""
    with_artifacts(connection)
    connection.executescript(FORGOTTEN + "ALTER TABLE prompts ADD COLUMN 'remind me' TEXT DEFAULT 'later';")


def capitals(connection: sqlite3.Connection) -> None:
    """Names in another case, which SQLite takes for the same."""
    connection.execute("CREATE TABLE Prompts (ID INTEGER PRIMARY KEY, Prompt_Text TEXT NOT NULL, Status TEXT)")
    connection.executemany(
        "INSERT INTO Prompts (Prompt_Text, Status) VALUES (?, 'unprocessed')", [(t,) for t in ODD_TEXTS]
    )


def bare(connection: sqlite3.Connection) -> None:
    """The least that is a table of prompts."""
    connection.execute("CREATE TABLE prompts (id INTEGER PRIMARY KEY, prompt_text TEXT)")
    connection.executemany("INSERT INTO prompts (prompt_text) VALUES (?)", [(text,) for text in (*ODD_TEXTS, None)])


def nulls(connection: sqlite3.Connection) -> None:
    """NULL wherever it is allowed, statuses and types that nobody knows, times of every form."""
    connection.executescript(PROMPTS.format(more=ARTIFACT_COLUMNS) + ";" + WRITINGS + ";" + ARTIFACTS)
    rows = [
        (None, None, None, None, None),
        ("archived", "haiku", "urgent", "not json", "yesterday"),
        ("DONE", "IMAGE", -3, "[1, 2]", 1767803000),
        ("", "", 1e9, "{", 1767803000.5),
        ("cancelled", "image", 5, "null", "2026-01-07T16:43:14Z"),
    ]
    connection.executemany(
        "INSERT INTO prompts (prompt_text, status, prompt_type, priority, metadata, created_at)"
        " VALUES ('x', ?, ?, ?, ?, ?)",
        rows,
    )
    connection.execute("INSERT INTO prompt_artifacts DEFAULT VALUES")
    connection.execute("INSERT INTO prompt_artifacts (prompt_id, file_path) VALUES (999, 'image/gone.png')")


def only_writings(connection: sqlite3.Connection) -> None:
    """From before there was a queue."""
    connection.executescript(WRITINGS + ";" + TAGS)
    connection.execute("INSERT INTO writings (title, content) VALUES ('Sea', 'waves')")


def half_applied(connection: sqlite3.Connection) -> None:
    """Some of our own tables and columns are there, the mark of the version is not."""
    with_columns(connection)
    connection.executescript(
        "ALTER TABLE prompts ADD COLUMN attempt INTEGER NOT NULL DEFAULT 0;"
        "CREATE TABLE musings_schema (version_num VARCHAR(32) NOT NULL PRIMARY KEY);"
        "CREATE TABLE queue_state (name TEXT PRIMARY KEY, value TEXT);" + ARTIFACTS
    )


def write_ahead(connection: sqlite3.Connection) -> None:
    """In WAL mode."""
    connection.execute("PRAGMA journal_mode = WAL")
    with_artifacts(connection)


def small_pages(connection: sqlite3.Connection) -> None:
    """Pages of 1,024 bytes, as old SQLite made them."""
    connection.execute("PRAGMA page_size = 1024")
    with_artifacts(connection)


ADOPTED: tuple[Callable[[sqlite3.Connection], None], ...] = (
    plain, with_columns, with_artifacts, forgotten_things, capitals, bare, nulls, only_writings, half_applied,
    write_ahead, small_pages,
)  # fmt: skip


def build(path: Path, state: Callable[[sqlite3.Connection], None]) -> Path:
    """A file in one of the states above."""
    with opened(path) as connection:
        state(connection)
    return path


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A plain connection that commits and closes."""
    with closing(sqlite3.connect(path)) as connection, connection:
        yield connection


def fill(connection: sqlite3.Connection, count: int) -> None:
    """Prompts of every type and status, and a writing for each finished text."""
    chance = random.Random(7)
    prompts, writings = [], []
    for number in range(1, count + 1):
        kind, text = TYPES[number % len(TYPES)], f"{ODD_TEXTS[number % len(ODD_TEXTS)]} {number}"
        status = chance.choice(("unprocessed", "processing", "completed", "completed", "failed"))
        prompts.append((text, kind, status, chance.randint(1, 10), f"2026-01-07 16:43:{number % 60:02}", number % 9))
        writings.append((f"Title {number}", "poem", text, hashlib.sha256(text.encode()).hexdigest()))
    connection.executemany(
        "INSERT INTO prompts (prompt_text, prompt_type, status, priority, created_at, processing_duration)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        prompts,
    )
    connection.executemany(
        "INSERT INTO writings (title, content_type, content, content_hash) VALUES (?, ?, ?, ?)", writings
    )


def between_the_stages(connection: sqlite3.Connection) -> None:
    """A document was written; its media are still to be made."""
    connection.execute(
        "INSERT INTO prompts (prompt_text, prompt_type, status, artifact_status, output_reference)"
        " VALUES ('a harbour', 'image_prompt', 'completed', 'pending', 1)"
    )


def contents(path: Path, without: dict[str, set[str]] | None = None) -> dict[str, str]:
    """A hash over the rows of each table that holds any of its own, but for some columns; by table name."""
    found = {}
    with opened(path) as connection:
        connection.text_factory = bytes
        tables = [
            str(name, "utf-8")
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        ]
        for table in tables:
            columns = [str(row[1], "utf-8") for row in connection.execute(f'PRAGMA table_info("{table}")')]
            kept = [c for c in columns if c.casefold() not in (without or {}).get(table.casefold(), set())]
            names = ", ".join(f'"{column}"' for column in kept)
            rows = sorted(repr(row) for row in connection.execute(f'SELECT {names} FROM "{table}"'))
            found[table] = f"{len(rows)} {hashlib.sha256(repr(rows).encode()).hexdigest()}"
    return found


def schema_of(path: Path) -> dict[str, str]:
    """The text of every view, trigger, index and table, by name."""
    with opened(path) as connection:
        return dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE sql NOT NULL").fetchall())
