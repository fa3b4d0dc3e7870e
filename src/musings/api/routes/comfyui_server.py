"""``/comfyui/object_info`` and the other pages that describe a server: here all servers as if they were one."""

import platform
import sys
from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from musings.api.comfyui_calls import ComfyUICall, ComfyUICalling
from musings.comfyui_api import model_lists
from musings.models import JsonObject

BACKEND = "comfyui"
UNKNOWN = "0.0.0"

routes = APIRouter(prefix="/comfyui", include_in_schema=False)


@routes.get("")
def hello(call: ComfyUICalling) -> dict[str, Any]:  # noqa: ARG001 (the door must be open)
    """For clients that look whether anybody is there."""
    return {"message": "Musings speaks ComfyUI's protocol here."}


@routes.get("/object_info")
def object_info(call: ComfyUICalling) -> Response:
    """Every node class that some server has; the choices of an input are those of all of them."""
    # As it came: to have half a megabyte looked through and copied for every call would cost seconds.
    return JSONResponse(_classes(call))


@routes.get("/object_info/{name:path}")
def one_class(call: ComfyUICalling, name: str) -> Response:
    found = _classes(call).get(name)
    return JSONResponse({} if found is None else {name: found})


@routes.get("/system_stats")
def system_stats(call: ComfyUICalling) -> dict[str, Any]:
    """The version of the first server that answers, and the devices of all."""
    # Asked now, as on the page of servers: clients look here to see whether it works.
    there = [each for each in call.services.pipelines.backends({BACKEND}) if each.reachable]
    devices = [device for each in there for device in each.devices]
    system = {
        "os": sys.platform,
        "comfyui_version": next((each.version for each in there if each.version), UNKNOWN),
        "python_version": platform.python_version(),
        "pytorch_version": "none",
        "embedded_python": False,
        "ram_total": 0,
        "ram_free": 0,
        "argv": ["musings"],
    }
    return {"system": system, "devices": [{**device, "index": place} for place, device in enumerate(devices)]}


@routes.get("/features")
def features(call: ComfyUICalling) -> dict[str, Any]:
    return features_of(call.services.settings.upload_bytes)


@routes.get("/embeddings")
def embeddings(call: ComfyUICalling) -> list[str]:  # noqa: ARG001
    """None: no node tells of them."""
    return []


@routes.get("/models")
def folders(call: ComfyUICalling) -> list[str]:
    return model_lists.folders(_classes(call))


@routes.get("/models/{folder}")
def models(call: ComfyUICalling, folder: str) -> JSONResponse:
    found = model_lists.files(_classes(call), folder)
    return JSONResponse(found) if found is not None else JSONResponse([], 404)


def features_of(upload_bytes: int) -> dict[str, Any]:
    """What this server can do, as clients ask for it here and on the socket."""
    return {"supports_preview_metadata": True, "max_upload_size": upload_bytes}


def _classes(call: ComfyUICall) -> JsonObject:
    return call.services.pipelines.classes() or {}
