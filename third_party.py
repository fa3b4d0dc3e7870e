"""What others made and Musings installs or ships: its licences, in a list, checked; and a bill of materials.

    python third_party.py write         write THIRD-PARTY.md from what is installed
    python third_party.py check         fail where a package has no licence that is accepted, or the list is out of date
    python third_party.py sbom FILE     write a CycloneDX 1.6 document (JSON), with the hashes of the lock

What is installed is read from the metadata of the packages (core metadata 2.4,
SPDX expressions); what metadata do not say, or say wrongly, is in
``requirements/licences.toml`` with the reason. The packages are those of ``requirements/run.txt``,
so that the list is the same on every system,
and those of ``web/package-lock.json`` that are in the page.
"""

import importlib.metadata
import json
import re
import sys
import tomllib
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
TARGET = "THIRD-PARTY.md"
LOCKED = re.compile(
    r"^(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)==(?P<version>[^\s;\\]+)(?P<rest>(?:[^\n]*\\\n)*[^\n]*)", re.MULTILINE
)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
KINDS = {"pypi": "Python packages", "npm": "In the page"}
ROW = re.compile(r"^\| ([^|\s]+) \| ([^|\s]+) \| ([^|(\n]+?)(?: \([^|\n]*\))? \|$", re.MULTILINE)
PARTS = re.compile(r"\s+(?:AND|OR|WITH)\s+|[()]")


@dataclass(frozen=True)
class Package:
    """Something of somebody else. ``licence`` is an SPDX expression,
    or None where nothing says one; ``hashes`` are SHA-256."""

    name: str
    version: str
    licence: str | None
    kind: str  # pypi or npm
    hashes: Sequence[str] = ()
    note: str = ""

    @property
    def url(self) -> str:
        """The package URL (https://github.com/package-url/purl-spec)."""
        return f"pkg:{self.kind}/{self.name.replace('@', '%40')}@{self.version}"


@dataclass(frozen=True)
class Rules:
    """``accepted`` SPDX identifiers; ``said`` what metadata do not say,
    by package; ``inside`` what is in packages beside them."""

    accepted: frozenset[str]
    said: Mapping[str, Mapping[str, str]]
    inside: Sequence[Mapping[str, str]]
    page: Sequence[str]

    @classmethod
    def read(cls, root: Path) -> "Rules":
        found = tomllib.loads((root / "requirements" / "licences.toml").read_text(encoding="utf-8"))
        return cls(frozenset(found["accepted"]), found["package"], found["inside"], found["page"])


def packages(root: Path, rules: Rules) -> list[Package]:
    """Everything that runs with Musings, by name."""
    return sorted([*_python(root, rules), *_page(root, rules)], key=lambda each: (each.kind, each.name))


def faults(found: Iterable[Package], rules: Rules) -> list[str]:
    """What keeps a package from being accepted, in words."""
    wrong = []
    for each in found:
        unknown = sorted(set(identifiers(each.licence)) - rules.accepted)
        if each.licence is None:
            wrong.append(
                f"{each.name} {each.version} says no licence: find it out and write it into requirements/licences.toml"
            )
        elif unknown:
            wrong.append(
                f"{each.name} {each.version} is under {each.licence}, and {', '.join(unknown)} is not accepted"
            )
    return wrong


def identifiers(expression: str | None) -> list[str]:
    """The licences that an SPDX expression names."""
    return [part for part in PARTS.split(expression or "") if part]


def document(found: Sequence[Package], rules: Rules) -> str:
    """``THIRD-PARTY.md``."""
    lines = [
        "# Third-party software", "",
        "Made by `python third_party.py write` from what is installed; a test keeps it true. "
        "[ADR 14](docs/adr/0014-licences.md) says what the whole is.", "",
        "Musings itself is under Apache-2.0. It installs these packages, and its page holds those of the second list.",
        "",
    ]  # fmt: skip
    for kind, title in KINDS.items():
        lines += [f"## {title}", "", "| package | version | licence |", "|---|---|---|"]
        lines += [
            f"| {each.name} | {each.version} | {each.licence}{each.note} |" for each in found if each.kind == kind
        ]
        lines.append("")
    lines += ["## Libraries inside packages", "", "| library | inside | licence | what for |", "|---|---|---|---|"]
    lines += [f"| {each['name']} | {each['package']} | {each['licence']} | {each['use']} |" for each in rules.inside]
    return "\n".join(lines) + "\n"


