"""Whatever another program wrote into a column, the row is read."""

import json
import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import text

from musings.models import Json, Kind
from musings.store import rows
from musings.store.database import Database
from musings.store.gallery import artifacts, lists, prompts
from musings.store.gallery.lists import PromptFilter
from musings.store.tables import prompts as prompts_table

GARBAGE: list[object] = [
    "",
    "no json",
    "[1, 2]",
    "null",
    "7",
    '"words"',
    '{"a": NaN, "b": Infinity}',
    '{"a": 1e999}',
    "{" * 5000,
]
GARBAGE += ['{"a": "\\ud800"}', "[" * 100_000, b"\xff\xfe", 12, -0.5]
ODD = some.one_of(
    some.none(), some.integers(-(2**63), 2**63 - 1), some.floats(), some.text(max_size=20), some.binary(max_size=20)
)
COLUMNS = [each.name for each in prompts_table.columns if each.nullable and each.name not in ("id", "deleted_at")]


@pytest.mark.parametrize("found", GARBAGE)
def test_a_json_column_with_garbage_is_an_object_that_json_can_say(database: Database, found: object) -> None:
    with database.write() as connection:
        connection.execute(
            text("INSERT INTO prompts (prompt_text, metadata, artifact_metadata, parameters) VALUES ('x', :g, :g, :g)"),
            {"g": found},
        )
    prompt = database.reading(prompts.get, 1)
    for value in (prompt.metadata, prompt.parameters, prompt.artifact_metadata or {}):
        assert isinstance(value, dict)
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode("utf-8")


def test_json_that_is_not_an_object_is_kept(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("INSERT INTO prompts (prompt_text, metadata) VALUES ('x', '[1, 2]'), ('y', 'oops')"))
    assert database.reading(prompts.get, 1).metadata == {"value": [1, 2]}
    assert database.reading(prompts.get, 2).metadata == {"value": "oops"}


def test_bytes_that_are_no_utf8_are_read_as_text(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("INSERT INTO prompts (prompt_text) VALUES (CAST(x'666fff78' AS TEXT))"))
        connection.execute(text("INSERT INTO prompts (prompt_text) VALUES (x'666f78')"))
    assert database.reading(prompts.get, 1).prompt_text == "fo\N{REPLACEMENT CHARACTER}x"
    assert database.reading(prompts.get, 2).prompt_text == "fox"


@settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture], max_examples=40, deadline=None
)
@given(some.dictionaries(some.sampled_from(COLUMNS), ODD, min_size=1))
def test_no_value_in_any_column_breaks_the_list(database: Database, values: dict[str, object]) -> None:
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    with database.write() as connection:
        connection.execute(text("DELETE FROM prompts"))
        connection.execute(text(f"INSERT INTO prompts (prompt_text, {names}) VALUES ('x', {marks})"), values)
    [found] = database.reading(lists.listing, PromptFilter(), 10, None).items
    assert found.prompt_text == "x"
    assert found.kind is None or found.kind in Kind
    database.reading(lists.positions, [found])


def test_an_artifact_with_nothing_in_it_is_read(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("INSERT INTO prompts (prompt_text) VALUES ('x')"))
        connection.execute(text("INSERT INTO prompt_artifacts (prompt_id) VALUES (1)"))
        connection.execute(text("INSERT INTO prompt_artifacts (prompt_id, file_path) VALUES (1, x'ff')"))
    one, two = database.reading(artifacts.of_prompts, [1])
    assert (one.artifact_type, one.file_path, one.metadata) == ("other", "", {})
    assert two.file_path == "\N{REPLACEMENT CHARACTER}"


JSONS: some.SearchStrategy[Json] = some.recursive(
    some.none()
    | some.booleans()
    | some.floats()
    | some.integers()
    | some.text(some.characters(exclude_categories=()), max_size=8),
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@given(some.dictionaries(some.text(max_size=5), JSONS, max_size=5))
def test_what_is_dumped_is_strict_json_in_utf8(value: dict[str, Json]) -> None:
    written = rows.dump(value)
    written.encode("utf-8")

    def refuse(name: str) -> None:
        raise AssertionError(name)

    assert set(json.loads(written, parse_constant=refuse)) == set(value)


def test_numbers_that_json_cannot_say_become_null() -> None:
    written = rows.dump({"a": math.nan, "b": [math.inf, {"c": -math.inf}], "d": (1.5,)})
    assert json.loads(written) == {"a": None, "b": [None, {"c": None}], "d": [1.5]}
