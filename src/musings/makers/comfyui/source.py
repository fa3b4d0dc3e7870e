"""The ComfyUI side of the choice: the workflow library, the servers, and which of the two ways runs a file."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from comfyui_workflows.checking import GraphProblem, check
from comfyui_workflows.form import Form
from comfyui_workflows.json_types import Object
from musings.config.media import ComfyUISettings
from musings.config.settings import Settings
from musings.errors import Fault, InvalidInputError, MusingsError, Unavailable
from musings.makers.base import Backend, Checked, Chosen, Lacking, Pipeline, Workflow
from musings.makers.comfyui.asking import ask_all
from musings.makers.comfyui.classes import ClassTable
from musings.makers.comfyui.client import LOOK_SECONDS, ComfyServer
from musings.makers.comfyui.library import SAVED_SECONDS, Library, WorkflowFile
from musings.makers.comfyui.maker import ComfyUIPipeline
from musings.makers.comfyui.pool import ServerPool
from musings.makers.comfyui.tending import LOOK_SECONDS as LOOK_EVERY_SECONDS
from musings.makers.comfyui.whereabouts import Whereabouts
from musings.makers.script.local import local_problems
from musings.makers.script.maker import ScriptPipeline
from musings.makers.script.warm.keeper import GIGABYTE, Keeper
from musings.models import Kind, WorkflowVersion

GRACE_SECONDS = 3.0


class Comfy:
    """Opened once for each process; servers are asked only when a prompt needs them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        scripts = settings.media.scripts
        chosen = {kind: getattr(scripts, kind.value) for kind in (Kind.IMAGE, Kind.MUSIC, Kind.VOICE)}
        comfyui = settings.media.comfyui
        verify = comfyui.verify_tls if isinstance(comfyui.verify_tls, bool) else str(comfyui.verify_tls)
        look = min(LOOK_SECONDS, comfyui.unreachable_seconds)
        self.pool = ServerPool(
            [
                ComfyServer(url, headers=settings.comfyui_headers, verify=verify, look_seconds=look)
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
        self._chosen: dict[Kind, Path] = {kind: path for kind, path in chosen.items() if path}
        self._classes = ClassTable(self.pool.servers)
        self.library = Library(settings.media.workflows, self._chosen, self._classes)

    def workflows(self) -> list[Workflow]:
        """Every workflow; a file that the configuration names and that is not there is in the list, with the reason."""
        return [self._shown(each) for each in self._files()]

    def configured(self) -> dict[Kind, str]:
        """The workflow that the configuration names for a kind, whether or not its file is there."""
        names = {each.path: each.name for each in self._files()}
        return {kind: names[path] for kind, path in self._chosen.items() if path in names}

    def first_usable(self, kind: Kind, *, wait: bool) -> str | None:
        """The first workflow of a kind that could run, in the order in which they came; ``wait`` for a server's word.

        One that takes no words, a scaler perhaps, is nobody's default unless somebody says so. A graph counts once a
        server has answered, or where the configuration names servers of the owner's own; one that lacks nodes or
        models on the only server does not.
        """
        mine = [each for each in self._files() if each.kind is kind and each.problem is None and each.takes_text]
        if not mine:
            return None
        known = self._classes.wait(SAVED_SECONDS) if wait else self._classes.latest()
        return next((each.name for each in sorted(mine, key=_arrival) if self._could_run(each, known)), None)

    def pin(self, name: str) -> WorkflowVersion | None:
        """A workflow's file as it is now; None for one that is no file, or cannot be used as it is."""
        found = next((each for each in self._files() if each.name == name), None)
        return self.library.version_of(found) if found is not None and found.problem is None else None

    def choose(self, kind: Kind, name: str | None, pinned: WorkflowVersion | None, *, default: bool) -> Chosen | None:
        """What runs a prompt of this kind, or None when that is no workflow file.

        A pinned version runs as it was, from the file itself while that has not changed. Raises ``Unavailable`` for a
        script that cannot run here, and for a ``default`` that cannot be used.
        """
        wanted = pinned.name if pinned is not None else name
        found = next((each for each in self._files() if each.name == wanted), None)
        if pinned is not None and (found is None or found.hash != pinned.hash):
            found = self.library.of_version(pinned.name, pinned.source, pinned.content)
        if found is None:
            return None
        if pinned is not None:
            found = replace(found, kind=kind)  # checked when it was submitted
        if found.kind is not kind:
            fault = Fault("workflow", f"{found.name} makes {found.kind}, and this prompt asks for {kind}")
            raise InvalidInputError([fault])
        self._require_runnable(found, default=default)
        return Chosen(self._pipeline(found), found.fields, pinned or self.library.version_of(found))

    def check(self, name: str) -> Checked:
        """What each server, or this machine, lacks for a workflow. Raises ``NotFoundError`` for an unknown name."""
        found = next((each for each in self._files() if each.name == name), None) or self.library.get(name)
        if found.problem is not None:
            return Checked(False, [Lacking(found.path.name, found.problem)])
        if found.source == "script" or found.graph is None:
            problems = [Lacking("this machine", each) for each in self._local_problems(found)]
            return Checked(not problems, problems, [] if problems else ["this machine"])
        places: list[str] = []
        lacking: list[Lacking] = []
        graph, later = found.graph, _set_later(found)

        def look(server: ComfyServer) -> list[GraphProblem]:
            server.queue_remaining()  # the cheap question first: it is given up sooner
            server.forget()
            return check(graph, server.object_info(), later)

        servers = self.pool.servers
        answers = ask_all(servers, look, enough=_could_do, grace_seconds=GRACE_SECONDS)
        for server, missing in zip(servers, answers, strict=True):
            if missing is None or isinstance(missing, MusingsError):
                lacking.append(Lacking(server.url, str(missing or "It takes its time to answer.")))
                continue
            if isinstance(missing, Exception):
                raise missing
            lacking += [Lacking(server.url, each.message) for each in missing]
            if not any(each.missing for each in missing):
                places.append(server.url)
        return Checked(bool(places), lacking, places)

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

    def leave(self, external_id: str) -> None:
        """Have what a prompt has on servers taken away when they answer, while somebody watches."""
        for url, ids in Whereabouts.read(external_id).all_jobs():
            self.pool.leave(url, ids)

    def has_left(self, external_id: str) -> bool:
        """Whether some of that is still to be taken away."""
        return any(self.pool.has_left(url, ids) for url, ids in Whereabouts.read(external_id).all_jobs())

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

    def _files(self) -> list[WorkflowFile]:
        """The library, after the files that the configuration names and that are not there."""
        found = self.library.all()
        names = {each.name for each in found}
        absent = [
            _absent(kind, path, path.stem if path.stem not in names else path.name)
            for kind, path in self._chosen.items()
            if not path.is_file()
        ]
        return [*absent, *found]

    def _shown(self, found: WorkflowFile) -> Workflow:
        return Workflow(
            name=found.name,
            kind=found.kind,
            title=found.title,
            description=found.description,
            source=found.source,
            form=found.fields,
            hash=found.hash or None,
            problem=found.problem,
            unread=found.unread,
            takes_text=found.problem is not None or found.takes_text,
            reason=found.problem or " ".join(self._local_problems(found)) or None,
        )

    def _local_problems(self, found: WorkflowFile) -> list[str]:
        """Why a script cannot run on this machine. One of another make needs no ComfyUI folder, but its Python."""
        if found.source != "script":
            return []
        return local_problems(self._settings.media.comfyui, needs_comfyui=found.command is None)

    def _could_run(self, found: WorkflowFile, known: Object | None) -> bool:
        if found.source == "script" or found.graph is None:
            return not self._local_problems(found)
        if known is None:
            return self._settings.media.comfyui.servers != ComfyUISettings().servers
        return len(self.pool.servers) > 1 or not any(each.missing for each in check(found.graph, known))

    def _require_runnable(self, found: WorkflowFile, *, default: bool) -> None:
        if found.problem is not None and (default or found.unread):
            raise Unavailable(f"The workflow {found.name} cannot be used: {found.problem}", waits_for="configuration")
        problems = self._local_problems(found) if found.problem is None else []
        if problems:
            raise Unavailable(
                f"The script {found.path.name} cannot run: {' '.join(problems)}", waits_for="configuration"
            )


def _could_do(missing: list[GraphProblem]) -> bool:
    return not any(each.missing for each in missing)


def _set_later(found: WorkflowFile) -> set[tuple[str, str]]:
    """Where a seed goes: what the file has there is never used, because every prompt brings its own."""
    seeds = {field.name for field in found.form.fields if field.role == "seed"}
    return {(each.node, each.input) for each in found.form.bindings if each.field in seeds}


def _absent(kind: Kind, path: Path, name: str) -> WorkflowFile:
    problem = f"media.scripts.{kind} names {path}, which is not there. Put the workflow there, or correct the name."
    source = "script" if path.suffix == ".py" else "comfyui"
    return WorkflowFile(name, path, kind, name, "", source, "", Form(), problem=problem)


def _arrival(found: WorkflowFile) -> tuple[float, str]:
    try:
        return found.path.stat().st_mtime, found.name
    except OSError:  # removed just now
        return float("inf"), found.name
