"""The rows of an adopted database: what waits, what is unknown, which paths are wrong."""

from pathlib import Path

from tests.musings.sqlite import old_databases as old
from tests.musings.sqlite.adopting import adopt


def test_stuck_prompts_are_queued_again(tmp_path: Path) -> None:
    path = old.build(tmp_path / "owner.db", old.with_artifacts)
    with old.opened(path) as connection:
        stuck = [row[0] for row in connection.execute("SELECT id FROM prompts WHERE status = 'processing' ORDER BY id")]

    report = adopt(path)

    assert stuck
    assert list(report.recovered) == stuck
    with old.opened(path) as connection:
        found = connection.execute(
            f"SELECT DISTINCT status FROM prompts WHERE id IN ({', '.join(map(str, stuck))})"
        ).fetchall()
    assert found == [("pending",)]


def test_media_prompts_get_their_artifact_status(tmp_path: Path) -> None:
    path = old.build(tmp_path / "owner.db", old.plain)
    with old.opened(path) as connection:
        connection.execute("DELETE FROM prompts WHERE status = 'processing'")

    adopt(path)

    with old.opened(path) as connection:
        found = set(
            connection.execute(
                "SELECT status, artifact_status FROM prompts WHERE prompt_type IN ('image', 'music', 'lyrics_prompt')"
            )
        )
        texts = set(connection.execute("SELECT artifact_status FROM prompts WHERE prompt_type IN ('text', 'song')"))
    assert found == {("unprocessed", "pending"), ("completed", "pending"), ("failed", "error")}
    assert texts == {(None,)}


def test_prompts_between_the_stages_still_wait(tmp_path: Path) -> None:
    path = old.build(tmp_path / "owner.db", old.with_artifacts)

    adopt(path)

    with old.opened(path) as connection:
        found = connection.execute(
            "SELECT status, artifact_status, output_reference FROM prompts WHERE prompt_text = 'a harbour'"
        ).fetchall()
    assert found == [("completed", "pending", 1)]


def test_unknown_statuses_and_types_are_told(tmp_path: Path) -> None:
    path = old.build(tmp_path / "owner.db", old.nulls)

    said = adopt(path).as_words()

    assert "1 prompts have the status 'archived'" in said
    assert "1 prompts are of the type 'haiku'" in said


def test_paths_are_repaired_and_missing_files_are_told(tmp_path: Path) -> None:
    path, media = old.build(tmp_path / "owner.db", old.with_artifacts), tmp_path / "GeneratedMedia"
    (media / "image/4_20260107T164314").mkdir(parents=True)
    (media / "image/4_20260107T164314/output.png").write_bytes(b"a picture")
    with old.opened(path) as connection:
        connection.execute(
            "UPDATE prompts SET artifact_metadata = ? WHERE id = 4",
            ('{"count": 1, "primary": "poets/image/4_20260107T164314/output.png"}',),
        )

    report = adopt(path, media)

    assert report.paths_repaired == (
        ("poets/image/4_20260107T164314/output.png", "image/4_20260107T164314/output.png"),
    )
    assert [(m.prompt_id, m.path) for m in report.missing_files] == [(3, "image/3_20260107T164314/output.png")]
    assert "image/3_20260107T164314/output.png" in report.as_words()
    with old.opened(path) as connection:
        [(summary,)] = connection.execute("SELECT artifact_metadata FROM prompts WHERE id = 4").fetchall()
    assert summary == '{"count": 1, "primary": "image/4_20260107T164314/output.png"}'


def test_paths_that_come_in_later_are_repaired_by_the_next_run(tmp_path: Path) -> None:
    path, media = old.build(tmp_path / "owner.db", old.with_artifacts), tmp_path / "GeneratedMedia"
    media.mkdir()
    adopt(path, media)
    with old.opened(path) as connection:
        connection.execute("INSERT INTO prompt_artifacts (prompt_id, file_path) VALUES (5, 'poets/image/5/a.png')")

    report = adopt(path, media)

    assert report.paths_repaired == (("poets/image/5/a.png", "image/5/a.png"),)
    assert report.backup is not None
    assert not adopt(path, media).changed


def test_a_media_root_that_is_away_hides_nothing(tmp_path: Path) -> None:
    path = old.build(tmp_path / "owner.db", old.with_artifacts)

    report = adopt(path, tmp_path / "unplugged")

    assert report.missing_files == ()
    assert "is not there, so its files were not looked for" in report.as_words()
