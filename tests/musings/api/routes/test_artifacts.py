"""The gallery and the media routes: what is shown, and what must never be."""

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from musings.api.routes.artifacts import download_name
from musings.models import ArtifactType, NewArtifact
from musings.store.gallery import artifacts
from tests.musings.api.conftest import Api, problem, serving_in

SHA = "ab" * 32


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory, fresh_database: Path) -> Iterator[Api]:
    with serving_in(tmp_path_factory.mktemp("gallery"), fresh_database) as api:
        made = [
            ("a fox in the snow", "image", ArtifactType.IMAGE, "image/1_x/0001.png"),
            ("a fox's song", "music", ArtifactType.AUDIO, "music/2_x/0001.flac"),
            ("an owl", "image", ArtifactType.IMAGE, "image/3_x/0001.png"),
            ("a poem", "text", ArtifactType.TEXT, "text/4_x/0001.md"),
        ]
        for text, prompt_type, kind, name in made:
            prompt = api.submit(text, prompt_type=prompt_type, workflow=f"sketch-{prompt_type}")
            new = NewArtifact(kind, name, f"{name}.webp", {"seed": prompt["id"]})
            api.database.writing(artifacts.record_prompt_artifacts, prompt["id"], [new])
        api.http.patch("/api/prompts/3", json={"starred": True})
        yield api


def test_the_gallery_in_brief_has_the_same_in_the_same_order(gallery: Api) -> None:
    items = gallery.http.get("/api/artifacts").json()["items"]
    found = gallery.http.get("/api/artifacts/index").json()
    assert found["ids"] == [item["id"] for item in items] == [4, 3, 2, 1]
    assert found["types"] == ["text", "image", "audio", "image"]
    assert (found["ratios"], found["next_cursor"]) == ([None] * 4, None)
    today = items[0]["created_at"][:10]
    assert sum(run["count"] for run in found["days"]) == 4
    assert found["days"][0]["day"] == today
    first = gallery.http.get("/api/artifacts/index", params={"limit": 3, "artifact_type": "image,audio"}).json()
    assert (first["ids"], first["next_cursor"]) == ([3, 2, 1], None)
    first = gallery.http.get("/api/artifacts/index", params={"limit": 3}).json()
    rest = gallery.http.get("/api/artifacts/index", params={"limit": 3, "cursor": first["next_cursor"]}).json()
    assert (first["ids"], rest["ids"], rest["next_cursor"]) == ([4, 3, 2], [1], None)


def test_counts_of_days_and_months(gallery: Api) -> None:
    by_day = gallery.http.get("/api/artifacts/counts").json()
    by_month = gallery.http.get("/api/artifacts/counts", params={"by": "month", "q": "fox"}).json()
    assert (by_day["total"], by_month["total"]) == (4, 2)
    assert {len(each["period"]) for each in by_day["items"]} == {10}
    assert {len(each["period"]) for each in by_month["items"]} == {7}
    assert problem(gallery.http.get("/api/artifacts/counts", params={"by": "hour"}), 422)["errors"]


def test_artifacts_by_their_ids(gallery: Api) -> None:
    found = gallery.http.get("/api/artifacts", params={"ids": "1,77,3,1"}).json()
    assert ([item["id"] for item in found["items"]], found["next_cursor"]) == ([3, 1], None)
    assert gallery.http.get("/api/artifacts", params={"ids": ""}).json()["items"] == []


@pytest.mark.parametrize(
    ("ids", "said"),
    [
        ("x", "'x' is no id of an artifact"),
        ("1,-2", "'-2' is no id"),
        ("9" * 30, "no id"),
        ("1," * 201 + "1", "at most 200"),
    ],
)
def test_what_is_no_list_of_ids_is_refused_in_words(gallery: Api, ids: str, said: str) -> None:
    [error] = problem(gallery.http.get("/api/artifacts", params={"ids": ids}), 422)["errors"]
    assert said in str(error)


def test_a_gallery_item(gallery: Api) -> None:
    item = gallery.http.get("/api/artifacts").json()["items"][-1]
    assert set(item) == {
        "id", "prompt_id", "artifact_type", "file_path", "preview_path", "metadata", "created_at", "file_url",
        "preview_url", "prompt_text", "prompt_type", "kind", "starred",
    }  # fmt: skip
    assert (item["id"], item["prompt_id"], item["artifact_type"], item["kind"]) == (1, 1, "image", "image")
    assert (item["file_url"], item["preview_url"]) == ("/api/artifacts/1", "/media/image/1_x/0001.png.webp")
    assert (item["metadata"], item["prompt_text"]) == ({"seed": 1}, "a fox in the snow")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, [4, 3, 2, 1]),
        ({"artifact_type": "image"}, [3, 1]),
        ({"artifact_type": "audio,text"}, [4, 2]),
        ({"q": "fox"}, [2, 1]),
        ({"starred": "true"}, [3]),
        ({"starred": "false", "artifact_type": "image"}, [1]),
        ({"workflow": "sketch-music"}, [2]),
        ({"workflow": "none"}, []),
        ({"since": "2100-01-01T00:00:00Z"}, []),
        ({"since": "2020-01-01T00:00:00Z"}, [4, 3, 2, 1]),
    ],
)
def test_filters(gallery: Api, query: dict[str, str], expected: list[int]) -> None:
    page = gallery.http.get("/api/artifacts", params=query).json()
    assert [item["id"] for item in page["items"]] == expected


