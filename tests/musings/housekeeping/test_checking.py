"""The two-way check between rows and files, and its repair."""

import hashlib
import unicodedata
import wave
from pathlib import Path

import pytest
from PIL import Image

from musings.commands.check_files import described
from musings.errors import StoreError
from musings.housekeeping.checking import CheckReport, check
from musings.models import Artifact, ArtifactType, Kind, NewArtifact, NewPrompt
from musings.store.gallery import artifacts, inventory
from musings.store.queue import claims, in_flight, submission
from tests.musings.housekeeping.stock import Stock


def repaired(stock: Stock) -> CheckReport:
    return check(stock.database, stock.root, repair=described)


def row_of(stock: Stock, prompt_id: int) -> Artifact:
    return next(each for each in stock.database.reading(inventory.entries) if each.prompt_id == prompt_id)


def picture(stock: Stock, name: str, *, preview: str | None = None, artifact_type: str = "image") -> int:
    """A prompt with a real file, and no preview; returns its id."""
    path = stock.write(name, b"")
    if artifact_type == "image":
        Image.new("RGB", (640, 480), "teal").save(path, "PNG")
    else:
        with wave.open(str(path), "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(8000)
            sound.writeframes(b"\0\x40" * 8000)
    prompt, _ = stock.database.writing(submission.add, NewPrompt("a fox", "image"))
    made = NewArtifact(ArtifactType(artifact_type), name, preview, {"seed": 7})
    stock.database.writing(artifacts.record_prompt_artifacts, prompt.id, [made])
    return prompt.id


def test_a_whole_house_is_clean(stock: Stock) -> None:
    for more in ({}, {"starred": True}, {"trash_days": 3}, {"kind": "text"}):
        stock.add(**more)
    report = check(stock.database, stock.root, verify=True)
    assert report.is_clean
    assert (report.rows, report.files) == (4, 8)


def test_a_file_that_nobody_names_is_moved_aside_and_kept(stock: Stock) -> None:
    stock.add()
    stray = stock.write("image/1_20261122T101500/extra.png", b"mine")
    alone = stock.write("music/9_20250101T000000/0001.flac", b"old")
    report = check(stock.database, stock.root)
    assert report.orphans == ["image/1_20261122T101500/extra.png", "music/9_20250101T000000/0001.flac"]
    assert not report.is_clean
    assert stray.exists()
    assert repaired(stock).is_clean
    assert (stock.root.folder / ".orphans/image/1_20261122T101500/extra.png").read_bytes() == b"mine"
    assert not alone.parent.exists()
    assert stock.is_whole()
    stock.write("music/9_20250101T000000/0001.flac", b"new")
    assert repaired(stock).is_clean
    assert (stock.root.folder / ".orphans/music/9_20250101T000000/0001.flac").read_bytes() == b"old"
    assert (stock.root.folder / ".orphans/music/9_20250101T000000/2_0001.flac").read_bytes() == b"new"


def test_a_row_whose_file_is_gone_is_marked_until_it_is_back(stock: Stock) -> None:
    lost = stock.add(size=5)
    file = stock.root.folder / row_of(stock, lost).file_path
    content = file.read_bytes()
    file.unlink()
    [lack] = check(stock.database, stock.root).missing
    assert (lack.prompt, lack.path) == (lost, row_of(stock, lost).file_path)
    assert "missing" not in row_of(stock, lost).metadata
    report = repaired(stock)
    assert not report.is_clean
    assert row_of(stock, lost).metadata == {"missing": True, "bytes": 5}
    file.write_bytes(content)
    assert [each.prompt for each in check(stock.database, stock.root).back] == [lost]
    assert repaired(stock).is_clean
    assert row_of(stock, lost).metadata == {"bytes": 5}


@pytest.mark.parametrize("preview", [None, "image/1_x/previews/there.webp"])
@pytest.mark.parametrize("kind", ["image", "audio"])
def test_a_preview_that_is_gone_is_made_again(stock: Stock, kind: str, preview: str | None) -> None:
    name = "image/1_x/0001.png" if kind == "image" else "image/1_x/0001.wav"
    prompt = picture(stock, name, preview=preview, artifact_type=kind)
    assert [each.prompt for each in check(stock.database, stock.root).without_preview] == [prompt]
    report = repaired(stock)
    assert report.failed == []
    assert report.is_clean
    row = row_of(stock, prompt)
    assert row.preview_path == (preview or f"image/1_x/previews/{Path(name).name}.webp")
    with Image.open(stock.root.folder / row.preview_path) as made:
        assert max(made.size) <= 1024
    wanted = {"image": {"width", "thumbhash"}, "audio": {"duration", "peaks"}}[kind]
    assert wanted | {"seed", "sha256", "bytes"} <= set(row.metadata)
    assert row.metadata["seed"] == 7
    assert list((stock.root.folder / ".attempts").iterdir()) == []
    assert check(stock.database, stock.root, verify=True).is_clean


def test_a_file_that_cannot_be_read_has_no_preview_and_says_so(stock: Stock) -> None:
    prompt = picture(stock, "image/1_x/0001.png")
    (stock.root.folder / "image/1_x/0001.png").write_bytes(b"no picture")
    report = repaired(stock)
    [failure] = report.failed
    assert (failure.prompt, failure.words.startswith("has no preview: ")) == (prompt, True)
    assert not report.is_clean


def test_a_changed_file_is_reported_when_asked(stock: Stock) -> None:
    name = "image/1_x/0001.bin"
    stock.write(name, b"as it was")
    prompt, _ = stock.database.writing(submission.add, NewPrompt("a fox", "image"))
    metadata = {"sha256": hashlib.sha256(b"as it was").hexdigest()}
    new = NewArtifact(ArtifactType.OTHER, name, None, metadata)
    stock.database.writing(artifacts.record_prompt_artifacts, prompt.id, [new])
    assert check(stock.database, stock.root, verify=True).changed == []
    stock.write(name, b"as it is")
    assert check(stock.database, stock.root).changed == []
    [changed] = check(stock.database, stock.root, verify=True).changed
    assert (changed.path, changed.words[:9]) == (name, "its sha25")


def test_files_of_a_running_attempt_are_nobodys_orphans(stock: Stock) -> None:
    prompt, _ = stock.database.writing(submission.add, NewPrompt("a fox", "image"))
    assert stock.database.writing(claims.claim, [Kind.IMAGE]) is not None
    place = f"image/{prompt.id}_20261122T101500"
    assert stock.database.writing(in_flight.announce, prompt.id, 1, place)
    stock.write(f"{place}/0001.png", b"just placed")
    assert check(stock.database, stock.root).orphans == []


def test_old_paths_with_the_stray_prefix_name_their_files(stock: Stock) -> None:
    stock.write("image/201_20260107T164314/output.bin", b"x")
    prompt, _ = stock.database.writing(submission.add, NewPrompt("a fox", "image"))
    old = NewArtifact(ArtifactType.OTHER, "poets/image/201_20260107T164314/output.bin", None)
    stock.database.writing(artifacts.record_prompt_artifacts, prompt.id, [old])
    assert check(stock.database, stock.root).is_clean


def test_names_are_compared_in_one_spelling(stock: Stock) -> None:
    stock.write(unicodedata.normalize("NFD", "image/é.bin"), b"x")
    prompt, _ = stock.database.writing(submission.add, NewPrompt("a fox", "image"))
    named = NewArtifact(ArtifactType.OTHER, unicodedata.normalize("NFC", "image/é.bin"), None)
    stock.database.writing(artifacts.record_prompt_artifacts, prompt.id, [named])
    assert check(stock.database, stock.root).orphans == []


def test_a_row_that_leads_out_is_missing_and_nothing_is_written_there(stock: Stock, tmp_path: Path) -> None:
    prompt = picture(stock, "image/1_x/0001.png", preview="../../outside.webp")
    [failure] = repaired(stock).failed
    assert (failure.prompt, "leads out of the media root" in failure.words) == (prompt, True)
    assert not list(tmp_path.rglob("outside.webp"))


def test_without_a_media_root_nothing_is_marked(stock: Stock) -> None:
    lost = stock.add()
    stock.root.folder.rename(stock.root.folder.with_name("unmounted"))
    with pytest.raises(StoreError, match="is not there"):
        repaired(stock)
    assert "missing" not in row_of(stock, lost).metadata
