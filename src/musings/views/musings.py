"""Musings, which are runs of chains, as the API sends them and the command line prints them."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, Field

from musings.chains import states
from musings.chains.progress import RunStatus, StepProgress, StepState
from musings.chains.states import RunState
from musings.models import Kind
from musings.store.chains import runs
from musings.store.database import Database
from musings.views.present import shallow
from musings.views.schemas import JsonMap, PromptResponse, Time


class MusingStep(BaseModel):
    name: str
    title: str
    kind: Kind
    state: StepState
    problem: str | None = Field(description="why it cannot go on, and what to do")
    ask: str | None = Field(description="what its gate asks of a person now; null while nothing is asked")
    question: str | None
    prompt_ids: list[int]
    edits: dict[str, str] = Field(description="texts that were changed at its gate, by the number of the result")
    chosen: list[int] = Field(description="the numbers of the results that later steps use, once it is completed")


class _Musing(BaseModel):
    id: int
    chain: str
    title: str
    idea: str
    status: RunStatus
    problem: str | None
    priority: int
    created_at: Time
    paused_at: Time | None
    cancelled_at: Time | None


class MusingMeta(_Musing):
    """``status`` is worked out of the prompts whenever somebody asks."""

    steps: list[MusingStep]


class MusingStepDetail(MusingStep):
    prompts: list[PromptResponse] = Field(description="in the order of their numbers, with artifacts and writings")


class MusingDetail(_Musing):
    chain_hash: str = Field(description="the version of the chain that it was started with")
    parameters: JsonMap
    steps: list[MusingStepDetail]


class MusingReceipt(BaseModel):
    """What a token without the scope `read` is told of a musing that it started or changed."""

    id: int
    status: RunStatus
    created_at: Time


class MusingList(BaseModel):
    items: list[MusingMeta]
    next_cursor: str | None


def musing_meta(found: RunState) -> MusingMeta:
    return MusingMeta(**_fields(found), steps=[_step(each) for each in found.progress.steps])


def as_json(database: Database, ids: Sequence[int]) -> dict[int, str]:
    """Those of some ids as JSON, by their ids, as a list shows them."""
    if not ids:  # most events are of prompts that belong to none
        return {}
    with database.read() as connection:
        found = states.of_runs(connection, runs.by_ids(connection, ids))
    return {each.run.id: musing_meta(each).model_dump_json() for each in found}


def musing_detail(found: RunState, prompts: Sequence[PromptResponse]) -> MusingDetail:
    """With its prompts; one that is in the trash, or gone, is none of them."""
    by_id = {each.id: each for each in prompts}
    return MusingDetail(
        **_fields(found),
        chain_hash=found.run.chain_hash,
        parameters=shallow(found.run.parameters),
        steps=[_step_detail(each, by_id) for each in found.progress.steps],
    )


def musing_receipt(found: RunState) -> MusingReceipt:
    return MusingReceipt(id=found.run.id, status=found.progress.status, created_at=found.run.created_at)


def prompt_ids_of(found: RunState) -> list[int]:
    return [row.prompt_id for each in found.progress.steps for row in each.rows if row.prompt_id is not None]


def _fields(found: RunState) -> dict[str, Any]:
    run = found.run
    return {
        "id": run.id,
        "chain": run.chain,
        "title": found.chain.title or run.chain,
        "idea": run.idea,
        "status": found.progress.status,
        "problem": found.progress.problem,
        "priority": run.priority,
        "created_at": run.created_at,
        "paused_at": run.paused_at,
        "cancelled_at": run.cancelled_at,
    }


def _step(found: StepProgress) -> MusingStep:
    asks = found.step.gate if found.state is StepState.ASKING else None
    return MusingStep(
        name=found.step.name,
        title=found.step.words,
        kind=found.step.makes,
        state=found.state,
        problem=found.problem,
        ask=None if asks is None else asks.ask,
        question=None if asks is None else asks.question,
        prompt_ids=[row.prompt_id for row in found.rows if row.prompt_id is not None],
        edits={str(each.number): each.text or "" for each in found.results if each.edited},
        chosen=[each.number for each in found.results],
    )


def _step_detail(found: StepProgress, by_id: Mapping[int, PromptResponse]) -> MusingStepDetail:
    rows = sorted(found.rows, key=lambda each: each.number)
    prompts = [by_id[row.prompt_id] for row in rows if row.prompt_id is not None and row.prompt_id in by_id]
    return MusingStepDetail(**_step(found).model_dump(), prompts=prompts)
