"""What a caller must be allowed for each route: one list, because a list can be reviewed.

A path that no rule names is refused to everybody but an ``admin`` while auth is on, so a route that was forgotten here
is closed, not open; and a test fails for it.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from starlette.routing import compile_path

from musings.api.page import ADDRESSES
from musings.api.problems import responses
from musings.security.scopes import Scope

COMFYUI = "/comfyui"
"""Where the door for clients of ComfyUI is."""


class Requirement(Enum):
    """Beside a scope: ``OPEN`` asks for nothing, ``MEDIA`` for ``read`` or for the signature of a link.

    ``SHARE`` asks for ``read`` and ``write``: who shows a file to others must be one who may see it. ``NAMES`` asks for
    ``read`` or ``write``: what may be asked for is no secret to who may ask. ``OVERSEE`` asks for ``read`` and
    ``admin``: who has others told of prompts, or has them made when nobody is there, must be one who may see them.
    """

    OPEN = "open"
    MEDIA = "media"
    NAMES = "names"
    SHARE = "share"
    OVERSEE = "oversee"
    READ = Scope.READ
    WRITE = Scope.WRITE
    ADMIN = Scope.ADMIN

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """The scopes that are asked for, all of them; none for what is open."""
        if self is Requirement.OPEN:
            return ()
        if self is Requirement.SHARE:
            return (Scope.READ, Scope.WRITE)
        if self is Requirement.OVERSEE:
            return (Scope.READ, Scope.ADMIN)
        return (Scope.READ if self in (Requirement.MEDIA, Requirement.NAMES) else Scope(self.value),)

    def admits(self, scopes: Collection[Scope]) -> bool:
        """Whether somebody with these scopes may call it."""
        if self is Requirement.NAMES and Scope.WRITE in scopes:
            return True
        return all(each in scopes for each in self.scopes)


REQUIREMENTS: tuple[tuple[str, str, Requirement], ...] = (
    ("GET", "/health", Requirement.OPEN),
    ("GET", "/healthz", Requirement.OPEN),
    ("GET", "/readyz", Requirement.OPEN),
    ("GET", "/api/session", Requirement.OPEN),
    ("POST", "/api/login", Requirement.OPEN),
    ("POST", "/api/logout", Requirement.OPEN),
    ("GET", "/metrics", Requirement.READ),
    ("GET", "/docs", Requirement.READ),
    ("GET", "/openapi.json", Requirement.READ),
    ("GET", "/api/prompts", Requirement.READ),
    ("POST", "/api/prompts", Requirement.WRITE),
    ("GET", "/api/prompts/{prompt_id}", Requirement.READ),
    ("PATCH", "/api/prompts/{prompt_id}", Requirement.WRITE),
    ("DELETE", "/api/prompts/{prompt_id}", Requirement.ADMIN),
    ("POST", "/api/prompts/{prompt_id}/cancel", Requirement.WRITE),
    ("POST", "/api/prompts/{prompt_id}/retry", Requirement.WRITE),
    ("POST", "/api/prompts/{prompt_id}/reproduce", Requirement.WRITE),
    ("POST", "/api/prompts/{prompt_id}/restore", Requirement.WRITE),
    ("GET", "/api/prompts/{prompt_id}/artifacts", Requirement.READ),
    ("GET", "/api/prompts/{prompt_id}/log", Requirement.READ),
    ("POST", "/api/uploads", Requirement.WRITE),
    ("GET", "/api/uploads/{ref}", Requirement.READ),
    ("GET", "/api/artifacts", Requirement.READ),
    ("GET", "/api/artifacts/index", Requirement.READ),
    ("GET", "/api/artifacts/counts", Requirement.READ),
    ("GET", "/api/artifacts/{artifact_id}", Requirement.READ),
    ("POST", "/api/artifacts/{artifact_id}/share", Requirement.SHARE),
    ("GET", "/media/{file_path:path}", Requirement.MEDIA),
    ("GET", "/api/media/{file_path:path}", Requirement.MEDIA),
    ("GET", "/shared/musings/{musing_id}", Requirement.MEDIA),
    ("GET", "/api/queue/stats", Requirement.READ),
    ("POST", "/api/queue/pause", Requirement.ADMIN),
    ("POST", "/api/queue/resume", Requirement.ADMIN),
    ("GET", "/api/events", Requirement.READ),
    ("GET", "/api/workflows", Requirement.READ),
    ("POST", "/api/workflows", Requirement.ADMIN),
    ("POST", "/api/workflow-files/inspect", Requirement.ADMIN),
    ("POST", "/api/workflow-files/try", Requirement.ADMIN),
    ("GET", "/api/workflows/{name}", Requirement.READ),
    ("DELETE", "/api/workflows/{name}", Requirement.ADMIN),
    ("GET", "/api/workflows/{name}/check", Requirement.READ),
    ("PUT", "/api/workflows/{name}/default", Requirement.ADMIN),
    ("GET", "/api/workflows/{name}/presets", Requirement.READ),
    ("PUT", "/api/workflows/{name}/presets/{preset}", Requirement.WRITE),
    ("DELETE", "/api/workflows/{name}/presets/{preset}", Requirement.WRITE),
    ("GET", "/api/backends", Requirement.READ),
    ("GET", "/api/writings", Requirement.READ),
    ("GET", "/api/writings/{writing_id}", Requirement.READ),
    ("GET", "/api/writings/{writing_id}/text", Requirement.READ),
    ("PUT", "/api/writings/{writing_id}/tags", Requirement.WRITE),
    ("GET", "/api/tags", Requirement.READ),
    ("GET", "/api/search", Requirement.READ),
    ("GET", "/api/stats", Requirement.READ),
    ("GET", "/api/chains", Requirement.READ),
    ("POST", "/api/chains", Requirement.ADMIN),
    ("POST", "/api/chain-files/check", Requirement.ADMIN),
    ("GET", "/api/chains/{name}", Requirement.READ),
    ("DELETE", "/api/chains/{name}", Requirement.ADMIN),
    ("GET", "/api/musings", Requirement.READ),
    ("POST", "/api/musings", Requirement.WRITE),
    ("GET", "/api/musings/{musing_id}", Requirement.READ),
    ("PATCH", "/api/musings/{musing_id}", Requirement.WRITE),
    ("POST", "/api/musings/{musing_id}/cancel", Requirement.WRITE),
    ("POST", "/api/musings/{musing_id}/pause", Requirement.WRITE),
    ("POST", "/api/musings/{musing_id}/resume", Requirement.WRITE),
    ("POST", "/api/musings/{musing_id}/retry", Requirement.WRITE),
    ("POST", "/api/musings/{musing_id}/gates/{step}", Requirement.WRITE),
    ("POST", "/api/musings/{musing_id}/share", Requirement.SHARE),
    ("GET", "/api/musings/{musing_id}/export", Requirement.READ),
    ("GET", "/api/summary", Requirement.READ),
    ("GET", "/api/webhooks", Requirement.OVERSEE),
    ("POST", "/api/webhooks", Requirement.OVERSEE),
    ("PATCH", "/api/webhooks/{webhook_id}", Requirement.OVERSEE),
    ("DELETE", "/api/webhooks/{webhook_id}", Requirement.OVERSEE),
    ("POST", "/api/webhooks/{webhook_id}/test", Requirement.OVERSEE),
    ("POST", "/api/webhooks/{webhook_id}/new-secret", Requirement.OVERSEE),
    ("GET", "/api/webhook-deliveries", Requirement.OVERSEE),
    ("POST", "/api/webhook-deliveries/{delivery_id}/redeliver", Requirement.OVERSEE),
    # For the caller alone, and of what it may see anyway.
    ("GET", "/api/push", Requirement.READ),
    ("POST", "/api/push/subscriptions", Requirement.READ),
    ("DELETE", "/api/push/subscriptions/{subscription_id}", Requirement.READ),
    ("POST", "/api/push/subscriptions/{subscription_id}/test", Requirement.READ),
    ("GET", "/api/schedules", Requirement.READ),
    # It goes on asking when the token that made it is revoked, and shows what it asks for.
    ("POST", "/api/schedules", Requirement.OVERSEE),
    ("GET", "/api/schedules/{schedule_id}", Requirement.READ),
    ("PATCH", "/api/schedules/{schedule_id}", Requirement.OVERSEE),
    ("DELETE", "/api/schedules/{schedule_id}", Requirement.OVERSEE),
    ("POST", "/api/schedules/{schedule_id}/run", Requirement.SHARE),
    ("GET", "/api/feeds", Requirement.OVERSEE),
    ("POST", "/api/feeds", Requirement.OVERSEE),
    ("DELETE", "/api/feeds/{feed_id}", Requirement.OVERSEE),
    # Letting others in, and keeping them out, is the owner's: but a token gives on no more than it has.
    ("GET", "/api/tokens", Requirement.OVERSEE),
    ("POST", "/api/tokens", Requirement.OVERSEE),
    ("DELETE", "/api/tokens/{token_id}", Requirement.OVERSEE),
    # The address is the secret, as readers and players have no other.
    ("GET", "/feeds/{address}", Requirement.OPEN),
    ("GET", "/feeds/{secret}/file/{file}", Requirement.OPEN),
    ("GET", "/feeds/{secret}/preview/{file}", Requirement.OPEN),
    ("GET", "/feeds/{secret}/chapters/{file}", Requirement.OPEN),
    ("GET", "/v1/models", Requirement.NAMES),
    ("GET", "/v1/models/{model:path}", Requirement.NAMES),
    ("GET", "/v1/audio/models", Requirement.NAMES),
    ("GET", "/v1/audio/voices", Requirement.NAMES),
    ("POST", "/v1/images/generations", Requirement.WRITE),
    ("POST", "/v1/images/edits", Requirement.WRITE),
    ("POST", "/v1/images/variations", Requirement.WRITE),
    ("POST", "/v1/audio/speech", Requirement.WRITE),
    ("POST", "/v1/audio/music", Requirement.WRITE),
    ("POST", "/v1/chat/completions", Requirement.WRITE),
    ("POST", "/v1/responses", Requirement.WRITE),
    ("GET", "/v1/responses/{response_id}", Requirement.READ),
    ("POST", "/v1/responses/{response_id}/cancel", Requirement.WRITE),
    ("GET", "/v1/videos", Requirement.READ),
    ("POST", "/v1/videos", Requirement.WRITE),
    ("GET", "/v1/videos/{video_id}", Requirement.READ),
    ("GET", "/v1/videos/{video_id}/content", Requirement.READ),
    # As for any other prompt that goes into the trash.
    ("DELETE", "/v1/videos/{video_id}", Requirement.ADMIN),
    # What may be asked for is no secret to who may ask, and no client of ComfyUI does without it.
    ("GET", "/comfyui", Requirement.NAMES),
    ("GET", "/comfyui/object_info", Requirement.NAMES),
    ("GET", "/comfyui/object_info/{name:path}", Requirement.NAMES),
    ("GET", "/comfyui/system_stats", Requirement.NAMES),
    ("GET", "/comfyui/features", Requirement.NAMES),
    ("GET", "/comfyui/embeddings", Requirement.NAMES),
    ("GET", "/comfyui/models", Requirement.NAMES),
    ("GET", "/comfyui/models/{folder}", Requirement.NAMES),
    ("GET", "/comfyui/prompt", Requirement.NAMES),
    ("POST", "/comfyui/prompt", Requirement.WRITE),
    ("GET", "/comfyui/queue", Requirement.READ),
    ("POST", "/comfyui/queue", Requirement.WRITE),
    ("GET", "/comfyui/history", Requirement.READ),
    ("POST", "/comfyui/history", Requirement.WRITE),
    ("GET", "/comfyui/history/{job_id:path}", Requirement.READ),
    ("GET", "/comfyui/api/jobs", Requirement.READ),
    ("GET", "/comfyui/api/jobs/{job_id:path}", Requirement.READ),
    ("GET", "/comfyui/view", Requirement.READ),
    ("POST", "/comfyui/upload/image", Requirement.WRITE),
    ("POST", "/comfyui/upload/mask", Requirement.WRITE),
    ("POST", "/comfyui/interrupt", Requirement.WRITE),
    ("POST", "/comfyui/free", Requirement.WRITE),
    ("GET", "/comfyui/ws", Requirement.READ),
    # As /healthz: it tells nothing but that somebody answers.
    ("GET", "/comfyui/api/v2/health", Requirement.OPEN),
    ("GET", "/comfyui/api/v2/jobs", Requirement.READ),
    ("POST", "/comfyui/api/v2/jobs", Requirement.WRITE),
    ("GET", "/comfyui/api/v2/jobs/{job_id}", Requirement.READ),
    ("GET", "/comfyui/api/v2/jobs/{job_id}/workflow", Requirement.READ),
    ("GET", "/comfyui/api/v2/jobs/{job_id}/events", Requirement.READ),
    ("POST", "/comfyui/api/v2/jobs/{job_id}/cancel", Requirement.WRITE),
    ("POST", "/comfyui/api/v2/assets", Requirement.WRITE),
    ("POST", "/comfyui/api/v2/assets/from-hash", Requirement.WRITE),
    # Of what they sent themselves, for who may not read.
    ("GET", "/comfyui/api/v2/assets/by-hash/{digest}", Requirement.NAMES),
    ("GET", "/comfyui/api/v2/assets/{asset_id}", Requirement.READ),
    ("DELETE", "/comfyui/api/v2/assets/{asset_id}", Requirement.WRITE),
    ("GET", "/comfyui/api/v2/assets/{asset_id}/content", Requirement.READ),
    # Who may ask for anything may call it; each tool then asks for its own scopes.
    ("GET", "/mcp", Requirement.NAMES),
    ("POST", "/mcp", Requirement.NAMES),
    ("DELETE", "/mcp", Requirement.NAMES),
    # The page itself holds no secret: it is what asks for the password.
    *(("GET", address, Requirement.OPEN) for address in ADDRESSES),
    ("GET", "/assets/{file_path:path}", Requirement.OPEN),
)
BESIDE_THE_PAGE = re.compile(r"/[\w-]+\.(svg|png|ico|webmanifest|txt)")
STREAMS = re.compile(r"/api/events|/comfyui/api/v2/jobs/[^/]+/events")
STRICTEST = (
    Requirement.OPEN,
    Requirement.MEDIA,
    Requirement.NAMES,
    Requirement.READ,
    Requirement.WRITE,
    Requirement.SHARE,
    Requirement.ADMIN,
    Requirement.OVERSEE,
)


@dataclass(frozen=True)
class RouteRequirement:
    """What a request needs, and which file or musing it names when a signature would do."""

    requirement: Requirement
    file_path: str | None = None
    musing_id: str | None = None


_COMPILED = tuple((method, compile_path(path)[0], requirement) for method, path, requirement in REQUIREMENTS)


def requirement_of(method: str, path: str) -> RouteRequirement:
    """What a request needs; ``path`` is as the router sees it, decoded. Of several rules the strictest counts."""
    asked = "GET" if method in ("HEAD", "OPTIONS") else method
    found = [
        _named(requirement, match.groupdict())
        for rule_method, pattern, requirement in _COMPILED
        if rule_method == asked and (match := pattern.match(path))
    ]
    if not found:
        beside = asked == "GET" and BESIDE_THE_PAGE.fullmatch(path)
        return RouteRequirement(Requirement.OPEN if beside else Requirement.ADMIN)
    return max(found, key=lambda each: STRICTEST.index(each.requirement))


def _named(requirement: Requirement, names: Mapping[str, str]) -> RouteRequirement:
    # Elsewhere a signature counts for nothing, whatever the path names.
    if requirement is not Requirement.MEDIA:
        return RouteRequirement(requirement)
    return RouteRequirement(requirement, names.get("file_path"), names.get("musing_id"))


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
            scopes = (requirement_of_operation(method, path) or Requirement.ADMIN).scopes
            refusals = (401, 403, 429) if scopes else (403, 429)
            answers = operation.setdefault("responses", {})
            for status, said in responses(*refusals).items():
                answers.setdefault(str(status), said)
            if scopes:
                operation["security"] = [{"token": [*map(str, scopes)]}, {"session": []}, *([] if required else [{}])]


def is_stream(path: str) -> bool:
    """Whether what is answered there has no end by itself."""
    return bool(STREAMS.fullmatch(path))


def is_door(path: str) -> bool:
    """Whether a path belongs to the protocol of another program."""
    return is_openai(path) or is_comfyui(path) or path == "/mcp"


def is_comfyui(path: str) -> bool:
    """Whether a path belongs to ComfyUI's protocol, whose errors have a shape of their own."""
    return path == COMFYUI or path.startswith(f"{COMFYUI}/")


def is_openai(path: str) -> bool:
    """Whether a path belongs to OpenAI's protocol, whose errors have a shape of their own."""
    return path == "/v1" or path.startswith("/v1/")


def requirement_of_operation(method: str, path: str) -> Requirement | None:
    """What the list says of an operation of the OpenAPI document; None when it says nothing."""
    asked = "GET" if method.upper() == "HEAD" else method.upper()
    plain = {(rule_method, re.sub(r":\w+}", "}", rule)): requirement for rule_method, rule, requirement in REQUIREMENTS}
    return plain.get((asked, path))
