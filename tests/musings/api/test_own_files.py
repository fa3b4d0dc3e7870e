"""Files of one's own: judged by what they hold, kept once, used by prompts, and gone when nobody names them."""

import io
import json
import os
import shutil
import struct
import zipfile
from datetime import timedelta
from pathlib import Path

import av
import httpx
import numpy as np
import pytest
from PIL import Image

from fake_comfyui.server import FakeComfy
from musings.config.settings import Settings
from musings.errors import InvalidInputError
from musings.files.media_root import MediaRoot
from musings.housekeeping import pruning
from musings.housekeeping.checking import check
from musings.makers.choice import Makers
from musings.media.sounds import write_flac
from musings.models import NewPrompt, Upload
from musings.requests import uploads
from musings.requests.intake import checked
from musings.requests.request import PromptRequest
from musings.sqlite import backup
from musings.store import times
from musings.store.database import Database
from musings.store.gallery import artifacts, prompts, reproduction, trash
from musings.store.gallery import uploads as stored
from musings.store.queue import submission
from musings.worker import assemble
from tests.conftest import MakeSettings
from tests.musings.api.conftest import Api
from tests.musings.makers.comfyui.graphs import node

LOADS = {
    "1": node("LoadImage", "Load Image", image="example.png"),
    "2": node("SaveImage", "Save Image", images=["1", 0], filename_prefix="t"),
}


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), color: str = "red") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, color).save(out, kind)
    return out.getvalue()


def sound(path: Path, seconds: float = 0.5) -> bytes:
    write_flac(np.zeros((int(8000 * seconds), 1), np.float32), 8000, path)
    return path.read_bytes()


def film(path: Path) -> bytes:
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 32, 24, "yuv420p"
        for _ in range(10):
            frame = av.VideoFrame.from_ndarray(np.zeros((24, 32, 3), np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path.read_bytes()


def sent(database: Database, root: MediaRoot, content: bytes) -> Upload:
    received = root.receiving()
    received.write_bytes(content)
    return uploads.take(database, root, received)


def test_what_is_taken(database: Database, media_root: MediaRoot, tmp_path: Path) -> None:
    red = sent(database, media_root, picture())
    assert (red.content_type, red.facts) == ("image/png", {"width": 40, "height": 30})
    assert media_root.find(red.file_path).read_bytes() == picture()
    song = sent(database, media_root, sound(tmp_path / "a.flac"))
    assert (song.content_type, song.facts, song.file_path[-5:]) == ("audio/flac", {"duration": 0.5}, ".flac")
    moving = sent(database, media_root, film(tmp_path / "a.mp4"))
    assert (moving.content_type, moving.facts["width"], moving.facts["duration"]) == ("video/mp4", 32, 1.0)
    for kind, content_type in (("JPEG", "image/jpeg"), ("WEBP", "image/webp"), ("GIF", "image/gif")):
        assert sent(database, media_root, picture(kind)).content_type == content_type
    assert list(media_root.received.iterdir()) == []


def test_the_same_file_is_kept_once(database: Database, media_root: MediaRoot) -> None:
    first, again = (sent(database, media_root, picture()) for _ in range(2))
    other = sent(database, media_root, picture(color="blue"))
    assert first == again != other
    assert first.ref.startswith("upload:")
    assert len(database.reading(stored.everything)) == 2
    media_root.find(first.file_path).unlink()
    assert media_root.find(sent(database, media_root, picture()).file_path).is_file()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"just words",
        b"#!/bin/sh\nrm -rf /\n",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"PK\x03\x04" + bytes(100),
        b"\x89PNG\r\n\x1a\n" + bytes(50),
        picture()[:60],
        b"fLaC" + bytes(200),
        b"RIFF\x10\0\0\0WAVEfmt ",
        b"\0\0\0\x18ftypmp42" + bytes(50),
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 60_000, 60_000) + b"\x08\x02\0\0\0" + bytes(30),
    ],
    ids=range(12),
)
def test_what_is_not_taken(database: Database, media_root: MediaRoot, content: bytes) -> None:
    with pytest.raises(InvalidInputError) as caught:
        sent(database, media_root, content)
    [fault] = caught.value.faults
    assert fault.where == "file"
    assert str(media_root.folder) not in fault.message
    assert database.reading(stored.everything) == []
    assert not (media_root.folder / stored.FOLDER).exists()


