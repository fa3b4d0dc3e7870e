"""The places that prompts need: those whose absence somebody should hear of."""

from urllib.parse import urlsplit, urlunsplit

from musings.config import Settings
from musings.pipelines import Pipelines
from musings.pipelines.base import Backend
from musings.poets.backends import Absent, Backends, is_configured


def needed(settings: Settings, pipelines: Pipelines) -> list[Backend]:
    """Each ComfyUI that a workflow here can use, and the language model where one is set up; asked now."""
    found: list[Backend] = []
    sources = {each.source for each in pipelines.workflows() if each.problem is None}
    if pipelines.comfy is not None and sources & {"comfyui", "script"}:
        found += [each for each in pipelines.comfy.backends() if each.kind in sources]
    if is_configured(settings):
        found.append(language_model(settings))
    return found


def language_model(settings: Settings) -> Backend:
    """The language model server, asked now."""
    answer = Backends(settings).find()
    given = settings.backend.address
    if isinstance(answer, Absent):
        said = str(answer.fault).replace(given, without_login(given))
        return Backend("language model", without_login(given), False, None, None, said)
    models = ", ".join(sorted(set(answer.slots.values())))
    return Backend("language model", without_login(answer.server.url), True, models or None, None, None)


def without_login(url: str) -> str:
    """An address without ``name:password@``, so that it can be shown."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
