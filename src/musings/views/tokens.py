"""Tokens of programs, as the API sends them: never their secrets, but for the one that was made just now."""

from typing import Literal

from pydantic import BaseModel, Field

from musings.store import times
from musings.store.access.tokens import Token
from musings.views.schemas import Time

Grant = Literal["read", "write", "admin"]
"""As ``security.scopes.Scope``, which is for who lets in; here it is only told."""

GRANTS: tuple[Grant, ...] = ("read", "write", "admin")


class TokenMeta(BaseModel):
    id: int
    name: str
    scopes: list[Grant]
    state: Literal["usable", "expired", "revoked"]
    created_at: Time
    expires_at: Time | None
    last_used_at: Time | None


class TokenSecret(TokenMeta):
    """``token`` is shown this once: only its hash is kept."""

    token: str


class TokenList(BaseModel):
    items: list[TokenMeta]
    next_cursor: str | None = None
    needed: bool = Field(description="whether programs are asked for a token here")
    grants: list[Grant] = Field(description="what this caller may give to a token that it makes; none: it makes none")


def token_meta(found: Token) -> TokenMeta:
    state = found.state(times.now())
    return TokenMeta(
        id=found.id,
        name=found.name,
        # A scope of a later version, or of another program's hand, is nothing that this one could grant.
        scopes=[each for each in GRANTS if each in found.scopes],
        state="revoked" if state == "revoked" else "usable" if state == "usable" else "expired",
        created_at=found.created_at,
        expires_at=found.expires_at,
        last_used_at=found.last_used_at,
    )


def with_secret(found: Token, secret: str) -> TokenSecret:
    return TokenSecret(**token_meta(found).model_dump(), token=secret)
