"""What is installed is named whole and hashed, and no committed file names a package registry's host (ADR 3)."""

import json
import re
import subprocess
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1]
LOCKS = sorted((HOUSE / "requirements").glob("*.txt"))
# The hosts of the registries of Python, JavaScript, Go, Rust and containers, in pieces so that this file names none.
HOSTS = [
    ("pypi", "org"),
    ("pythonhosted", "org"),
    ("npmjs", "org"),
    ("npmjs", "com"),
    ("yarnpkg", "com"),
    ("golang", "org"),
    ("crates", "io"),
    ("docker", "io"),
    ("ghcr", "io"),
    ("gcr", "io"),
    ("quay", "io"),
]
NAMED = re.compile("|".join(rf"(?<![\w-]){name}\.{end}(?![\w-])" for name, end in HOSTS), re.IGNORECASE)


def committed() -> list[Path]:
    """Every file that git keeps, or would keep."""
    asked = ["git", "-C", str(HOUSE), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        said = subprocess.run(asked, capture_output=True, check=True).stdout.decode()
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is not a git checkout")
    return [path for name in said.split("\0") if name and (path := HOUSE / name).is_file()]


def test_no_committed_file_names_a_registry() -> None:
    found = []
    for path in committed():
        for number, line in enumerate(path.read_bytes().decode("utf-8", "replace").splitlines(), 1):
            if NAMED.search(line):
                found.append(f"{path.relative_to(HOUSE)}:{number}")
    assert found == []


@pytest.mark.parametrize("host", HOSTS)
def test_such_a_name_would_be_seen(host: tuple[str, str]) -> None:
    name = ".".join(host)
    assert NAMED.search(f"--index-url https://{name}/simple")
    assert NAMED.search(f"https://files.{name}/x")
    assert not NAMED.search(f"my{name}")


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_requirement_is_pinned_and_hashed(lock: Path) -> None:
    text = re.sub(r"\\\n", " ", lock.read_text())
    entries = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert entries
    for entry in entries:
        assert re.match(
            r"^[a-z0-9][a-z0-9._-]*(\[[a-z0-9,._-]+\])?==[^\s;]+(\s*;[^#]*?)?(\s+--hash=sha256:[0-9a-f]{64})+\s*$",
            entry,
        ), f"{lock.name}: {entry[:80]}"


PINNED = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[a-z0-9,._-]+\])?==([^\s;]+)", re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_python_has_the_same_packages(lock: Path) -> None:
    """What only another Python installs is what no test here has met."""
    markers = [line for line in lock.read_text().splitlines() if re.search(r";.*\bpython_(full_)?version\b", line)]
    assert markers == []


def test_a_package_has_one_version_in_all_locks() -> None:
    versions: dict[str, set[str]] = {}
    for lock in LOCKS:
        for name, version in PINNED.findall(lock.read_text()):
            versions.setdefault(name, set()).add(version)
    assert len(versions) > 20
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


def names_in(path: Path) -> set[str]:
    """The packages that a requirement file asks for, those it includes as well."""
    found: set[str] = set()
    for line in path.read_text().splitlines():
        if line.startswith("-r "):
            found |= names_in(path.parent / line.removeprefix("-r ").strip())
        elif match := re.match(r"[A-Za-z0-9._-]+", line):
            found.add(match[0].lower().replace("_", "-"))
    return found


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_lock_holds_what_its_source_asks_for(lock: Path) -> None:
    assert names_in(lock.with_suffix(".in")) <= names_in(lock)


def test_the_pages_lock_has_no_addresses() -> None:
    lock = json.loads((HOUSE / "web" / "package-lock.json").read_text())
    packages = {name: each for name, each in lock["packages"].items() if name}
    assert packages
    assert [name for name, each in packages.items() if "resolved" in each] == []
    assert [name for name, each in packages.items() if "integrity" not in each and not each.get("link")] == []
