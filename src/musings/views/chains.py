"""Chains as the API sends them and the command line prints them."""

from pydantic import BaseModel, Field

from musings.chains import reading
from musings.chains.library import ChainSource, ListedChain
from musings.models import Json, Kind
from musings.views.schemas import JsonMap


class ChainStepMeta(BaseModel):
    name: str
    title: str
    kind: Kind
    prompt_type: str
    workflow: str | None
    ask: str | None = Field(description="what its gate asks: approve, edit, choose or rule; null without a gate")


class ChainParameterMeta(BaseModel):
    name: str
    title: str
    default: Json
    choices: list[Json]
    minimum: float | None
    maximum: float | None


class ChainMeta(BaseModel):
    name: str
    title: str
    description: str
    source: ChainSource
    hash: str = Field(description="names this version: the sha256 of its content")
    parameters: list[ChainParameterMeta]
    steps: list[ChainStepMeta]


class ChainDetail(ChainMeta):
    definition: JsonMap = Field(description="the whole chain, as `POST /api/chains` takes it")


class ChainList(BaseModel):
    items: list[ChainMeta]
    next_cursor: str | None = None


class ChainProblem(BaseModel):
    where: str
    what: str


class ChainCheck(BaseModel):
    """Whether a chain could be stored and run here as it is."""

    ok: bool
    problems: list[ChainProblem]
    hash: str | None


def chain_meta(found: ListedChain) -> ChainMeta:
    return ChainMeta.model_validate(_fields(found))


def chain_detail(found: ListedChain) -> ChainDetail:
    return ChainDetail.model_validate({**_fields(found), "definition": reading.as_object(found.chain)})


def _fields(found: ListedChain) -> dict[str, Json]:
    chain = found.chain
    return {
        "name": chain.name,
        "title": chain.title or chain.name,
        "description": chain.description,
        "source": found.source,
        "hash": found.hash,
        "parameters": [{"name": name, **each.model_dump(mode="json")} for name, each in chain.parameters.items()],
        "steps": [
            {
                "name": each.name,
                "title": each.words,
                "kind": each.makes,
                "prompt_type": each.prompt_type,
                "workflow": each.workflow,
                "ask": None if each.gate is None else each.gate.ask,
            }
            for each in chain.steps
        ],
    }
