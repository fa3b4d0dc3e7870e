"""``/api/tokens``: tokens of programs, made, listed and ended by whoever may, with no more than they have."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request

from musings.api.access_control import Access, access_of
from musings.api.problems import responses
from musings.api.services import Given
from musings.logs import get
from musings.security import credentials
from musings.security.scopes import Scope
from musings.store import times
from musings.store.access import tokens
from musings.views import tokens as views

MOST_DAYS = 3650
NOBODY = (
    "Nobody is asked who they are here, so nobody can be trusted to let others in. "
    "Make the token on the server: `musings token create NAME --scope write`."
)

Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\s\x00-\x1f\x7f]([^\x00-\x1f\x7f]*\S)?$")]

routes = APIRouter(prefix="/api/tokens", tags=["tokens"])


class NewToken(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[Name, Field(description="what it is for, such as shortcuts-on-my-phone")]
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=len(Scope))]
    expires_days: Annotated[int | None, Field(ge=1, le=MOST_DAYS, description="null: until it is revoked")] = None


@routes.get("", responses=responses(503))
def listing(services: Given, request: Request) -> views.TokenList:
    """Every token without its secret, newest first, and whether programs are asked for one."""
    access = access_of(request)
    found = services.database.reading(tokens.listing)
    settings = services.settings
    # The doors ask wherever other machines may call, whatever the page does (see ``access_control``).
    needed = access.required or settings.needs_auth or settings.faces_network
    return views.TokenList(
        items=[views.token_meta(each) for each in found],
        needed=needed,
        grants=[each for each in views.GRANTS if each in _grants(access)],
    )


@routes.post("", status_code=201, responses=responses(400, 403, 409, 413, 422, 503, 507))
def create(services: Given, request: Request, body: NewToken) -> views.TokenSecret:
    """Make a token. The answer has it, this once. It may do no more than whoever makes it."""
    access = access_of(request)
    grants = _grants(access)
    if not grants:
        raise HTTPException(403, NOBODY)
    if missing := [each for each in body.scopes if each not in grants]:
        held = ", ".join(sorted(grants))
        raise HTTPException(403, f"A token may do no more than who makes it: not {', '.join(missing)}, only {held}.")
    scopes = [each for each in Scope if each in body.scopes]
    expires = times.now() + timedelta(days=body.expires_days) if body.expires_days else None
    secret = credentials.new_token()
    made = services.database.writing(tokens.add, body.name, credentials.digest(secret), scopes, expires)
    # Who let whom in is what one looks for after a break-in.
    get("api").info("token made", token=made.id, scopes=",".join(scopes), by=f"{access.caller.kind} {access.caller.id}")
    return views.with_secret(made, secret)


@routes.delete("/{token_id}", status_code=204, responses=responses(404, 422, 503, 507))
def revoke(services: Given, token_id: Annotated[int, Path(ge=1, lt=2**63)]) -> None:
    """End a token at once; twice is harmless."""
    services.database.writing(tokens.revoke, token_id)


def _grants(access: Access) -> frozenset[Scope]:
    """What a caller may give on. One that nobody knows gives nothing, also where it may do everything itself.

    Else whoever reaches a page without a password could let themselves in at the doors, which ask for a token in every
    case, and stay in when a password is set later.
    """
    return access.caller.scopes if access.caller.is_known else frozenset()
