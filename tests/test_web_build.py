"""The build of the page: what it is made from, what it may weigh, and that its own tests pass."""

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import hatch_build
import pytest

ROOT = Path(__file__).resolve().parents[1]
INITIAL_SCRIPT_BYTES = 45_000  # gzip
INITIAL_STYLE_BYTES = 10_000


@pytest.fixture(scope="module")
def static() -> Path:
    """The page of this checkout, built."""
    hatch_build.build_page(ROOT)
    return ROOT / "src" / "musings" / "static"


@pytest.fixture
def checkout(static: Path, tmp_path: Path) -> Path:
    """A copy of what the build needs, with the packages that the build of this checkout has fetched."""
    shutil.copytree(ROOT / "web", tmp_path / "web", ignore=shutil.ignore_patterns("node_modules"))
    (tmp_path / "web" / "node_modules").symlink_to(ROOT / "web" / "node_modules")
    (tmp_path / "src" / "musings").mkdir(parents=True)
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_sources_give_the_same_page(checkout: Path) -> None:
    static = checkout / "src" / "musings" / "static"
    assert hatch_build.build_page(checkout)
    first = contents(static)
    assert not hatch_build.build_page(checkout)
    (static / ".stamp").unlink()
    assert hatch_build.build_page(checkout)
    assert contents(static) == first
    assert "index.html" in first


def test_a_changed_source_makes_the_page_stale(checkout: Path) -> None:
    hatch_build.build_page(checkout)
    assert not hatch_build.is_stale(checkout)
    (checkout / "web" / ".DS_Store").write_text("of no account")
    assert not hatch_build.is_stale(checkout)
    (checkout / "web" / "src" / "styles" / "tokens.css").write_text(":root { --ink: red; }")
    assert hatch_build.is_stale(checkout)


def test_without_sources_nothing_is_stale(tmp_path: Path) -> None:
    assert not hatch_build.is_stale(tmp_path)


def test_a_page_that_does_not_build_leaves_the_old_one(checkout: Path) -> None:
    static = checkout / "src" / "musings" / "static"
    static.mkdir()
    (static / "index.html").write_text("the old page")
    (checkout / "web" / "src" / "main.ts").write_text("import './nowhere.ts'")
    with pytest.raises(hatch_build.PageError, match=r"did not build.[\s\S]*nowhere\.ts"):
        hatch_build.build_page(checkout)
    assert contents(static.parent) == {"static/index.html": b"the old page"}


def test_a_registry_out_of_reach_is_said(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (checkout / "web" / "node_modules").unlink()
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_cache", str(checkout / "cache"))
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    with pytest.raises(hatch_build.PageError, match="is the npm registry within reach"):
        hatch_build.build_page(checkout)


@pytest.mark.parametrize(("version", "is_taken"), [("v20.19.0", False), ("v22.11.0", False), ("v22.12.0", True)])
def test_node_from_the_path_must_be_new_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, is_taken: bool
) -> None:
    node = tmp_path / "node"
    node.write_text(f"#!/bin/sh\necho {version}\n")
    node.chmod(0o755)
    script = tmp_path / "npm-cli.js"
    script.write_text("")
    script.chmod(0o755)
    (tmp_path / "npm").symlink_to(script)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert (hatch_build.find_node().node == node) is is_taken


def test_the_dependencies_come_from_their_one_list() -> None:
    metadata: dict[str, Any] = {}
    hatch_build.RunDependencies(str(ROOT), {}).update(metadata)
    lines = (ROOT / "requirements" / "run.in").read_text().splitlines()
    assert metadata["dependencies"] == [line for line in lines if line and not line.startswith("#")]


