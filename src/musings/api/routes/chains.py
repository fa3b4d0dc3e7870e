"""``/api/chains`` and ``/api/chain-files``: the chains there are, checked, stored and removed."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, model_validator

from musings.api.problems import responses
from musings.api.services import Given
from musings.chains import library, reading
from musings.chains.definition import Chain
from musings.errors import InvalidInputError
from musings.views import chains as views
from musings.views.schemas import JsonMap

routes = APIRouter(tags=["chains"])

ChainName = Annotated[str, Path(min_length=1, max_length=100)]


class ChainBody(BaseModel):
    """A chain, as a JSON object or as the text of a TOML file."""

    model_config = ConfigDict(extra="forbid")

    chain: JsonMap | None = None
    toml: str | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "ChainBody":
        if (self.chain is None) is (self.toml is None):
            raise ValueError("give chain or toml, and not both")
        return self

    def read(self) -> Chain:
        return reading.from_toml(self.toml) if self.toml is not None else reading.from_object(self.chain or {})


@routes.get("/api/chains", responses=responses(503))
def listing(services: Given) -> views.ChainList:
    """Every chain that can be run, in the order of their names."""
    return views.ChainList(items=[views.chain_meta(each) for each in services.database.reading(library.listing)])


@routes.post("/api/chains", status_code=201, responses=responses(400, 413, 422, 503, 507))
def store(services: Given, body: ChainBody) -> views.ChainDetail:
    """Keep a chain under its name, in the place of what had the name. Musings that run go on with their version."""
    chain = body.read()
    library.check_makers(chain, services.pipelines)
    return views.chain_detail(services.database.writing(library.store, chain))


@routes.post("/api/chain-files/check", responses=responses(400, 413, 422, 503))
def check(services: Given, body: ChainBody) -> views.ChainCheck:
    """Whether a chain could be stored and run here, with every fault; nothing is kept."""
    try:
        chain = body.read()
        library.check_makers(chain, services.pipelines)
    except InvalidInputError as error:
        problems = [views.ChainProblem(where=each.where, what=each.message) for each in error.faults]
        return views.ChainCheck(ok=False, problems=problems, hash=None)
    return views.ChainCheck(ok=True, problems=[], hash=reading.version_of(chain).hash)


@routes.get("/api/chains/{name}", responses=responses(404, 422, 503))
def one(services: Given, name: ChainName) -> views.ChainDetail:
    """One with its whole definition."""
    return views.chain_detail(services.database.reading(library.named, name))


@routes.delete("/api/chains/{name}", status_code=204, responses=responses(404, 422, 503, 507))
def remove(services: Given, name: ChainName) -> None:
    """Forget a chain that was stored; musings of it go on. One that comes with Musings stays."""
    services.database.writing(library.remove, name)
