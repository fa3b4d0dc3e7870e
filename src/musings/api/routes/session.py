"""``/api/login``, ``/api/logout`` and ``/api/session``: the owner at the page."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from musings.api import cookies
from musings.api.access_control import Access, access_of, too_many
from musings.api.authentication import Authenticator
from musings.api.problems import answer, responses
from musings.logs import get
from musings.security.passwords import MOST_CHARACTERS
from musings.security.rate_limits import LoginThrottle
from musings.security.scopes import EVERY_SCOPE, Scope
from musings.store.access.sessions import Session
from musings.views import schemas


class Login(BaseModel):
    model_config = ConfigDict(extra="forbid")

    password: Annotated[str, Field(min_length=1, max_length=MOST_CHARACTERS)]


class SessionState(BaseModel):
    """``csrf`` is what the page sends back in ``X-CSRF-Token`` with every change; null without a session."""

    auth_required: bool
    authenticated: bool
    scopes: list[Scope] = Field(description="what this caller may do")
    expires_at: schemas.Time | None
    csrf: str | None
    password_set: bool = Field(description="whether there is a password to log in with")


@dataclass(frozen=True)
class Logins:
    """What logging in takes; ``clock`` tells the seconds that the throttle counts."""

    authenticator: Authenticator
    throttle: LoginThrottle
    clock: Callable[[], float] = time.monotonic


async def logins_of(request: Request) -> Logins:
    """Those of the application that answers."""
    found: Logins = request.app.state.logins
    return found


GivenLogins = Annotated[Logins, Depends(logins_of)]

routes = APIRouter(tags=["session"])


@routes.get("/api/session", response_model=SessionState, responses=responses(503))
def session(logins: GivenLogins, request: Request) -> SessionState:
    """Whether auth is asked for, and what this caller may do."""
    access = access_of(request)
    return _state(access, access.authentication.session, has_password=logins.authenticator.has_password)


@routes.post("/api/login", response_model=SessionState, responses=responses(400, 401, 413, 422, 429, 503, 507))
def login(logins: GivenLogins, request: Request, body: Login) -> Response:
    """Begin a session of the page; its id comes as a cookie. An older session of this browser ends."""
    access = access_of(request)
    wait = logins.throttle.attempt(access.address, logins.clock())
    if wait > 0:
        return too_many("Too many passwords were tried.", wait).answer
    begun = logins.authenticator.login(body.password)
    if begun is None:
        get("api").warning("login refused", address=access.address)
        if not logins.authenticator.has_password:
            return answer(401, "No password is set. Set one on the server: `musings token password`.")
        return answer(401, "That is not the password.")
    logins.throttle.succeeded(access.address)
    get("api").info("login", address=access.address)
    if access.authentication.session is not None:
        logins.authenticator.logout(access.authentication.session.id)
    found, secret = begun
    state = _state(access, found, has_password=logins.authenticator.has_password)
    said = Response(state.model_dump_json(), media_type="application/json")
    said.headers.append("Set-Cookie", cookies.write(secret, found.expires_at, https=access.https))
    return said


@routes.post("/api/logout", status_code=204, response_class=Response, responses=responses(503, 507))
def logout(logins: GivenLogins, request: Request) -> Response:
    """End the session of this browser; twice is harmless."""
    access = access_of(request)
    if access.authentication.session is not None:
        logins.authenticator.logout(access.authentication.session.id)
    said = Response(status_code=204)
    said.headers.append("Set-Cookie", cookies.forget(https=access.https))
    said.headers["Clear-Site-Data"] = '"cache"'
    return said


def _state(access: Access, session: Session | None, *, has_password: bool) -> SessionState:
    known = session is not None or access.caller.is_known
    scopes = EVERY_SCOPE if session or not access.required else access.caller.scopes
    return SessionState(
        auth_required=access.required,
        authenticated=known,
        scopes=sorted(scopes),
        expires_at=session.expires_at if session else None,
        csrf=session.csrf if session else None,
        password_set=has_password,
    )