def bill(found: Sequence[Package], version: str) -> dict[str, Any]:
    """A CycloneDX 1.6 document (https://cyclonedx.org/docs/1.6/json/); the same packages make the same one."""
    components = [
        {
            "type": "library",
            "bom-ref": each.url,
            "name": each.name,
            "version": each.version,
            "purl": each.url,
            "licenses": [{"expression": each.licence}] if each.licence else [],
            **({"hashes": [{"alg": "SHA-256", "content": sum_} for sum_ in each.hashes]} if each.hashes else {}),
        }
        for each in found
    ]
    own = f"pkg:pypi/musings@{version}"
    serial = uuid.uuid5(uuid.NAMESPACE_URL, own + json.dumps(components, sort_keys=True))
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application", "bom-ref": own, "name": "musings", "version": version, "purl": own,
                "licenses": [{"expression": "Apache-2.0"}],
            }
        },
        "components": components,
        "dependencies": [{"ref": own, "dependsOn": [each.url for each in found]}],
    }  # fmt: skip


def listed(root: Path) -> list[Package]:
    """The packages of ``THIRD-PARTY.md``, with the hashes of the lock: for a build, where none of them is installed."""
    text = (root / TARGET).read_text(encoding="utf-8")
    locked = (root / "requirements" / "run.txt").read_text(encoding="utf-8")
    sums = {each["name"].lower(): tuple(sorted(HASH.findall(each["rest"]))) for each in LOCKED.finditer(locked)}
    found = []
    for kind, title in KINDS.items():
        for name, version, licence in ROW.findall(text.partition(f"## {title}\n")[2].partition("\n## ")[0]):
            if version == "version":  # the head of the table
                continue
            hashes = sums.get(name, ()) if kind == "pypi" else ()
            found.append(Package(name, version, licence, kind, hashes))
    return found


def write_bill(root: Path, target: Path) -> None:
    """The bill of materials of a checkout or an unpacked source distribution."""
    target.write_text(json.dumps(bill(listed(root), version_of(root)), indent=2) + "\n", encoding="utf-8")


def version_of(root: Path) -> str:
    found = re.search(
        r'^VERSION = "([^"]+)"', (root / "src" / "musings" / "version.py").read_text(encoding="utf-8"), re.MULTILINE
    )
    if found is None:
        raise SystemExit("src/musings/version.py names no VERSION.")
    return found[1]


def _python(root: Path, rules: Rules) -> Iterator[Package]:
    for entry in LOCKED.finditer((root / "requirements" / "run.txt").read_text(encoding="utf-8")):
        name, said = entry["name"].lower(), rules.said.get(entry["name"].lower(), {})
        licence = said.get("licence") or _installed(name)
        note = f" ({said['note']})" if said.get("note") else ""
        yield Package(name, entry["version"], licence, "pypi", tuple(sorted(HASH.findall(entry["rest"]))), note)


def _installed(name: str) -> str | None:
    """What the metadata of an installed package say, when they say it as SPDX has it."""
    try:
        found = importlib.metadata.metadata(name).json
    except importlib.metadata.PackageNotFoundError:
        return None
    given = str(found.get("license_expression") or found.get("license") or "")
    return given if given and "\n" not in given and len(given) < 80 else None


def _page(root: Path, rules: Rules) -> Iterator[Package]:
    locked = json.loads((root / "web" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    for name in rules.page:
        found = locked[f"node_modules/{name}"]
        yield Package(name, found["version"], found.get("license"), "npm")


def main(words: Sequence[str]) -> int:
    """Returns 0, or 1 where something is wrong."""
    rules = Rules.read(ROOT)
    found = packages(ROOT, rules)
    wrong = faults(found, rules)
    match list(words):
        case ["write"]:
            (ROOT / TARGET).write_text(document(found, rules), encoding="utf-8")
        case ["check"]:
            if (ROOT / TARGET).read_text(encoding="utf-8") != document(found, rules):
                wrong.append(f"{TARGET} is out of date: run `python third_party.py write`")
        case ["sbom", target]:
            write_bill(ROOT, Path(target))
        case _:
            raise SystemExit(__doc__)
    for each in wrong:
        print(each, file=sys.stderr)  # noqa: T201 (a command)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
