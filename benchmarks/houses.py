"""Databases of a given size in which every filter of every list has something to find, and something to pass over."""

import sqlite3
from contextlib import closing
from pathlib import Path

from benchmarks.throughput import opened

# Each period is prime to the others, so that every pair of values occurs somewhere, and rare ones are rare.
PROMPTS = """
INSERT INTO prompts (prompt_text, prompt_type, status, max_attempts, priority, created_at, completed_at,
  processing_duration, metadata, workflow, starred, deleted_at, artifact_status, output_reference)
WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :count),
  d AS (SELECT i, CASE i % 4 WHEN 0 THEN 'image' WHEN 1 THEN 'poem' WHEN 2 THEN 'music' ELSE 'voice' END AS t,
    CASE WHEN i % 20 < 17 THEN 'completed' WHEN i % 20 = 17 THEN 'failed' WHEN i % 20 = 18 THEN 'cancelled'
      ELSE 'pending' END AS s FROM n)
SELECT 'a ' || CASE i % 499 WHEN 0 THEN 'lynx' ELSE 'fox' END || ' in the snow ' || i, t, s, 3, i % 10 + 1,
  strftime('%Y-%m-%d %H:%M:%S.000000', 1735689600 + i * 31536000 / :count, 'unixepoch'),
  CASE s WHEN 'pending' THEN NULL
    ELSE strftime('%Y-%m-%d %H:%M:%S.000000', 1735689660 + i * 31536000 / :count, 'unixepoch') END,
  1.5, '{"a": 1}', CASE WHEN i % 997 = 0 THEN 'rare' ELSE 'workflow ' || i % 7 END, i % 101 = 0,
  CASE WHEN i % 503 = 0 THEN '2026-01-01 00:00:00' END,
  CASE WHEN t = 'poem' THEN NULL WHEN s = 'completed' THEN 'ready' WHEN s = 'pending' THEN 'pending' ELSE 'error' END,
  CASE WHEN t = 'poem' AND s = 'completed' THEN i + 1 END
FROM d
"""
WRITINGS = """
INSERT INTO writings (id, title, content_type, content, word_count, character_count, line_count, mood,
  explicit_content, publication_status, file_timestamp)
SELECT output_reference, 'The fox ' || id, CASE WHEN id % 211 = 0 THEN 'haiku' ELSE 'poem' END,
  'a fox in the snow, ' || CASE WHEN id % 499 = 0 THEN 'a lynx' ELSE 'nobody else' END, 7, 40, 1,
  CASE WHEN id % 3 = 0 THEN 'quiet' WHEN id % 499 = 0 THEN 'wild' END, id % 103 = 0, 'draft', created_at
FROM prompts WHERE output_reference IS NOT NULL
"""
ARTIFACTS = """
INSERT INTO prompt_artifacts (prompt_id, artifact_type, file_path, preview_path, metadata, created_at, updated_at)
SELECT id, CASE WHEN id % 1999 = 0 THEN 'video' WHEN prompt_type = 'image' THEN 'image'
    WHEN prompt_type = 'poem' THEN 'text' ELSE 'audio' END,
  prompt_type || '/' || id || '_20260101T000000/0001.png', prompt_type || '/' || id || '_20260101T000000/p.webp',
  '{"width": 1024, "height": 1024}', completed_at, completed_at
FROM prompts WHERE status = 'completed'
"""
TAGS = (
    "INSERT INTO tags (id, name) VALUES (1, 'winter'), (2, 'animals'), (3, 'seldom')",
    "INSERT INTO writing_tags SELECT id, 1 FROM writings WHERE id % 2 = 0",
    "INSERT INTO writing_tags SELECT id, 2 FROM writings",
    "INSERT INTO writing_tags SELECT id, 3 FROM writings WHERE id % 977 = 0",
)
DELIVERIES = (
    "INSERT INTO musings_webhooks (id, name, url, events, enabled, created_at) VALUES"
    " (1, 'one', 'http://127.0.0.1:9/', 'prompt.completed', 0, '2025-01-01'),"
    " (2, 'two', 'http://127.0.0.1:9/', 'prompt.failed', 0, '2025-01-01')",
    "INSERT INTO musings_webhook_deliveries (message_id, webhook_id, event, prompt_id, state, created_at, since)"
    " SELECT 'm' || id, 1 + (id % 331 = 0), 'prompt.completed', id,"
    " CASE WHEN id % 337 = 0 THEN 'failed' ELSE 'delivered' END, created_at, created_at FROM prompts",
)


def build(folder: Path, count: int) -> Path:
    """A folder with a database of ``count`` prompts, with artifacts, writings, tags and deliveries."""
    with opened(folder) as (settings, _), closing(sqlite3.connect(settings.database.path)) as plain, plain:
        plain.execute("PRAGMA synchronous = OFF")
        plain.execute(PROMPTS, {"count": count})
        for statement in (WRITINGS, ARTIFACTS, *TAGS, *DELIVERIES):
            plain.execute(statement)
    return folder
