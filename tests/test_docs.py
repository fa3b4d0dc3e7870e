"""What is public is written down: a verb, an option, a route or an error without a word in the docs fails here."""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

import musings
from musings import cli
from musings.api import app, broadcast, problems, request_checks
from musings.api.metrics import RequestMetrics, registry_for
from musings.config.settings import Settings
from musings.makers.choice import Makers
from musings.sqlite.database import open_database
from musings.store import tables

ROOT = Path(musings.__file__).parents[2]
DOCS = ROOT / "docs"
COMMAND_LINE = (DOCS / "reference" / "command-line.md").read_text(encoding="utf-8")
API = (DOCS / "reference" / "api.md").read_text(encoding="utf-8")


def sections(text: str) -> dict[str, str]:
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def first_cells(text: str) -> set[str]:
    """What the tables of a section are about: the code in the first cell of each row."""
    return set(re.findall(r"^\| `([^`]+)` \|", text, flags=re.MULTILINE))


def named(action: argparse.Action) -> str:
    return action.option_strings[-1] + (f" {action.metavar}" if action.metavar else "")


def test_every_verb_has_its_section() -> None:
    documented = {
        title.strip("`").removeprefix("musings ") for title in sections(COMMAND_LINE) if title.startswith("`")
    }
    assert documented == set(cli.VERBS)


@pytest.mark.parametrize("verb", cli.VERBS)
def test_every_option_is_in_the_section_of_its_verb(verb: str) -> None:
    section = sections(COMMAND_LINE)[f"`musings {verb}`"]
    actions = [action for action in cli.parser_of(verb)._actions if action.dest not in ("help", "config")]
    options = {named(action) for action in actions if action.option_strings}
    assert first_cells(section) == options
    for action in actions:
        for word in () if action.option_strings else (action.metavar, *(action.choices or ())):
            assert word is None or str(word) in section, word


def test_every_exit_code_is_there() -> None:
    table = re.findall(r"^\| (\d+) \|", sections(COMMAND_LINE)["What holds for every verb"], flags=re.MULTILINE)
    assert {int(code) for code in table} == {0, *(code for _, code in cli.EXIT_CODES)}


@pytest.fixture
def openapi(settings: Settings) -> Iterator[dict[str, Any]]:
    database = open_database(":memory:")
    yield app.make(app.services_for(settings, database)).openapi()
    database.close()


def operations(openapi: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def test_every_route_is_there(openapi: dict[str, Any]) -> None:
    assert first_cells(sections(API)["Routes"]) == {f"{method} {path}" for method, path, _ in operations(openapi)}


def test_every_filter_is_there(openapi: dict[str, Any]) -> None:
    lists = ("/api/prompts", "/api/artifacts", "/api/writings", "/api/search")
    filters = {each["name"] for path in lists for each in openapi["paths"][path]["get"]["parameters"]}
    assert first_cells(sections(API)["Lists"]) == filters - {"limit", "cursor"}


def test_every_field_of_a_request_is_there(openapi: dict[str, Any]) -> None:
    for field in openapi["components"]["schemas"]["NewPromptRequest"]["properties"]:
        assert f"`{field}`" in sections(API)["Submit"], field


def test_every_error_status_is_there(openapi: dict[str, Any]) -> None:
    table = re.findall(r"^\| (\d+) \|", sections(API)["Errors"], flags=re.MULTILINE)
    answered = {status for _, _, operation in operations(openapi) for status in operation["responses"]}
    ours = {str(status) for _, status in problems.STATUS_OF}
    assert set(table) == {status for status in answered | ours if status >= "4"} | {"405"}


def test_every_event_is_there() -> None:
    assert first_cells(sections(API)["Events"]) == set(broadcast.EventName)


def test_every_metric_is_there(settings: Settings) -> None:
    database = open_database(settings.database.path)
    registry = registry_for(database, Makers(settings))
    RequestMetrics(registry)
    families = {each.name for each in text_string_to_metric_families(generate_latest(registry).decode())}
    database.close()
    documented = {name.removesuffix("_total") for name in first_cells(sections(API)["Metrics"])}
    assert families <= documented


def test_every_table_and_column_is_there() -> None:
    found = sections((DOCS / "reference" / "database.md").read_text(encoding="utf-8"))
    assert {title.strip("`"): first_cells(text) for title, text in found.items()} == {
        table.name: {column.name for column in table.columns} for table in tables.metadata.tables.values()
    }


def test_every_limit_is_told() -> None:
    assert f"{request_checks.BODY_BYTES:,} bytes" in API
    assert f"{broadcast.BACKLOG:,} events" in API


def links() -> Iterator[tuple[Path, str]]:
    for page in (*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "poets-service-clean").glob("*.md")):
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                yield page, target


@pytest.mark.parametrize(("page", "target"), list(links()), ids=lambda value: str(value)[-40:])
def test_no_link_leads_nowhere(page: Path, target: str) -> None:
    name, _, place = target.partition("#")
    leads_to = (page.parent / name).resolve() if name else page
    assert leads_to.exists(), target
    if place:
        titles = re.findall(r"^#+ (.+)$", leads_to.read_text(encoding="utf-8"), flags=re.MULTILINE)
        places = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
        assert place in places, target


def test_what_shows_that_a_requirement_is_met_is_there() -> None:
    """Of the table of ASVS requirements: each test that it names, and each of its words for how far it goes."""
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8").partition("## OWASP ASVS")[2]
    named = set(re.findall(r"`(tests/[\w/.]+)`", text))
    assert len(named) > 20
    assert [each for each in sorted(named) if not (ROOT / each).exists()] == []
    verdicts = {row.split("|")[3].strip() for row in text.splitlines() if row.startswith("| ") and "section" not in row}
    assert verdicts == {"met", "in part", "not met", "not met by Musings", "does not apply"}
