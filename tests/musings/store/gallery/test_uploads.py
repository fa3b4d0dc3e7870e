"""Files that people sent: kept once, named by their sum, removed a day after nobody needs them."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from musings.errors import InvalidInputError, NotFoundError, PathError
from musings.files.media_root import MediaRoot
from musings.models import ArtifactType
from musings.store import times
from musings.store.database import Database
from musings.store.gallery import uploads
from tests.musings.store.adding import add, shell
from tests.musings.store.gallery.sending import send


def later() -> datetime:
    return times.now() + timedelta(days=2)


def test_a_file_sent_twice_stands_once(database: Database, media_root: MediaRoot) -> None:
    first = send(database, media_root)
    assert send(database, media_root, kind="image/other") == first
    assert database.reading(uploads.everything) == [first]
    assert first.file_path == f"uploads/{first.sha256[:2]}/{first.sha256}.png"
    assert media_root.find(first.file_path).read_bytes() == b"png"
    assert list(Path(media_root.received).iterdir()) == []
    assert (first.ref, first.artifact_type) == (f"upload:{first.sha256}", ArtifactType.IMAGE)
    assert first.facts == {"width": 3}


def test_one_that_nobody_sent(database: Database) -> None:
    with pytest.raises(NotFoundError, match="no upload ffffffffffff…"):
        database.reading(uploads.get, "f" * 64)


def test_a_prompt_may_only_name_what_is_here(database: Database, media_root: MediaRoot) -> None:
    made = send(database, media_root)
    database.writing(uploads.use, {"image": made.ref, "seed": 7, "words": f"{made.ref} is a ref", "mask": None})
    with pytest.raises(InvalidInputError, match=r"names no upload that is still here") as caught:
        database.writing(uploads.use, {"image": made.ref, "mask": "upload:" + "0" * 64})
    assert [fault.where for fault in caught.value.faults] == ["parameters.mask"]


def test_what_is_used_again_stays_another_day(database: Database, media_root: MediaRoot) -> None:
    made = send(database, media_root)
    shell(database, "UPDATE musings_uploads SET used_at = '2020-01-01 00:00:00.000000'")
    before = times.now() - timedelta(days=1)
    assert database.reading(uploads.are_idle, before)
    database.writing(uploads.use, {"image": made.ref})
    assert not database.reading(uploads.are_idle, before)
    assert database.writing(uploads.prune, media_root, before) == (0, 0)


@pytest.mark.parametrize(
    "statement",
    [
        'UPDATE prompts SET parameters = \'{{"image": "{ref}"}}\'',
        'UPDATE prompts SET metadata = \'{{"parameters": {{"image": "{ref}"}}}}\'',
        "UPDATE prompts SET parameters = '{{\"image\": \"{ref}\"}}', deleted_at = '2026-01-01 00:00:00.000000'",
        "INSERT INTO attempts (prompt_id, attempt, status, started_at, parameters)"
        " VALUES (1, 1, 'lost', '2026-01-01', '{{\"a\": \"{ref}\"}}')",
    ],
)
def test_what_a_prompt_or_a_recipe_names_is_never_removed(
    database: Database, media_root: MediaRoot, statement: str
) -> None:
    named, other = send(database, media_root), send(database, media_root, b"other")
    assert add(database).id == 1
    shell(database, statement.format(ref=named.ref))
    assert database.writing(uploads.prune, media_root, later()) == (1, len(b"other"))
    assert database.reading(uploads.everything) == [named]
    assert media_root.find(named.file_path).is_file()
    with pytest.raises(PathError):
        media_root.find(other.file_path)


def test_a_row_whose_file_went_before_goes_too(database: Database, media_root: MediaRoot) -> None:
    made = send(database, media_root)
    media_root.find(made.file_path).unlink()
    assert database.writing(uploads.prune, media_root, later())[0] == 1
    assert database.reading(uploads.everything) == []
