"""The ComfyUI side of the choice: the workflow library, the servers, and which of the two ways runs a file."""

from collections.abc import Callable

from musings.comfy.checking import check
from musings.comfy.client import LOOK_SECONDS, Server
from musings.comfy.pool import Pool
from musings.comfy.tending import LOOK_SECONDS as LOOK_EVERY_SECONDS
from musings.config import Settings
from musings.errors import Fault, InvalidInputError, MusingsError
from musings.models import Kind, WorkflowVersion
from musings.pipelines.base import Backend, Checked, Chosen, Lacking, Pipeline, Workflow
from musings.pipelines.comfyui import ComfyUIPipeline
from musings.pipelines.local import local_problems
from musings.pipelines.script import ScriptPipeline
from musings.warm.keeper import GIGABYTE, Keeper
from musings.workflows.classes import ClassTable
from musings.workflows.library import Library, WorkflowFile


class Comfy:
    """Opened once for each process; servers are asked only when a prompt needs them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        scripts = settings.media.scripts
        chosen = {kind: getattr(scripts, kind.value) for kind in (Kind.IMAGE, Kind.MUSIC, Kind.VOICE)}
        comfyui = settings.media.comfyui
        verify = comfyui.verify_tls if isinstance(comfyui.verify_tls, bool) else str(comfyui.verify_tls)
        look = min(LOOK_SECONDS, comfyui.unreachable_seconds)
        self.pool = Pool(
            [
                Server(url, headers=settings.comfyui_headers, verify=verify, look_seconds=look)
                for url in comfyui.servers
            ],
            limit=comfyui.jobs_per_server,
        )
        warm = comfyui.warm_scripts
        self._keeper = (
            Keeper(idle_seconds=warm.idle_minutes * 60, most_bytes=warm.max_gigabytes * GIGABYTE)
            if warm.enabled
            else None
        )
        named = {kind: path for kind, path in chosen.items() if path}
        self.library = Library(settings.media.workflows, named, ClassTable(self.pool.servers))

    def workflows(self) -> tuple[list[Workflow], list[Workflow]]:
        """The workflows that the configuration chose for a kind, and all others."""
        chosen = [each for kind in Kind if (each := self.library.chosen_for(kind)) is not None]
        others = [each for each in self.library.all() if each.path not in {mine.path for mine in chosen}]
        return [_shown(each) for each in chosen], [_shown(each) for each in others]

    def choose(self, kind: Kind, name: str | None, pinned: WorkflowVersion | None) -> Chosen | None:
        """What runs a prompt of this kind, or None when that is the sketch engine."""
        if pinned is not None:
            found: WorkflowFile | None = self.library.of_version(pinned.name, pinned.source, pinned.content)
        elif name is None:
            found = self.library.chosen_for(kind)
        else:
            found = next((each for each in self.library.all() if each.name == name), None)
        if found is None:
            return None
        if found.kind is not kind:
            fault = Fault("workflow", f"{found.name} makes {found.kind}, and this prompt asks for {kind}")
            raise InvalidInputError([fault])
        return Chosen(self._pipeline(found), found.fields, self.library.version_of(found))

    def check(self, name: str) -> Checked:
        """What each server, or this machine, lacks for a workflow. Raises ``NotFoundError`` for an unknown name."""
        found = self.library.get(name)
        if found.problem is not None:
            return Checked(False, [Lacking(found.path.name, found.problem)])
        if found.source == "script" or found.graph is None:
            here = local_problems(self._settings.media.comfyui, needs_comfyui=found.command is None)
            problems = [Lacking("this machine", each) for each in here]
            return Checked(not problems, problems)
        usable, lacking = False, []
        for server in self.pool.servers:
            try:
                server.forget()
                missing = check(found.graph, server.object_info(), _set_later(found))
            except MusingsError as error:
                lacking.append(Lacking(server.url, str(error)))
                continue
            lacking += [Lacking(server.url, each.message) for each in missing]
            usable = usable or not any(each.missing for each in missing)
        return Checked(usable, lacking)

    def add(self, file_name: str, content: bytes) -> str:
        """Keep a workflow file; returns the workflow's name. Raises as ``Library.add``."""
        return self.library.add(file_name, content).name

    def remove(self, name: str) -> None:
        """Take a workflow out of the library; its file is moved aside."""
        self.library.remove(name)

    def backends(self) -> list[Backend]:
        """Every server asked now, and the local ComfyUI where scripts would use one."""
        found = [
            Backend("comfyui", each.url, each.reachable, each.version, each.queue_remaining, each.last_error)
            for each in self.pool.health()
        ]
        comfyui = self._settings.media.comfyui
        if comfyui.directory is not None:
            problems = local_problems(comfyui)
            words = " ".join(problems) or None
            found.append(Backend("script", str(comfyui.directory), not problems, None, None, words))
        return found

    def watch(self, on_change: Callable[[], None]) -> None:
        """Look after the servers until ``close``; ``on_change`` is called when one went away or came back."""
        self.pool.watch(on_change, min(LOOK_EVERY_SECONDS, self._settings.media.comfyui.unreachable_seconds))

    def places(self) -> int:
        """How many jobs the servers that are there take at once."""
        return self.pool.places()

    def close(self) -> None:
        self.pool.close()
        if self._keeper is not None:
            self._keeper.stop()

    def _pipeline(self, found: WorkflowFile) -> Pipeline:
        comfyui = self._settings.media.comfyui
        if found.source == "script":
            return ScriptPipeline(found, comfyui, self._keeper)
        return ComfyUIPipeline(
            found,
            self.pool,
            stall_seconds=comfyui.stall_seconds,
            unreachable_seconds=comfyui.unreachable_seconds,
        )


def _set_later(found: WorkflowFile) -> set[tuple[str, str]]:
    """Where a seed goes: what the file has there is never used, because every prompt brings its own."""
    seeds = {field.name for field in found.form.fields if field.role == "seed"}
    return {(each.node, each.input) for each in found.form.bindings if each.field in seeds}


def _shown(found: WorkflowFile) -> Workflow:
    return Workflow(
        name=found.name,
        kind=found.kind,
        title=found.title,
        description=found.description,
        source=found.source,
        form=found.fields,
        hash=found.hash,
        problem=found.problem,
        takes_text=found.problem is not None or found.takes_text,
    )