def test_pages(gallery: Api) -> None:
    first = gallery.http.get("/api/artifacts?limit=3").json()
    second = gallery.http.get("/api/artifacts", params={"limit": 3, "cursor": first["next_cursor"]}).json()
    assert [item["id"] for item in first["items"] + second["items"]] == [4, 3, 2, 1]
    assert second["next_cursor"] is None


@pytest.mark.parametrize(
    ("suffix", "content_type"),
    [
        (".png", "image/png"),
        (".JPG", "image/jpeg"),
        (".webp", "image/webp"),
        (".flac", "audio/flac"),
        (".mp3", "audio/mpeg"),
        (".wav", "audio/wav"),
        (".mp4", "video/mp4"),
        (".md", "text/markdown; charset=utf-8"),
        (".txt", "text/plain; charset=utf-8"),
        (".json", "application/json"),
    ],
)
def test_known_types_are_shown(lasting_api: Api, suffix: str, content_type: str) -> None:
    number = lasting_api.keep(f"image/known/file{suffix}", b"x")
    for url in (f"/api/artifacts/{number}", f"/media/image/known/file{suffix}"):
        answer = lasting_api.http.get(url)
        assert answer.headers["Content-Type"] == content_type
        assert "Content-Disposition" not in answer.headers


@pytest.mark.parametrize("suffix", [".html", ".svg", ".xhtml", ".js", ".xml", ".pdf", ".exe", "", ".png.html"])
def test_other_types_are_offered_as_downloads_and_can_run_nothing(lasting_api: Api, suffix: str) -> None:
    number = lasting_api.keep(f"image/other/file{suffix}", b"<script>alert(1)</script>")
    for url in (f"/api/artifacts/{number}", f"/media/image/other/file{suffix}", f"/api/media/image/other/file{suffix}"):
        answer = lasting_api.http.get(url)
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "script-src" not in answer.headers["Content-Security-Policy"]


def test_the_etag_is_the_files_sum(lasting_api: Api) -> None:
    number = lasting_api.keep("image/sum/a.png", b"x", sha256=SHA)
    answer = lasting_api.http.get(f"/api/artifacts/{number}")
    assert answer.headers["ETag"] == f'"{SHA}"'
    assert lasting_api.http.get(f"/api/artifacts/{number}", headers={"If-None-Match": f'"{SHA}"'}).status_code == 304


@pytest.mark.parametrize("odd", ['a"\r\nSet-Cookie: x=1', "é" * 64, SHA.upper(), 7, None, ["a"], {"a": 1}, ""])
def test_a_sum_that_is_none_is_left_aside(lasting_api: Api, odd: object) -> None:
    number = lasting_api.keep("image/sum/odd.png", b"x", sha256=odd)
    answer = lasting_api.http.get(f"/api/artifacts/{number}")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert len(answer.headers["ETag"]) < 64


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a fox in the snow", "a-fox-in-the-snow-{id}-0001.png"),
        ("Füchse & 狐狸 🦊", "füchse-狐狸-{id}-0001.png"),
        ("../../etc/passwd\r\nX: y", "etc-passwd-x-y-{id}-0001.png"),
        ('"quoted"; filename=evil.exe', "quoted-filename-evil-exe-{id}-0001.png"),
        ("🦊🦊", "{id}-0001.png"),
        ("ثعلب في الثلج", "ثعلب-في-الثلج-{id}-0001.png"),
    ],
)
def test_downloads_have_telling_names(lasting_api: Api, text: str, name: str) -> None:
    number = lasting_api.keep("image/names/0001.png", b"x", text=text)
    answer = lasting_api.http.get(f"/api/artifacts/{number}?download=1")
    prompt_id = lasting_api.http.get("/api/artifacts?limit=1").json()["items"][0]["prompt_id"]
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment; ")
    assert answer.headers["Content-Type"] == "image/png"
    shown = disposition.partition("filename")[2].removeprefix("*=utf-8''").removeprefix("=").strip('"')
    assert unquote(shown) == name.format(id=prompt_id)


def test_a_download_name_is_short() -> None:
    assert len(download_name("word " * 10_000, 12, "0001", ".png")) < 80


