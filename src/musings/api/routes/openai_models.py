"""``/v1/models`` and the lists of voices, for clients of OpenAI's protocol."""

from typing import Any

from fastapi import APIRouter

from musings.api.calls import Calling
from musings.models import Kind
from musings.openai_api import model_names, voices

# None of the routes of this protocol is in our OpenAPI document: its errors are no problem documents, and OpenAI
# describes it.
routes = APIRouter(prefix="/v1", include_in_schema=False)


@routes.get("/models")
def models(call: Calling) -> dict[str, Any]:
    """Every name that a call may give as its model."""
    return {"object": "list", "data": model_names.listed(call.services.pipelines.workflows())}


@routes.get("/models/{model:path}")
def one(call: Calling, model: str) -> dict[str, Any]:
    return model_names.one(model, call.services.pipelines.workflows())


@routes.get("/audio/models")
def speaking(call: Calling) -> dict[str, Any]:
    """As Open WebUI asks for the models of a speech server."""
    listed = model_names.listed(call.services.pipelines.workflows())
    return {"models": [{"id": each["id"]} for each in listed if each["kind"] == Kind.VOICE]}


@routes.get("/audio/voices")
def voice_list(call: Calling) -> dict[str, Any]:
    """As Open WebUI asks for the voices of a speech server: those of the default voice workflow."""
    default = next((each for each in call.services.pipelines.workflows() if each.kind is Kind.VOICE), None)
    names = [] if default is None else voices.offered(default)
    return {"voices": [{"id": name, "name": name} for name in names]}