def test_a_package_carries_the_page(static: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed_wheel:
        packed = {name.partition("static/")[2] for name in packed_wheel.namelist() if "musings/static/" in name}
    assert packed == set(contents(static))
    (source,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        archive.extractall(tmp_path, filter="data")
    (unpacked,) = (path for path in tmp_path.iterdir() if path.is_dir())
    assert not hatch_build.is_stale(unpacked)


def test_the_lock_names_no_registry() -> None:
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text())
    assert lock["packages"]
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []
    assert all(package.get("integrity") for name, package in lock["packages"].items() if name)


def test_the_page_obeys_its_security_policy(static: Path) -> None:
    page = (static / "index.html").read_text()
    scripts = re.findall(r"<script\b([^>]*)>(.*?)</script>", page, re.DOTALL)
    assert [(body, "src=" in attributes) for attributes, body in scripts] == [("", True)]
    assert re.findall(r"(?:src|href)=\"(?!/)[^\"]*\"", page) == []
    hashed = re.findall(r"/assets/[^\"]+", page)
    assert hashed
    assert all(re.fullmatch(r"/assets/[\w.]+-[\w-]{8}\.(js|css)", name) for name in hashed)


def test_the_page_is_light(static: Path) -> None:
    page = (static / "index.html").read_text()
    weight = {
        suffix: sum(
            len(gzip.compress((static / name).read_bytes(), 9))
            for name in re.findall(rf"assets/[^\"]+\.{suffix}", page)
        )
        for suffix in ("js", "css")
    }
    assert 0 < weight["js"] <= INITIAL_SCRIPT_BYTES
    assert 0 < weight["css"] <= INITIAL_STYLE_BYTES


def test_text_files_come_with_smaller_copies(static: Path) -> None:
    """Brotli is read by Node, which wrote it; gzip by Python, which did not."""
    texts = [path for path in static.rglob("*") if path.suffix in (".html", ".js", ".css", ".svg", ".webmanifest")]
    assert {path.suffix for path in texts} == {".html", ".js", ".css", ".svg", ".webmanifest"}
    for path in texts:
        zipped, brotli = Path(f"{path}.gz"), Path(f"{path}.br")
        assert gzip.decompress(zipped.read_bytes()) == path.read_bytes()
        assert brotli.stat().st_size < zipped.stat().st_size < path.stat().st_size
    read = (
        "import {readFileSync as read} from 'fs'; import {brotliDecompressSync as open} from 'zlib';"
        "for (const path of process.argv.slice(1)) if (!open(read(path + '.br')).equals(read(path))) process.exit(1)"
    )
    node = hatch_build.find_node().node
    subprocess.run([str(node), "--input-type=module", "-e", read, *map(str, texts)], check=True)
    originals = {str(path) for path in texts}
    copies = [path for path in static.rglob("*") if path.suffix in (".br", ".gz")]
    assert {str(path).removesuffix(path.suffix) for path in copies} == originals


def test_the_logic_of_the_page_passes_its_own_tests(static: Path) -> None:
    node = hatch_build.find_node().node
    ended = subprocess.run(
        [str(node), "--test", "--test-reporter=tap", "src/**/*.test.ts"],
        cwd=ROOT / "web",
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, ended.stdout
    passed = re.search(r"^# pass (\d+)$", ended.stdout, re.MULTILINE)
    assert passed is not None
    assert int(passed[1]) > 40


def test_the_page_speaks_the_language_of_the_api(tmp_path: Path) -> None:
    """``schema.d.ts`` has every shape of the API with every property; ``hatch_build.py types`` makes it anew."""
    described = subprocess.run(
        [sys.executable, "-m", "musings", "openapi"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=True,
    )
    shapes = json.loads(described.stdout)["components"]["schemas"]
    wanted = {name: set(shape.get("properties", {})) for name, shape in shapes.items()}
    assert _typed_shapes() == wanted, "run: python hatch_build.py types"


def _typed_shapes() -> dict[str, set[str]]:
    source = (ROOT / "web" / "src" / "lib" / "api" / "schema.d.ts").read_text()
    block = source.partition("    schemas: {\n")[2].partition("\n    };\n")[0]
    shapes: dict[str, set[str]] = {}
    name = ""
    for line in block.splitlines():
        if found := re.match(r" {8}(\w+): ", line):
            name = found[1]
            shapes[name] = set()
        elif found := re.match(r" {12}\"?([\w-]+)\"?\??: ", line):
            shapes[name].add(found[1])
    return shapes
