"""What a caller must be allowed for each route: one list, because a list can be reviewed.

A path that no rule names is refused to everybody but an ``admin`` while auth is on, so a route that was forgotten here
is closed, not open; and a test fails for it.
"""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Any

from starlette.routing import compile_path

from musings.api.page import ADDRESSES
from musings.api.problems import responses
from musings.security.scopes import Scope


class Need(Enum):
    """Beside a scope: ``OPEN`` asks for nothing, ``MEDIA`` for ``read`` or for the signature of a link."""

    OPEN = "open"
    MEDIA = "media"
    READ = Scope.READ
    WRITE = Scope.WRITE
    ADMIN = Scope.ADMIN

    @property
    def scope(self) -> Scope | None:
        """The scope that is asked for; None for what is open."""
        if self is Need.OPEN:
            return None
        return Scope.READ if self is Need.MEDIA else Scope(self.value)


RULES: tuple[tuple[str, str, Need], ...] = (
    ("GET", "/health", Need.OPEN),
    ("GET", "/healthz", Need.OPEN),
    ("GET", "/readyz", Need.OPEN),
    ("GET", "/api/session", Need.OPEN),
    ("POST", "/api/login", Need.OPEN),
    ("POST", "/api/logout", Need.OPEN),
    ("GET", "/metrics", Need.READ),
    ("GET", "/docs", Need.READ),
    ("GET", "/openapi.json", Need.READ),
    ("GET", "/api/prompts", Need.READ),
    ("POST", "/api/prompts", Need.WRITE),
    ("GET", "/api/prompts/{prompt_id}", Need.READ),
    ("PATCH", "/api/prompts/{prompt_id}", Need.WRITE),
    ("DELETE", "/api/prompts/{prompt_id}", Need.ADMIN),
    ("POST", "/api/prompts/{prompt_id}/cancel", Need.WRITE),
    ("POST", "/api/prompts/{prompt_id}/retry", Need.WRITE),
    ("POST", "/api/prompts/{prompt_id}/reproduce", Need.WRITE),
    ("POST", "/api/prompts/{prompt_id}/restore", Need.WRITE),
    ("GET", "/api/prompts/{prompt_id}/artifacts", Need.READ),
    ("GET", "/api/prompts/{prompt_id}/log", Need.READ),
    ("POST", "/api/uploads", Need.WRITE),
    ("GET", "/api/uploads/{ref}", Need.READ),
    ("GET", "/api/artifacts", Need.READ),
    ("GET", "/api/artifacts/{artifact_id}", Need.READ),
    ("POST", "/api/artifacts/{artifact_id}/share", Need.WRITE),
    ("GET", "/media/{file_path:path}", Need.MEDIA),
    ("GET", "/api/media/{file_path:path}", Need.MEDIA),
    ("GET", "/api/queue/stats", Need.READ),
    ("POST", "/api/queue/pause", Need.ADMIN),
    ("POST", "/api/queue/resume", Need.ADMIN),
    ("GET", "/api/events", Need.READ),
    ("GET", "/api/workflows", Need.READ),
    ("POST", "/api/workflows", Need.ADMIN),
    ("GET", "/api/workflows/{name}", Need.READ),
    ("DELETE", "/api/workflows/{name}", Need.ADMIN),
    ("GET", "/api/workflows/{name}/check", Need.READ),
    ("PUT", "/api/workflows/{name}/default", Need.ADMIN),
    ("GET", "/api/backends", Need.READ),
    ("GET", "/api/writings", Need.READ),
    ("GET", "/api/writings/{writing_id}", Need.READ),
    ("GET", "/api/writings/{writing_id}/text", Need.READ),
    ("PUT", "/api/writings/{writing_id}/tags", Need.WRITE),
    ("GET", "/api/tags", Need.READ),
    ("GET", "/api/search", Need.READ),
    ("GET", "/api/stats", Need.READ),
    # The page itself holds no secret: it is what asks for the password.
    *(("GET", address, Need.OPEN) for address in ADDRESSES),
    ("GET", "/assets/{file_path:path}", Need.OPEN),
)
BESIDE_THE_PAGE = re.compile(r"/[\w-]+\.(svg|png|ico|webmanifest|txt)")
STRICTEST = (Need.OPEN, Need.MEDIA, Need.READ, Need.WRITE, Need.ADMIN)


@dataclass(frozen=True)
class Ruling:
    """What a request needs, and which file it names when a signature would do."""

    need: Need
    file_path: str | None = None


_COMPILED = tuple((method, compile_path(path)[0], need) for method, path, need in RULES)


def ruling(method: str, path: str) -> Ruling:
    """What a request needs; ``path`` is as the router sees it, decoded. Of several rules the strictest counts."""
    asked = "GET" if method in ("HEAD", "OPTIONS") else method
    found = [
        Ruling(need, match.groupdict().get("file_path") if need is Need.MEDIA else None)
        for rule_method, pattern, need in _COMPILED
        if rule_method == asked and (match := pattern.match(path))
    ]
    if not found:
        beside = asked == "GET" and BESIDE_THE_PAGE.fullmatch(path)
        return Ruling(Need.OPEN if beside else Need.ADMIN)
    return max(found, key=lambda each: STRICTEST.index(each.need))


def is_named(path: str) -> bool:
    """Whether any rule is about this path, whatever the method."""
    return bool(BESIDE_THE_PAGE.fullmatch(path)) or any(pattern.match(path) for _, pattern, _ in _COMPILED)


def describe(schema: dict[str, Any], *, required: bool) -> None:
    """Say in an OpenAPI document what each operation asks for, and how it refuses. ``required``: auth is on."""
    schema.setdefault("components", {})["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "a token of `musings token create`"},
        "session": {"type": "apiKey", "in": "cookie", "name": "musings_session", "description": "a login of the page"},
    }
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            scope = (need_of_operation(method, path) or Need.ADMIN).scope
            refusals = (403, 429) if scope is None else (401, 403, 429)
            answers = operation.setdefault("responses", {})
            for status, said in responses(*refusals).items():
                answers.setdefault(str(status), said)
            if scope is not None:
                operation["security"] = [{"token": [scope.value]}, {"session": []}, *([] if required else [{}])]


def need_of_operation(method: str, path: str) -> Need | None:
    """What the list says of an operation of the OpenAPI document; None when it says nothing."""
    asked = "GET" if method.upper() == "HEAD" else method.upper()
    plain = {(rule_method, re.sub(r":\w+}", "}", rule)): need for rule_method, rule, need in RULES}
    return plain.get((asked, path))
