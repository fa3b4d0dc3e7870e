"""Rows as any other program may leave them: each column holds whatever SQLite takes."""

import json
import random
import sqlite3
from collections.abc import Sequence
from pathlib import Path

SAME = "ballad"
"""A word that several columns of one row share: what a page takes as the key of a list must not be a word of a row."""
TEXTS: Sequence[object] = (
    None, "", " ", SAME, SAME.upper(), "\x00", "a\x00b", "\u202e\u200b\ufeff", "👩‍👩‍👧‍👦" * 9, "é" * 3000, "x" * 20_000,
    "<script>alert(1)</script>", "../../etc/passwd", "NULL", "NaN", "undefined", "__proto__", "constructor", 0, -1, 7.5,
    9e999, -9e999, 2**63 - 1, -(2**63), b"", b"\xff\xfe", b"\x89PNG\r\n\x1a\n",
)  # fmt: skip
JSONS: Sequence[object] = (
    None, "", "{", "[]", "null", "true", "7", "1e999", '"text"', "{}", '{"a": NaN}', '{"a": 1e400}', '{"a": "\\ud800"}',
    '{"": {"": []}}', '{"seed": {"a": 1}, "width": [], "workflow": {"x": 1}, "prompt": [1], "model": 3}',
    '{"duration": "x"}',
    '{"count": "many", "primary": {"a": 1}, "reproduction": 3}', '{"tags": ["a", "a", {"b": 1}], "parameters": [1]}',
    '{"value": "far", "max": null, "stage": {"a": 1}, "eta_seconds": "soon", "text": [1]}',
    '{"value": 1e308, "max": 0}',
    '{"waveform": [1, "x", null], "peaks": {"a": 1}, "poster": 3, "thumbnail": []}', "[" * 500 + "]" * 500,
    json.dumps({"a" * 200: "b" * 2000}), b"\xff{}", 3, 7.5,
)  # fmt: skip
TIMES: Sequence[object] = (
    None, "", "yesterday", "2026-01-02 03:04:05", "2026-01-02T03:04:05Z", "2026-01-02T03:04:05+14:00", "0000-00-00",
    "0001-01-01T00:00:00", "9999-12-31 23:59:59.999999", "99999-01-01", 0, 1, -1, 1_700_000_000, 1_700_000_000_000,
    9e300,
    9e999, b"\xff", "2026-13-45 99:99:99", "\x00",
)  # fmt: skip
NUMBERS: Sequence[object] = (
    None, 0, 1, -1, 5, 10, 11, 2**31, 2**63 - 1, -(2**63), 0.5, 1e300, 9e999, -9e999, "", "many", "7", b"\xff", "1e999",
)  # fmt: skip
STATES = ("pending", "processing", "completed", "failed", "cancelled", "queued", None, "", "odd", 3, b"\xff", SAME)
TYPES = ("text", "poem", "image", "music", "voice", "video", None, "", "oracle", 3, b"\xff", SAME)
FILES = (
    "image/1_x/a.png",
    "",
    None,
    "../x",
    "/etc/passwd",
    "a\x00b",
    3,
    b"\xff",
    "x" * 5000,
    "image/1_x/a?b#c%.png",
    "ü/ß",
)


class OddRows:
    """Inserts them through a connection of its own, as the other program would; the same ones for the same seed."""

    def __init__(self, path: Path, seed: int) -> None:
        self._path = path
        self._random = random.Random(seed)
        self.prompts: list[int] = []
        self.writings: list[int] = []

    def insert(self, count: int) -> None:
        """So many prompts, each with two artifacts, a writing, an attempt and a tag."""
        connection = sqlite3.connect(self._path, timeout=30)
        connection.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection:
                for _ in range(count):
                    self._one(connection)
        finally:
            connection.close()

    def _one(self, connection: sqlite3.Connection) -> None:
        writing = self._writing(connection)
        prompt = self._put(
            connection, "prompts", prompt_text=self._of(TEXTS[1:]), prompt_type=self._of(TYPES),
            status=self._of(STATES),
            priority=self._of(NUMBERS), config_name=self._of(TEXTS), metadata=self._of(JSONS),
            created_at=self._of(TIMES),
            processed_at=self._of(TIMES), completed_at=self._of(TIMES), error_message=self._of(TEXTS),
            output_reference=self._of((writing, writing, *NUMBERS)), processing_duration=self._of(NUMBERS),
            artifact_status=self._of((*STATES, "ready", "error")), artifact_metadata=self._of(JSONS),
            progress=self._of(JSONS), workflow=self._of(TEXTS), parameters=self._of(JSONS),
            instructions=self._of(JSONS),
            max_attempts=self._of(NUMBERS), next_attempt_at=self._of(TIMES), waits_for=self._of(TEXTS),
            workflow_hash=self._of(TEXTS), deleted_at=self._of((None, None, None, "2026-01-02 03:04:05")),
        )  # fmt: skip
        self.prompts.append(prompt)
        for _ in range(2):
            self._put(
                connection, "prompt_artifacts", prompt_id=prompt, artifact_type=self._of((*TYPES, "audio", "other")),
                file_path=self._of(FILES), preview_path=self._of(FILES), metadata=self._of(JSONS),
                created_at=self._of(TIMES), updated_at=self._of(TIMES),
            )  # fmt: skip
        self._put(
            connection, "attempts", prompt_id=prompt, attempt=self._of((1, 2, 3)), status=self._of((SAME, "lost", "")),
            backend=self._of(TEXTS), started_at=self._of(TIMES), finished_at=self._of(TIMES), error=self._of(TEXTS),
            parameters=self._of(JSONS), error_class=self._of(TEXTS), log_excerpt=self._of(TEXTS),
        )  # fmt: skip

    def _writing(self, connection: sqlite3.Connection) -> int:
        same = self._random.random() < 0.3
        writing = self._put(
            connection, "writings", title=SAME if same else self._of(TEXTS), content=self._of((*TEXTS, "two\n\nparts")),
            content_type=SAME if same else self._of(TEXTS), mood=SAME if same else self._of(TEXTS),
            word_count=self._of(NUMBERS), line_count=self._of(NUMBERS), character_count=self._of(NUMBERS),
            explicit_content=self._of(NUMBERS), notes=self._of(TEXTS), file_timestamp=self._of(TIMES),
            content_hash=self._of(TEXTS), content_fingerprint=self._of(TEXTS), original_filename=self._of(TEXTS),
            publication_status=self._of(TEXTS),
        )  # fmt: skip
        self.writings.append(writing)
        for _ in range(2):
            tag = self._put(connection, "tags", name=SAME if same else self._of(TEXTS), tag_type=self._of(TEXTS))
            if tag:
                self._put(connection, "writing_tags", writing_id=writing, tag_id=tag)
        return writing

    def _of(self, values: Sequence[object]) -> object:
        return self._random.choice(values)

    def _put(self, connection: sqlite3.Connection, table: str, **values: object) -> int:
        """The id of the new row; a value that a constraint of the table refuses is left out, as the program would."""
        while True:
            names = ", ".join(values)
            marks = ", ".join("?" * len(values))
            try:
                row = connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(values.values()))
            except sqlite3.IntegrityError as refused:
                column = str(refused).rpartition(".")[2]
                if column not in values:
                    return 0
                del values[column]
                continue
            return int(row.lastrowid or 0)
