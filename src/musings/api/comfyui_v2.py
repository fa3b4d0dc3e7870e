"""A call at the door for clients of Comfy API v2: who calls, by which address, and what they may see."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Header
from starlette.requests import Request

from musings.api import files
from musings.api.access_control import access_of
from musings.api.comfyui_calls import CLOSED, ComfyUICall, body_of, text_in
from musings.api.services import Given, Services
from musings.comfyui_api import v2_jobs
from musings.comfyui_api.refusals import GraphRefusal
from musings.comfyui_api.v2_jobs import Addresses, ToldJob
from musings.comfyui_api.v2_refusals import V2Refusal
from musings.models import Prompt
from musings.security.scopes import Scope

PATH = "/api/v2"
KEYS = uuid.UUID("6d757369-6e67-4373-8b65-797376320000")
"""Of the ids that are made from keys (RFC 9562, section 5.5)."""
LONGEST_KEY = 255
NO_ASSET = "There is no such asset: it was never here, was removed, or has expired."
GONE = "output_unavailable"
"""The code of the protocol's self-hosted proxy for an output whose bytes are there no more."""


@dataclass(frozen=True)
class V2Call:
    """One call. ``may_read``: the caller sees what others sent and made, as everywhere in Musings."""

    door: ComfyUICall
    request: Request
    may_read: bool

    @property
    def services(self) -> Services:
        return self.door.services

    @property
    def owner(self) -> str | None:
        return self.door.owner

    @property
    def addresses(self) -> Addresses:
        mount: str = self.request.state.comfyui_mount
        # At a port of its own the door is all there is, and the public address leads elsewhere.
        base = self.services.base_of(self.request) if mount else str(self.request.base_url).rstrip("/")
        absolute = f"{base}{mount}{PATH}"
        return Addresses(urlsplit(absolute).path, absolute, self.expires, media_type)

    def expires(self, prompt: Prompt) -> datetime:
        """When the retention removes a job; far away where nothing does."""
        retention = self.services.settings.media.retention
        ended = prompt.completed_at or prompt.created_at
        if retention.max_age_days is None or ended is None or prompt.kind not in retention.kinds:
            return v2_jobs.FOREVER
        if prompt.starred and retention.keep_starred:
            return v2_jobs.FOREVER
        return ended + timedelta(days=retention.max_age_days)

    def read_text(self, file_path: str) -> str:
        return text_in(self.services, file_path)

    def shown(self, told: ToldJob) -> dict[str, Any]:
        """The ``Job``, as far as the caller may see it."""
        return v2_jobs.job(told, self.addresses, self.read_text, whole=self.may_read)

    async def body(self) -> dict[str, Any]:
        """The JSON object of the body, or ``V2Refusal``."""
        try:
            return await body_of(self.request)
        except GraphRefusal as error:
            raise V2Refusal(400, "invalid_request", str(error)) from error


async def _calling(request: Request, services: Given) -> V2Call:
    if not services.settings.doors.comfyui:
        raise V2Refusal(404, "door_closed", CLOSED)
    access = access_of(request)
    return V2Call(ComfyUICall(services, access.caller), request, access.may(Scope.READ))


V2Calling = Annotated[V2Call, Depends(_calling)]
"""The call, as a parameter of a route."""


async def _key(given: Annotated[str | None, Header(alias="Idempotency-Key")] = None) -> str | None:
    if given is not None and not (given.isprintable() and 0 < len(given) <= LONGEST_KEY):
        words = f"Idempotency-Key must have 1 to {LONGEST_KEY} characters that can be printed."
        raise V2Refusal(422, "invalid_request", words)
    return given


V2Key = Annotated[str | None, Depends(_key)]
"""The ``Idempotency-Key`` of a call, as a parameter of a route."""


def id_from(call: V2Call, what: str, key: str | None) -> str:
    """The id of what a call makes: the same for the same caller and key, else a fresh one.

    Made from the key and not kept beside it: no two rows have one id, so that nothing can come in between.
    """
    return str(uuid.uuid4() if key is None else uuid.uuid5(KEYS, f"{what}\0{call.owner or ''}\0{key}"))


def media_type(file_path: str) -> str:
    suffix = file_path[file_path.rfind(".") :].lower()
    return files.MEDIA_TYPES.get(suffix, files.UNKNOWN)