def test_a_sound_of_days_is_not_decoded(
    database: Database, media_root: MediaRoot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MOST_SECONDS", 2.0)
    with pytest.raises(InvalidInputError, match="longer than 2 s"):
        sent(database, media_root, sound(tmp_path / "a.flac", 3.0))


@pytest.fixture
def painted(make_settings: MakeSettings, tmp_path: Path) -> Settings:
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "again.json").write_text(json.dumps(LOADS))
    return make_settings(processing={"backoff_seconds": 0.01}, media={"comfyui": {"hosts": ["http://127.0.0.1:9"]}})


def wanted(settings: Settings, database: Database, ref: str) -> NewPrompt:
    return checked(
        Makers(settings),
        PromptRequest("a fox", "image", workflow="again", parameters={"image": ref}),
        artifact=lambda number: database.reading(artifacts.get, number),
        upload=lambda sha256: database.reading(stored.get, sha256),
    )


def test_a_server_is_given_the_upload(make_settings: MakeSettings, tmp_path: Path, database: Database) -> None:
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "again.json").write_text(json.dumps(LOADS))
    with FakeComfy() as fake:
        settings = make_settings(media={"comfyui": {"hosts": [fake.url]}})
        root = MediaRoot(settings.media_root)
        red = sent(database, root, picture())
        new = NewPrompt("a fox", "image", workflow="again", parameters={"image": red.ref})
        prompt, _ = database.writing(submission.add, new)
        assemble.runner(settings, database).run_queue_processor(drain=True)
        again, _ = database.writing(submission.add, database.reading(reproduction.recipe_of, prompt.id))
        assemble.runner(settings, database).run_queue_processor(drain=True)
        [given] = (fake.root / "input" / "musings").iterdir()
        assert given.read_bytes() == picture()

    for each in (prompt, again):
        found = database.reading(prompts.get, each.id)
        assert found.status == "completed", found.error_message
        [made] = database.reading(artifacts.of_prompts, [each.id])
        assert made.metadata["parameters"]["image"] == red.ref
        assert (made.metadata["width"], made.metadata["height"]) == (40, 30)


def test_references_are_checked_when_they_are_submitted(
    painted: Settings, database: Database, media_root: MediaRoot, tmp_path: Path
) -> None:
    red, song = sent(database, media_root, picture()), sent(database, media_root, sound(tmp_path / "a.flac"))
    assert wanted(painted, database, red.ref).parameters == {"image": red.ref}
    for ref, words in (
        (song.ref, "is audio"),
        ("upload:" + "0" * 64, "names no upload"),
        ("upload:../../etc/passwd", "must be upload:"),
        ("upload:" + "A" * 64, "must be upload:"),
    ):
        with pytest.raises(InvalidInputError, match=words):
            wanted(painted, database, ref)
    new = wanted(painted, database, red.ref)
    assert database.writing(stored.prune, media_root, times.now() + timedelta(days=1)) == (2, red.bytes + song.bytes)
    with pytest.raises(InvalidInputError, match="send it again"):
        database.writing(submission.add, new)


def test_uploads_go_when_nobody_names_them(painted: Settings, database: Database, media_root: MediaRoot) -> None:
    named, other = sent(database, media_root, picture()), sent(database, media_root, picture(color="blue"))
    prompt, _ = database.writing(submission.add, wanted(painted, database, named.ref))
    broken = media_root.receiving()
    broken.write_bytes(b"half a transfer")
    os.utime(broken, (1, 1))
    now = times.now()
    assert pruning.prune_uploads(database, media_root, now + timedelta(hours=23)) == (0, 0)
    assert not broken.exists()
    assert pruning.prune_uploads(database, media_root, now + timedelta(hours=25)) == (1, other.bytes)
    assert [each.ref for each in database.reading(stored.everything)] == [named.ref]
    assert media_root.find(named.file_path).is_file()
    assert not (media_root.folder / other.file_path).exists()

    database.writing(trash.discard, prompt.id)
    assert pruning.prune_uploads(database, media_root, now + timedelta(days=9)) == (0, 0)  # it may come back
    with database.write() as connection:
        connection.exec_driver_sql("DELETE FROM prompts")
    assert pruning.prune_uploads(database, media_root, now + timedelta(days=9)) == (1, named.bytes)


