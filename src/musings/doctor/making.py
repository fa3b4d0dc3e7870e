"""What makes things: the poets, the speech server, the workflow files and the servers that run them.

A server that does not answer is a warning: its prompts wait, and all others go on.
"""

from collections.abc import Iterator

from musings.config import Settings
from musings.doctor.findings import Finding, ok, warning
from musings.models import MEDIA_KINDS
from musings.pipelines import Pipelines
from musings.pipelines.base import Backend, Workflow
from musings.pipelines.local import local_problems


def check(settings: Settings, _deep: bool) -> Iterator[Finding]:
    yield from _words(settings)
    yield from _workflows(settings)


def _words(settings: Settings) -> Iterator[Finding]:
    """Who would write, with which models, and whether the speech server answers."""
    pipelines = Pipelines(settings)
    if pipelines.words is not None:
        serving = pipelines.words.serving()
        if serving.ok:
            yield ok("poets", serving.detail, serving.mend)
        else:
            yield warning(
                "poets", serving.detail, serving.mend or "Look at the section `backend` of the configuration."
            )
    for place in pipelines.backends(of=("speech",)):
        if place.reachable:
            yield ok("speech server", str(place.url))
        else:
            mend = "Start it, or correct voice.url. Voice prompts wait until then."
            yield warning("speech server", place.last_error or "does not answer", mend)


def _workflows(settings: Settings) -> Iterator[Finding]:
    """The workflow files and the places that run them. An unreachable server is a warning: the rest goes on."""
    if not settings.media.enabled:
        yield warning("media", "is switched off: image, music and voice prompts wait", "Set media.enabled.")
        return
    for kind in MEDIA_KINDS:
        path = getattr(settings.media.scripts, kind.value)
        if path is not None and not path.is_file():
            mend = f"Put the workflow there, or set media.scripts.{kind} to null. Until then the sketch engine serves."
            yield warning(f"{kind} workflow", f"{path} is not there", mend)
    pipelines = Pipelines(settings)
    try:
        yield from _places(settings, pipelines)
    finally:
        pipelines.close()


def _places(settings: Settings, pipelines: Pipelines) -> Iterator[Finding]:
    found = [each for each in pipelines.workflows() if each.source in ("comfyui", "script")]
    places = pipelines.backends(of=("comfyui", "script"))
    answers = any(place.reachable for place in places if place.kind == "comfyui")
    for each in found:
        yield _workflow(each, pipelines, answers)
    if any(each.source == "script" for each in found):
        for problem in local_problems(settings.media.comfyui):
            yield warning("ComfyUI for scripts", problem, "Scripts need a ComfyUI on this machine.")
    for place in places:
        yield _place(place)
    first = {each.kind: each for each in reversed(pipelines.workflows())}
    sketched = [kind.value for kind, each in first.items() if each.source == "sketch"]
    yield ok("sketch engine", f"serves {', '.join(sorted(sketched)) or 'nothing by itself'}")


def _workflow(found: Workflow, pipelines: Pipelines, answers: bool) -> Finding:
    """A file, and whether a server that answers has the nodes and models for it (``/object_info``)."""
    what = f"workflow {found.name}"
    if found.problem is not None:
        return warning(what, found.problem, "Export it again, or correct its sidecar.")
    if found.source == "comfyui" and answers and pipelines.comfy is not None:
        checked = pipelines.comfy.check(found.name)
        if not checked.usable:
            lacking = " ".join(f"{each.where}: {each.message}" for each in checked.problems)
            return warning(
                what, lacking or "no server can run it", "Install what is missing there, or change the file."
            )
    return ok(what, f"{found.kind}, {found.source}, {len(found.form)} parameters")


def _place(place: Backend) -> Finding:
    what = f"ComfyUI ({place.kind})"
    if not place.reachable:
        mend = "Start it, or correct media.comfyui. Its prompts wait; all others go on."
        return warning(what, place.last_error or "does not answer", mend)
    if place.version:
        return ok(what, f"{place.url}, version {place.version}, {place.queue_length} waiting")
    return ok(what, f"{place.url}")
