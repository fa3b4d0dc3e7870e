"""The version is said once."""

import re
import tomllib
from importlib.metadata import version

from musings.version import VERSION, __version__
from tests.paths import ROOT


def test_what_is_installed_is_what_the_module_says() -> None:
    assert version("musings") == VERSION == __version__


def test_the_build_reads_it_from_here() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert "version" in project["project"]["dynamic"]
    assert project["tool"]["hatch"]["version"]["path"] == "src/musings/version.py"


def test_it_is_one_that_package_indexes_order() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+((a|b|rc)\d+|\.dev\d+)?", VERSION)
