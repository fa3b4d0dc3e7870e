"""A file of one's own over HTTP: taken, shown, refused, and nothing of it left behind."""

import io
from pathlib import Path

import httpx
import numpy as np
from PIL import Image

from tests.conftest import MakeSettings
from tests.musings.api.conftest import Api, problem, serving


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), color: str = "red") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, color).save(out, kind)
    return out.getvalue()


def post(api: Api, content: bytes, name: str = "fox.png") -> httpx.Response:
    answer: httpx.Response = api.http.post("/api/uploads", files={"file": (name, content, "text/html")})
    return answer


def test_over_http(api: Api) -> None:
    answer = post(api, picture(), "../../photo.exe")
    found = answer.json()
    assert answer.status_code == 201
    assert found == {
        "ref": found["ref"],
        "content_type": "image/png",
        "bytes": len(picture()),
        "width": 40,
        "height": 30,
        "file_url": found["file_url"],
    }
    assert found["file_url"] == f"/api/uploads/{found['ref']}"
    assert post(api, picture()).json() == found
    shown = api.http.get(found["file_url"])
    assert (shown.content, shown.headers["content-type"]) == (picture(), "image/png")
    problem(api.http.get("/api/uploads/upload:" + "0" * 64), 404)
    problem(api.http.get("/api/uploads/fox"), 404)
    assert problem(post(api, b"just words"), 422)["errors"][0]["where"] == "file"
    problem(api.http.post("/api/uploads", data={"file": "words"}, files={"other": b"x"}), 422)
    problem(api.http.post("/api/uploads", content=picture(), headers={"Content-Type": "image/png"}), 415)
    problem(
        api.http.post("/api/uploads", content=b"x", headers={"Content-Type": "multipart/form-data; boundary=a"}), 400
    )
    assert list(api.media_root.received.iterdir()) == []


def test_a_file_that_is_too_large(make_settings: MakeSettings, fresh_database: Path) -> None:
    settings = make_settings(server={"port": 0}, media={"max_upload_megabytes": 0.5})
    noise = np.random.default_rng(1).integers(0, 255, (300, 300, 3), np.uint8)
    out = io.BytesIO()
    Image.fromarray(noise).save(out, "PNG")
    small = out.getvalue()
    with serving(settings, fresh_database) as api:
        assert len(small) > 200_000
        assert post(api, small).status_code == 201
        problem(post(api, small + bytes(400_000)), 413)
        problem(post(api, small + bytes(1_000_000)), 413)
        assert problem(api.http.post("/api/prompts", content=bytes(3_000_000)), 413)["status"] == 413


def test_a_full_disk_is_told_to_who_sends(small_disk: Path, make_settings: MakeSettings, fresh_database: Path) -> None:
    settings = make_settings(server={"port": 0}, media={"comfyui": {"output_directory": str(small_disk / "media")}})
    noise = np.random.default_rng(1).integers(0, 255, (900, 900, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).save(file, "PNG")  # more than the disk holds
    with serving(settings, fresh_database) as api:
        answer = api.http.post("/api/uploads", files={"file": ("noise.png", file.getvalue())})
        assert "send it again" in problem(answer, 507)["detail"]
        assert not [path for path in (small_disk / "media").rglob("*") if path.is_file()], "nothing of it stays"
        assert api.http.post("/api/uploads", files={"file": ("red.png", picture())}).status_code == 201
