"""The state machine: what may become of what, and that nothing else in the code changes a status."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, event

from musings.models import KIND_OF_TYPE, Kind, NewPrompt, PromptStatus
from musings.sqlite import due
from musings.store import rows
from musings.store.database import Database
from musings.store.gallery import prompts as stored
from musings.store.queue import admission, states, submission
from musings.store.queue.states import RULES, Actor, Foreign, Transition, transition
from musings.store.tables import prompts
from tests.musings.store.queue.taking import shell

SOURCE = Path(__file__).parents[4] / "src" / "musings"
MOVES = [each for each in Transition if RULES[each].begins and RULES[each].by is not Actor.ADOPTION]
WORDS = [*PromptStatus, None, "unprocessed", "queued", "archived"]
RAW = re.compile(r"UPDATE prompts SET (?:.*\W)?(?:artifact_)?status\s*=|INSERT INTO prompts\W.*\bstatus\b", re.DOTALL)


def word_of(status: str | None) -> PromptStatus | Foreign:
    if status in set(PromptStatus):
        return PromptStatus(str(status))
    return Foreign.WAITING if status is None or status in rows.WAITING_STATUSES else Foreign.UNKNOWN


@pytest.mark.parametrize("name", MOVES)
@pytest.mark.parametrize("prompt_type", ["image", "poem"])
def test_only_what_may_begin_changes_anything(database: Database, name: Transition, prompt_type: str) -> None:
    for status in WORDS:
        made, _ = database.writing(submission.add, NewPrompt("a fox", prompt_type))
        shell(database, f"UPDATE prompts SET status = {'NULL' if status is None else repr(str(status))}")
        shell(database, "UPDATE prompts SET artifact_status = 'untouched'")
        with database.write() as connection:
            changed = transition(connection, name, prompts.c.id == made.id)
        found = database.reading(stored.get, made.id)
        if word_of(status) in RULES[name].begins:
            assert changed == [made.id]
            assert found.status == RULES[name].ends
            assert found.artifact_status == states.artifact_status(prompt_type, RULES[name].ends)
        else:
            assert changed == []
            assert found.artifact_status == "untouched"


@pytest.mark.parametrize("name", MOVES)
def test_a_transition_of_some_rows_looks_at_no_others(database: Database, name: Transition) -> None:
    plans: list[str] = []

    def explain(connection: Connection, _cursor: object, sql: str, values: tuple[object, ...], *_rest: object) -> None:
        if sql.startswith("UPDATE"):
            plans.append(str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values).all()))

    event.listen(database.engine, "before_cursor_execute", explain)
    with database.write() as connection:
        transition(connection, name, prompts.c.id.in_(admission.OUTSIDE))
    [plan] = plans
    assert "SEARCH prompts USING INTEGER PRIMARY KEY" in plan
    assert "musings_prompts_status" not in plan


def test_a_running_prompt_is_ended_by_its_attempt_or_by_recovery_alone() -> None:
    others = {Actor.RECORDER, Actor.ADOPTION}  # a tool of the owner's; a database that has no worker yet
    enders = {rule.by for rule in RULES.values() if PromptStatus.PROCESSING in rule.begins}
    assert enders == {Actor.ATTEMPT, Actor.RECOVERY, *others}


def test_every_status_can_be_reached_and_left() -> None:
    assert {rule.ends for rule in RULES.values()} == set(PromptStatus)
    assert set(PromptStatus) <= {
        each for rule in RULES.values() if rule.by is not Actor.RECORDER for each in rule.begins
    }


def test_a_text_has_no_artifact_status() -> None:
    for prompt_type, kind in KIND_OF_TYPE.items():
        for status in PromptStatus:
            assert (states.artifact_status(prompt_type, status) is None) == (kind is Kind.TEXT)


def test_the_front_door_knows_the_same_text_types() -> None:
    assert re.findall(r"'(\w+)'", due.NOT_TEXT) == list(states.TEXT_TYPES)


def test_every_transition_is_made_by_its_one_module() -> None:
    made = {(file.stem, name) for file in sources() for name in named_in(ast.parse(file.read_text()))}
    raw = {(Actor.ADOPTION.value, Transition.ADOPT.name), (Actor.SUBMITTER.value, Transition.SUBMIT.name)}
    named = {(rule.by.value, name.name) for name, rule in RULES.items()}
    passed_on = {("endings", "COMPLETE")}  # made where its artifacts are recorded
    assert made | raw == named
    assert passed_on <= made


def test_nothing_else_writes_a_status() -> None:
    wrong = [f"{file.name}:{line}" for file in sources() for line in writes_in(ast.parse(file.read_text()))]
    assert wrong == []


@pytest.mark.parametrize(
    "source",
    [
        "update(prompts).values(status=PromptStatus.PENDING)",
        "update(prompts).values({'status': 'pending'})",
        "update(prompts).values(artifact_status=None)",
        "execute('UPDATE prompts SET status = 1')",
        "execute(f'UPDATE prompts SET attempt = 1, artifact_status = {x}')",
    ],
)
def test_that_test_sees_a_status_that_is_written(source: str) -> None:
    assert list(writes_in(ast.parse(source)))


def sources() -> Iterator[Path]:
    """Every module but the state machine, the migrations of old tables, and the adoption of foreign ones."""
    for file in SOURCE.rglob("*.py"):
        if file.name not in ("states.py", "adoption.py", "adopted_rows.py") and "migrations" not in file.parts:
            yield file


def named_in(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Transition":
            yield node.attr


def writes_in(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "values":
            if "update(prompts)" in ast.unparse(node.func) or "insert(prompts)" in ast.unparse(node.func):
                names: set[object] = {each.arg for each in node.keywords}
                names |= {key.value for each in ast.walk(node) if isinstance(each, ast.Dict) for key in each.keys
                          if isinstance(key, ast.Constant)}  # fmt: skip
                if names & {"status", "artifact_status"}:
                    yield node.lineno
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and RAW.search(node.value):
            yield node.lineno
