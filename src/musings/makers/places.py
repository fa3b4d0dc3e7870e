"""The places that prompts need: those whose absence somebody should hear of."""

from dataclasses import replace

from musings.config.settings import Settings
from musings.makers.base import Backend
from musings.makers.choice import Makers
from musings.makers.poets.backends import is_configured


def needed(settings: Settings, pipelines: Makers) -> list[Backend]:
    """Each ComfyUI that a workflow here can use, and the servers for words and voices where they are set up.

    Asked now, which may take seconds. No address and no error repeats a secret.
    """
    wanted = {each.source for each in pipelines.workflows() if each.problem is None} & {"comfyui", "script"}
    if is_configured(settings):
        wanted.add("llm")
    if settings.voice.url:
        wanted.add("speech")
    hidden = settings.redactor()
    return [
        replace(each, url=each.url and hidden(each.url), last_error=each.last_error and hidden(each.last_error))
        for each in pipelines.backends(wanted)
        if each.kind in wanted
    ]