HOSTILE = [
    "../musings.db",
    "..%2fmusings.db",
    "%2e%2e/musings.db",
    "%2e%2e%2fmusings.db",
    "..%252fmusings.db",
    "image/../../musings.db",
    "image/..%5c..%5cmusings.db",
    "..\\musings.db",
    "image/./fox.png",
    "image//fox.png",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "image/fox.png%00",
    "%00",
    "image/fox.png%0d%0aX-Evil:1",
    ".attempts/1-1/secret.png",
    "image/.hidden.png",
    "image/%2ehidden.png",
    ".",
    "..",
    "",
    "image",
    "image/",
    "image/outside.png",
    "image/folder/secret.png",
    "image/loop.png",
    "a" * 2000,
    "image/" + "a/" * 400 + "x",
    "%ff%fe.png",
    "C:%5cWindows%5cwin.ini",
    "file:///etc/passwd",
    "~root/.ssh/id_rsa",
]


@pytest.fixture(scope="module")
def trapped(lasting_api: Api) -> Api:
    """A media root with everything in it that must not be served."""
    root = lasting_api.media_root.folder
    outside = root.parent / "secrets"
    outside.mkdir()
    (outside / "secret.png").write_bytes(b"TOP SECRET")
    (root / "image").mkdir(exist_ok=True)
    (root / "image" / "fox.png").write_bytes(b"fox")
    (root / "image" / ".hidden.png").write_bytes(b"TOP SECRET")
    (root / ".attempts" / "1-1").mkdir(parents=True)
    (root / ".attempts" / "1-1" / "secret.png").write_bytes(b"TOP SECRET")
    (root / "image" / "outside.png").symlink_to(outside / "secret.png")
    (root / "image" / "folder").symlink_to(outside)
    (root / "image" / "loop.png").symlink_to(root / "image" / "loop.png")
    os.mkfifo(root / "image" / "pipe.png")
    return lasting_api


@pytest.mark.parametrize("path", [*HOSTILE, "image/pipe.png"])
def test_nothing_else_is_served(trapped: Api, path: str) -> None:
    for prefix in ("/media/", "/api/media/"):
        for method in ("GET", "HEAD"):
            status, headers, body = trapped.raw(method, prefix + path)
            assert status == 404, (method, path)
            assert b"TOP SECRET" not in body
            assert headers["Content-Type"] == "application/problem+json"
            assert headers["X-Evil"] is None


@pytest.mark.parametrize(
    "path", ["/media/../musings.db", "/media/..;/musings.db", "/api/media/%2e%2e/%2e%2e/etc/passwd"]
)
def test_nor_by_another_way_up(trapped: Api, path: str) -> None:
    assert trapped.raw("GET", path)[0] == 404


@pytest.mark.parametrize(
    "path", ["../musings.db", "/etc/passwd", "image/outside.png", ".attempts/1-1/secret.png", "", "\0"]
)
def test_a_row_that_names_such_a_file_serves_nothing(trapped: Api, path: str) -> None:
    prompt = trapped.submit(prompt_type="image")
    trapped.sqlite(
        "INSERT INTO prompt_artifacts (prompt_id, artifact_type, file_path) VALUES (?, 'image', ?)", prompt["id"], path
    )
    [item] = trapped.http.get(f"/api/prompts/{prompt['id']}/artifacts").json()["artifacts"]
    problem(trapped.http.get(item["file_url"]), 404)


def test_a_row_whose_file_is_gone(lasting_api: Api) -> None:
    number = lasting_api.keep("image/gone/0001.png", b"x")
    (lasting_api.media_root.folder / "image/gone/0001.png").unlink()
    found = problem(lasting_api.http.get(f"/api/artifacts/{number}"), 404)
    assert "image/gone/0001.png" in found["detail"]
    assert lasting_api.http.get("/api/artifacts").status_code == 200


def test_odd_names_that_are_honest_files(lasting_api: Api) -> None:
    for name in ("füchse.png", "a b.png", "50%.png", "狐.png", "a'b.png", "a..b.png", "#1.png", "?.png"):
        number = lasting_api.keep(f"image/odd/{name}", name.encode())
        lasting_api.sqlite("UPDATE prompt_artifacts SET preview_path = file_path WHERE id = ?", number)
        item = lasting_api.http.get("/api/artifacts?limit=1").json()["items"][0]
        assert lasting_api.http.get(item["preview_url"]).content == name.encode()
        assert lasting_api.http.get(item["file_url"]).content == name.encode()


def test_a_path_of_the_old_installation(lasting_api: Api) -> None:
    lasting_api.keep("image/201_20260107T164314/output.png", b"old")
    assert lasting_api.http.get("/media/poets/image/201_20260107T164314/output.png").content == b"old"
