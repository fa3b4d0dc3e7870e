"""What makes things: the poets, the speech server, the workflow files and the servers that run them.

A server that does not answer is a warning: its prompts wait, and all others go on.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from musings.config.settings import Settings
from musings.doctor.findings import Finding, failure, ok, warning
from musings.errors import MusingsError
from musings.makers.base import BackendState, Workflow
from musings.makers.choice import Makers
from musings.makers.script.local import local_problems
from musings.models import MEDIA_KINDS
from musings.sqlite import schema
from musings.sqlite.location import where
from musings.store.gallery.defaults import WorkflowDefaults


def check(settings: Settings, _deep: bool) -> Iterator[Finding]:
    yield from _words(settings)
    yield from _workflows(settings)


def _words(settings: Settings) -> Iterator[Finding]:
    """Who would write, with which models, and whether the speech server answers."""
    for each in Makers(settings).serving():
        if each.ok:
            yield ok(each.what, each.detail, each.mend)
        else:
            yield warning(each.what, each.detail, each.mend or "Look at the section `backend` of the configuration.")


def _workflows(settings: Settings) -> Iterator[Finding]:
    """The workflow files and the places that run them. An unreachable server is a warning: the rest goes on."""
    if not settings.media.enabled:
        yield warning("media", "is switched off: video, image, music and voice prompts wait", "Set media.enabled.")
        return
    with _defaults(settings) as defaults:
        pipelines = Makers(settings, defaults=defaults)
        try:
            yield from _places(settings, pipelines)
        finally:
            pipelines.close()


@contextmanager
def _defaults(settings: Settings) -> Iterator[WorkflowDefaults | None]:
    """The defaults that are kept; None where there is no database of this version yet. Nothing is made or changed."""
    place = where(settings.database)
    if not place.exists():
        yield None
        return
    database = place.open()
    try:
        is_ours = schema.version(database) == schema.HEAD
    except MusingsError:  # another check tells what is wrong with it
        is_ours = False
    try:
        yield WorkflowDefaults(database) if is_ours else None
    finally:
        database.close()


def _places(settings: Settings, pipelines: Makers) -> Iterator[Finding]:
    every = pipelines.workflows()
    found = [each for each in every if each.is_file]
    places = pipelines.backends(of=("comfyui", "script"))
    answers = any(place.reachable for place in places if place.kind == "comfyui")
    for each in found:
        yield _workflow(each, pipelines, answers)
    if any(each.source == "script" for each in found):
        for problem in local_problems(settings.media.comfyui):
            yield warning("ComfyUI for scripts", problem, "Scripts need a ComfyUI on this machine.")
    for place in places:
        yield _place(place)
    serving = {each.kind: each for each in every if each.default and each.kind in MEDIA_KINDS}
    for kind, each in serving.items():
        if each.reason is not None:
            continue  # said above, as a failure
        yield ok(f"default for {kind}", f"{each.name} makes what names no workflow")
    sketched = [kind.value for kind, each in serving.items() if each.source == "sketch"]
    yield ok("sketch engine", f"serves {', '.join(sorted(sketched)) or 'nothing by itself'}")


def _workflow(found: Workflow, pipelines: Makers, answers: bool) -> Finding:
    """A file, and whether a server that answers has the nodes and models for it (``/object_info``).

    What cannot run is a failure where prompts that name no workflow wait for it, else a warning.
    """
    what = f"workflow {found.name}"
    if found.reason is not None and found.default:
        mend = f"Until then {found.kind} prompts wait. Mend it, or name another: `musings workflows default`."
        return failure(f"{found.kind} workflow", f"{found.name}: {found.reason}", mend)
    if found.problem is not None:
        return warning(what, found.problem, "Export it again, or correct its sidecar.")
    if found.source == "comfyui" and answers:
        checked = pipelines.check(found.name)
        if not checked.usable:
            lacking = " ".join(f"{each.where}: {each.message}" for each in checked.problems)
            return warning(
                what, lacking or "no server can run it", "Install what is missing there, or change the file."
            )
    return ok(what, f"{found.kind}, {found.source}, {len(found.form)} parameters")


def _place(place: BackendState) -> Finding:
    what = f"ComfyUI ({place.kind})"
    if place.asleep:
        return ok(what, f"{place.url} does not answer, and is woken when a prompt needs it")
    if not place.reachable:
        mend = "Start it, or correct media.comfyui. Its prompts wait; all others go on."
        return warning(what, place.last_error or "does not answer", mend)
    if place.version:
        return ok(what, f"{place.url}, version {place.version}, {place.queue_length} waiting")
    return ok(what, f"{place.url}")