def test_the_check_of_files_knows_uploads(database: Database, media_root: MediaRoot) -> None:
    red = sent(database, media_root, picture())
    assert check(database, media_root, verify=True).is_clean
    fresh = media_root.folder / "uploads" / "ab" / "new.png"
    fresh.parent.mkdir()
    fresh.write_bytes(b"its row is about to be written")
    assert check(database, media_root).orphans == []
    os.utime(fresh, (1, 1))
    assert check(database, media_root).orphans == ["uploads/ab/new.png"]
    fresh.unlink()
    media_root.find(red.file_path).write_bytes(b"something else")
    assert check(database, media_root).is_clean
    assert check(database, media_root, verify=True).lost_uploads == [red.file_path]
    media_root.find(red.file_path).unlink()
    report = check(database, media_root)
    assert (report.is_clean, report.lost_uploads) == (False, [red.file_path])


def test_a_backup_has_the_uploads(
    settings: Settings, database: Database, media_root: MediaRoot, tmp_path: Path
) -> None:
    red = sent(database, media_root, picture())
    made = backup.make(settings.database.path, media_root.folder, tmp_path / "one", media=True, now=times.now())
    assert (made.folder / "media" / red.file_path).read_bytes() == picture()
    media_root.find(red.file_path).unlink()
    made = backup.make(settings.database.path, media_root.folder, tmp_path / "two", media=True, now=times.now())
    assert made.missing == (red.file_path,)


def post(api: Api, content: bytes, name: str = "fox.png") -> httpx.Response:
    answer: httpx.Response = api.http.post("/api/uploads", files={"file": (name, content, "text/html")})
    return answer


def test_on_the_command_line(
    painted: Settings, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from musings import cli

    monkeypatch.chdir(tmp_path)
    (tmp_path / "photo.png").write_bytes(picture())
    words = ["submit", "--config", str(painted.file), "--type", "image", "--workflow", "again", "--set"]
    assert cli.main([*words, "image=@photo.png", "a fox"]) == 0
    [red] = database.reading(stored.everything)
    assert database.reading(prompts.get, 1).parameters == {"image": red.ref}
    assert cli.main([*words, "image=@missing.png", "a fox"]) == 2
    (tmp_path / "words.png").write_bytes(b"just words")
    assert cli.main([*words, "image=@words.png", "a fox"]) != 0
    assert cli.main([*words, "image=@photo.png", "--dry-run", "a fox"]) == 1  # no server answers
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM prompts").scalar_one() == 1


def test_an_export_holds_the_uploads(
    settings: Settings, database: Database, media_root: MediaRoot, tmp_path: Path
) -> None:
    from musings.archive.export import export

    red = sent(database, media_root, picture())
    made = export(settings.database.path, media_root, tmp_path / "all.zip", times.now())
    with zipfile.ZipFile(made.file) as archive:
        assert archive.read(f"media/{red.file_path}") == picture()
        assert red.sha256.encode() in archive.read("data/musings_uploads.jsonl")
    shutil.rmtree(media_root.folder)


@pytest.mark.parametrize(
    "name", ["../../a.png", "a\0b.png", "\ud800.png", "狐" * 200, "CON", "..", "a\r\nX: y.png", "\u202e.png"]
)
def test_a_file_is_kept_under_its_sum_whatever_its_name(api: Api, name: str) -> None:
    content = picture()
    head = f'--B\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = head.encode("utf-8", "surrogatepass") + content + b"\r\n--B--\r\n"
    sent = api.http.post("/api/uploads", content=body, headers={"content-type": "multipart/form-data; boundary=B"})
    assert sent.status_code == 201, sent.text
    [kept] = [path for path in api.settings.media_root.rglob("*") if path.is_file()]
    sha256 = sent.json()["ref"].removeprefix("upload:")
    assert (kept.name, kept.read_bytes()) == (f"{sha256}.png", content)
