"""The database of the owner's earlier programs, as docs/adopting.md tells of it, made anew for tests."""

import sqlite3
from contextlib import closing
from pathlib import Path

OLDER_PROMPTS = """CREATE TABLE prompts (id INTEGER PRIMARY KEY, prompt_text TEXT NOT NULL,
    prompt_type TEXT DEFAULT 'text', status TEXT DEFAULT 'unprocessed', priority INTEGER DEFAULT 5, config_name TEXT,
    metadata TEXT, created_at DEFAULT CURRENT_TIMESTAMP, processed_at TIMESTAMP, completed_at TIMESTAMP,
    output_reference INTEGER, error_message TEXT, processing_duration INTEGER, nobody_remembers BLOB)"""
OLDER_WRITINGS = """CREATE TABLE writings (id INTEGER PRIMARY KEY, title TEXT, content_type TEXT, content TEXT,
    original_filename TEXT, word_count INTEGER, character_count INTEGER, line_count INTEGER, mood TEXT,
    explicit_content BOOLEAN, publication_status TEXT, notes TEXT, file_timestamp TEXT, content_hash TEXT,
    content_fingerprint TEXT, shelf TEXT)"""
ARTIFACTS = """CREATE TABLE prompt_artifacts (id INTEGER PRIMARY KEY, prompt_id INTEGER REFERENCES prompts(id),
    artifact_type TEXT, file_path TEXT, preview_path TEXT, metadata TEXT, created_at TEXT, updated_at TEXT)"""
REST = (
    "CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT UNIQUE, tag_type TEXT)",
    "CREATE TABLE writing_tags (writing_id INTEGER, tag_id INTEGER, PRIMARY KEY (writing_id, tag_id))",
    "CREATE TABLE mystery (what)",
    "CREATE VIEW open_prompts AS SELECT id, nobody_remembers FROM prompts WHERE status = 'unprocessed'",
    "CREATE TRIGGER odd AFTER INSERT ON prompts BEGIN INSERT INTO mystery VALUES (NEW.prompt_text); END",
    "CREATE VIRTUAL TABLE writings_fts USING fts5(title, content, content='writings', content_rowid='id')",
    "CREATE TRIGGER writings_ai AFTER INSERT ON writings BEGIN"
    " INSERT INTO writings_fts (rowid, title, content) VALUES (NEW.id, NEW.title, NEW.content); END",
)
ROWS = (
    ("waits", "poetry", "unprocessed"),
    ("was stuck", "text", "processing"),
    ("done", "text", "completed"),
    ("had failed", "image", "failed"),
    ("no status", None, None),
    ("a picture", "image_prompt", "unprocessed"),
    ("no such type", "painting", "unprocessed"),
    ("Grüße, \N{SNOWMAN}\n'quoted'", "song", "completed"),
)


def make(path: Path, prompts: str = OLDER_PROMPTS, *, with_artifacts: bool = False) -> None:
    with closing(sqlite3.connect(path)) as plain, plain:
        for statement in (prompts, OLDER_WRITINGS, *REST, *((ARTIFACTS,) if with_artifacts else ())):
            plain.execute(statement)


def fill(path: Path, *, with_artifacts: bool = False) -> None:
    with closing(sqlite3.connect(path)) as plain, plain:
        plain.executemany(
            "INSERT INTO prompts (prompt_text, prompt_type, status, nobody_remembers) VALUES (?, ?, ?, x'00ff')", ROWS
        )
        plain.execute("UPDATE prompts SET metadata = 'not json', output_reference = 1 WHERE prompt_text = 'done'")
        plain.execute("INSERT INTO writings (title, content, shelf) VALUES ('A title', 'Some lines', 'top')")
        plain.execute("INSERT INTO tags (name) VALUES ('sea')")
        plain.execute("INSERT INTO writing_tags VALUES (1, 1)")
        if with_artifacts:
            plain.execute(
                "INSERT INTO prompt_artifacts (prompt_id, artifact_type, file_path)"
                " VALUES (3, 'image', 'poets/image/201_20260107T164314/output.png')"
            )
