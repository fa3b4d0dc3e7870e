"""What a ``model`` means: a workflow, a kind, or a name of OpenAI's, which stands for the default of its kind."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from musings.makers.base import Workflow
from musings.models import Kind
from musings.openai_api.refusals import ApiRefusal

COMMON: Sequence[tuple[re.Pattern[str], Kind]] = (
    (re.compile(r"(chat)?gpt-image-[\w.-]+|dall-e(-[\w.-]+)?"), Kind.IMAGE),
    (re.compile(r"tts-[\w.-]+|gpt-[\w.]+(-mini)?-tts[\w.-]*"), Kind.VOICE),
    (re.compile(r"(chat)?gpt-[\w.-]+|o[1-9][\w.-]*"), Kind.TEXT),
    (re.compile(r"sora-[\w.-]+"), Kind.VIDEO),
)
"""Names that unchanged clients send. The first that fits counts."""

LISTED: Mapping[Kind, Sequence[str]] = {
    Kind.TEXT: ("gpt-4o", "gpt-4o-mini"),
    Kind.IMAGE: ("gpt-image-1", "dall-e-3"),
    Kind.VOICE: ("tts-1", "tts-1-hd", "gpt-4o-mini-tts"),
    Kind.VIDEO: ("sora-2", "sora-2-pro"),
}
"""Those that ``/v1/models`` names, because clients offer only what is listed there."""

ROUTES: Mapping[Kind, str] = {
    Kind.TEXT: "/v1/chat/completions",
    Kind.IMAGE: "/v1/images/generations",
    Kind.VOICE: "/v1/audio/speech",
    Kind.MUSIC: "/v1/audio/music",
    Kind.VIDEO: "/v1/videos",
}


def workflow_of(model: str | None, kind: Kind, workflows: Sequence[Workflow]) -> str | None:
    """The name of the workflow that a model means; None for the kind's default.

    Raises ``ApiRefusal``: 404 for a name that means nothing, 400 for one of another kind.
    """
    if not model or model == kind.value:
        return None
    # Workflows first: a file may well be called dall-e-3.
    found = [each for each in workflows if each.name == model]
    if any(each.kind is kind for each in found):
        return model
    meant = found[0].kind if found else kind_of(model)
    if meant is None:
        raise _unknown(model)
    if meant is not kind:
        where = f" Use {ROUTES[meant]}." if meant in ROUTES else ""
        words = f"The model {model[:100]!r} makes {meant.value}, and this route asks for {kind.value}.{where}"
        raise ApiRefusal(400, words, param="model", code="model_not_supported")
    return None


def serving(named: str | None, kind: Kind, workflows: Sequence[Workflow]) -> Workflow:
    """The workflow of :func:`workflow_of`'s answer. Raises ``ApiRefusal`` where nothing makes the kind."""
    found = next((each for each in workflows if each.kind is kind and named in (None, each.name)), None)
    if found is None:
        raise ApiRefusal(400, f"model: nothing here makes {kind.value}", param="model", code="model_not_supported")
    return found


def kind_of(model: str) -> Kind | None:
    """What a name of OpenAI's, or a kind's own, stands for."""
    if model in set(Kind):
        return Kind(model)
    return next((kind for pattern, kind in COMMON if pattern.fullmatch(model)), None)


def listed(workflows: Sequence[Workflow]) -> list[dict[str, Any]]:
    """Every model: the workflows, the kinds that one of them serves, and OpenAI's names for those."""
    kinds = [kind for kind in Kind if any(each.kind is kind for each in workflows)]
    named = [_model(each.name, each.kind) for each in workflows]
    served = [_model(kind.value, kind) for kind in kinds]
    common = [_model(name, kind) for kind in kinds for name in LISTED.get(kind, ())]
    # A workflow may bear the name of a kind, or of a model of OpenAI's: it is listed once.
    return list({each["id"]: each for each in [*common, *served, *named]}.values())


def one(model: str, workflows: Sequence[Workflow]) -> dict[str, Any]:
    """One model. Raises ``ApiRefusal`` for a name that means nothing here."""
    found = next((each.kind for each in workflows if each.name == model), kind_of(model))
    if found is None or not any(each.kind is found for each in workflows):
        raise _unknown(model)
    return _model(model, found)


def _unknown(model: str) -> ApiRefusal:
    words = f"The model {model[:100]!r} does not exist. GET /v1/models lists those that do."
    return ApiRefusal(404, words, param="model", code="model_not_found")


def _model(name: str, kind: Kind) -> dict[str, Any]:
    # ``created`` is required by clients, and a workflow knows no such time.
    return {"id": name, "object": "model", "created": 0, "owned_by": "musings", "kind": kind.value}
