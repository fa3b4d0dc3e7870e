"""What is loaded ahead: the files of an address' own part, and nothing that is not there."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import hatch_build
import pytest

from musings.api import page, preloads
from tests.musings.api.conftest import Api, serving_in

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, fresh_database: Path) -> Iterator[Api]:
    """The real page, from the real server."""
    hatch_build.build_page(ROOT)
    with serving_in(tmp_path_factory.mktemp("page"), fresh_database) as api:
        yield api


def targets(links: str) -> list[str]:
    return re.findall(r"<([^>]+)>; rel=(?:modulepreload|preload; as=style); crossorigin", links)


@pytest.mark.usefixtures("built")
def test_every_part_of_the_page_is_named_where_it_is() -> None:
    assert set(preloads.headers(page.STATIC)) == set(preloads.PARTS) <= set(page.ADDRESSES)
    for part in preloads.PARTS.values():
        assert (ROOT / "web" / part).is_file()


def test_the_gallery_is_told_what_it_needs_and_the_studio_nothing(built: Api) -> None:
    answer = built.http.get("/gallery")
    named = targets(answer.headers["link"])
    assert len(named) == answer.headers["link"].count("<") > 1
    assert any(name.startswith("/assets/Gallery-") and name.endswith(".js") for name in named)
    assert any(name.startswith("/assets/Gallery-") and name.endswith(".css") for name in named)
    assert [name for name in named if name in answer.text] == []
    for name in named:
        assert built.http.get(name).status_code == 200
    assert "link" not in built.http.get("/").headers
    assert built.http.head("/gallery").headers["link"] == answer.headers["link"]


def test_what_the_build_leaves_for_the_server_is_not_sent(built: Api) -> None:
    assert (page.STATIC / preloads.MANIFEST).is_file()
    for path in ("/.vite/manifest.json", "/assets/../.vite/manifest.json", "/assets/%2e%2e/.vite/manifest.json"):
        assert built.raw("GET", path)[0] == 404


@pytest.mark.parametrize("manifest", [None, "", "[", "{}"])
def test_a_page_without_a_manifest_names_nothing(tmp_path: Path, manifest: str | None) -> None:
    (tmp_path / "index.html").write_text("<!doctype html>")
    if manifest is not None:
        (tmp_path / ".vite").mkdir()
        (tmp_path / preloads.MANIFEST).write_text(manifest)
    assert preloads.headers(tmp_path) == {}


def test_a_page_that_is_built_anew_under_the_server_is_named_anew(tmp_path: Path) -> None:
    part = preloads.PARTS["/gallery"]
    (tmp_path / ".vite").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html>")
    known = preloads.Preloads(tmp_path)
    assert known.of("/gallery") is None
    for number, file in enumerate(("assets/old.js", "assets/new.js")):
        (tmp_path / preloads.MANIFEST).write_text(json.dumps({part: {"file": file}}))
        os.utime(tmp_path / preloads.MANIFEST, (number, number))
        assert targets(known.of("/gallery") or "") == [f"/{file}"]
    assert known.of("/") is None


def test_parts_that_import_each_other_are_named_once(tmp_path: Path) -> None:
    part = preloads.PARTS["/gallery"]
    chunks = {
        part: {"file": "assets/a.js", "css": ["assets/a.css"], "imports": ["_b"]},
        "_b": {"file": "assets/b.js", "imports": [part, "_main"]},
        "_main": {"file": "assets/main.js"},
    }
    (tmp_path / ".vite").mkdir()
    (tmp_path / preloads.MANIFEST).write_text(json.dumps(chunks))
    (tmp_path / "index.html").write_text("<script src=/assets/main.js></script>")
    assert targets(preloads.headers(tmp_path)["/gallery"]) == ["/assets/a.js", "/assets/a.css", "/assets/b.js"]
