"""A musing as a download: made when it is asked for, whole, and gone from here when it was sent."""

import io
import tempfile
import zipfile
from pathlib import Path
from urllib.parse import unquote

import av
import pytest

from tests.musings.api.conftest import Api, problem
from tests.musings.archive.workroom import WHOLE, Workroom


def workroom_of(api: Api) -> Workroom:
    return Workroom(api.database, folder=api.media_root.folder)


@pytest.mark.parametrize(
    ("wanted", "media_type"),
    [("zip", "application/zip"), ("epub", "application/epub+zip"), ("m4b", "audio/mp4"), ("mp3", "audio/mpeg")],
)
def test_it_is_sent_whole_under_a_telling_name(api: Api, wanted: str, media_type: str) -> None:
    musing = workroom_of(api).made()
    answer = api.http.get(f"/api/musings/{musing}/export", params={"format": wanted})
    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
    assert len(answer.content) == int(answer.headers["content-length"])
    named = unquote(answer.headers["content-disposition"])
    assert named == f"attachment; filename*=UTF-8''title-1-{musing}.{wanted}"
    if wanted in ("zip", "epub"):
        assert zipfile.ZipFile(io.BytesIO(answer.content)).testzip() is None
    else:
        with av.open(io.BytesIO(answer.content)) as book:
            assert len(book.chapters()) == 2


def test_nothing_of_it_stays_here(api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert api.http.get(f"/api/musings/{workroom_of(api).made()}/export").status_code == 200
    assert list(tmp_path.glob("musings-*")) == []


def test_what_cannot_be_made_is_said(api: Api) -> None:
    workroom = workroom_of(api)
    problem(api.http.get("/api/musings/99/export"), 404)
    musing = workroom.start(WHOLE, "a fox")
    assert "is done yet" in problem(api.http.get(f"/api/musings/{musing}/export"), 409)["detail"]
    problem(api.http.get(f"/api/musings/{musing}/export", params={"format": "docx"}), 422)
