"""A call at the door of Comfy API v2, as a route is given it."""

import json
from dataclasses import replace
from typing import Any

from starlette.requests import Request

from musings.api.comfyui_calls import ComfyUICall
from musings.api.comfyui_v2 import V2Call
from musings.config.settings import load
from musings.security.scopes import ANONYMOUS, Caller
from tests.musings.api.comfyui_clients import ComfyUIDoor


def call(
    door: ComfyUIDoor,
    mount: str = "/comfyui",
    caller: Caller = ANONYMOUS,
    *,
    may_read: bool = True,
    **sections: Any,
) -> V2Call:
    """``sections`` are settings, in place of those of the door."""
    services = door.services
    if sections:
        file = door.api.settings.database.path.parent / "other.json"
        file.write_text(json.dumps(sections))
        services = replace(services, settings=load(file, {}, file.parent))
    scope = {"type": "http", "headers": [(b"host", b"here:1")], "path": "/", "scheme": "http", "server": ("here", 1)}
    request = Request({**scope, "state": {"comfyui_mount": mount}})
    return V2Call(ComfyUICall(services, caller), request, may_read=may_read)
