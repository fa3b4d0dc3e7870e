"""The places that prompts need: those whose absence somebody should hear of."""

from dataclasses import replace

from musings.config.settings import Settings
from musings.makers.base import BackendState
from musings.makers.choice import Makers


def needed(settings: Settings, makers: Makers) -> list[BackendState]:
    """Each ComfyUI that a workflow here can use, and the servers for words and voices where they are set up.

    Asked now, which may take seconds. No address and no error repeats a secret.
    """
    hidden = settings.redactor()
    return [
        replace(each, url=each.url and hidden(each.url), last_error=each.last_error and hidden(each.last_error))
        for each in makers.needed()
    ]
