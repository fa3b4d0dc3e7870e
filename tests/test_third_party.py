"""What others made: every package has an accepted licence, the list is true, and the wheel carries it."""

import importlib.metadata
import json
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import third_party
from third_party import Package, Rules

from tests.paths import ROOT

RULES = Rules.read(ROOT)


def test_every_package_has_a_licence_that_is_accepted_and_the_list_is_true() -> None:
    found = third_party.packages(ROOT, RULES)
    assert third_party.faults(found, RULES) == []
    assert (ROOT / "THIRD-PARTY.md").read_text(encoding="utf-8") == third_party.document(found, RULES), (
        "run `python third_party.py write`"
    )


@pytest.mark.parametrize(
    ("licence", "said"),
    [
        (None, "says no licence"),
        ("AGPL-3.0-only", "AGPL-3.0-only is not accepted"),
        ("MIT AND (Apache-2.0 OR SSPL-1.0)", "SSPL-1.0 is not accepted"),
        ("Proprietary", "Proprietary is not accepted"),
    ],
)
def test_a_new_licence_is_found_out(licence: str | None, said: str) -> None:
    [fault] = third_party.faults([Package("new", "1.0", licence, "pypi")], RULES)
    assert said in fault


def test_what_is_installed_is_what_the_rules_speak_of() -> None:
    """No rule stands for a package that is not locked any more, and nothing that the wheels hold is forgotten."""
    names = {each.name for each in third_party.packages(ROOT, RULES)}
    assert set(RULES.said) <= names
    held = {each.name for each in importlib.metadata.files("av") or () if "x264" in each.name or "x265" in each.name}
    told = {each["name"] for each in RULES.inside if each["package"] == "av"}
    assert bool(held) <= ({"x264", "x265"} <= told)


def test_what_is_in_the_page_is_in_the_list() -> None:
    """Every package that a file of the page imports, and what those need in a browser."""
    sources = [*(ROOT / "web" / "src").rglob("*.ts"), *(ROOT / "web" / "src").rglob("*.svelte")]
    read = (path.read_text(encoding="utf-8") for path in sources if not path.name.endswith(".test.ts"))
    lines = (line for text in read for line in text.splitlines() if not line.startswith("import type"))
    text = "\n".join(lines)
    needed = json.loads((ROOT / "web" / "package.json").read_text(encoding="utf-8"))
    every = {**needed["dependencies"], **needed["devDependencies"]}
    imported = {name for name in every if f"from '{name}" in text or f"import('{name}" in text}
    assert imported - {"vite"} <= set(RULES.page)


def test_the_bill_needs_nothing_that_is_installed_and_says_the_same() -> None:
    found = [replace(each, note="") for each in third_party.packages(ROOT, RULES)]
    assert sorted(third_party.listed(ROOT), key=lambda each: (each.kind, each.name)) == found


def test_the_wheel_carries_the_bill_with_the_hashes_of_the_lock(tmp_path: Path) -> None:
    words = ["hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run([sys.executable, "-m", *words], cwd=ROOT, check=True, capture_output=True, timeout=300)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        (name,) = [each for each in packed.namelist() if each.endswith(".dist-info/sboms/musings.cdx.json")]
        bill = json.loads(packed.read(name))
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    [fastapi] = [each for each in bill["components"] if each["name"] == "fastapi"]
    assert fastapi["purl"] == f"pkg:pypi/fastapi@{fastapi['version']}"
    assert fastapi["licenses"] == [{"expression": "MIT"}]
    lock = (ROOT / "requirements" / "run.txt").read_text()
    assert fastapi["hashes"]
    assert all(f"sha256:{each['content']}" in lock for each in fastapi["hashes"])
    refs = {each["bom-ref"] for each in bill["components"]}
    assert set(bill["dependencies"][0]["dependsOn"]) == refs
    assert bill["serialNumber"].startswith("urn:uuid:")
