"""ComfyUI servers in the list of makers: the workflow files that they run, and how they are."""

from collections.abc import Callable, Iterable, Sequence

from comfyui_workflows.checking import GraphProblem, check
from comfyui_workflows.json_types import Object
from musings.config.media import ComfyUISettings
from musings.config.settings import Settings
from musings.errors import MusingsError
from musings.makers.base import BackendState, Checked, Lacking, Pipeline
from musings.makers.comfyui.asking import ask_all
from musings.makers.comfyui.classes import ClassTable
from musings.makers.comfyui.client import LOOK_SECONDS, ComfyServer
from musings.makers.comfyui.file_maker import FileMaker, WorkflowFiles
from musings.makers.comfyui.library import SAVED_SECONDS, WorkflowFile
from musings.makers.comfyui.pipeline import ComfyUIPipeline
from musings.makers.comfyui.pool import ServerPool
from musings.makers.comfyui.tending import LOOK_SECONDS as LOOK_EVERY_SECONDS
from musings.makers.comfyui.whereabouts import Whereabouts

# Once one server could do it, the others have only this long: a person waits for the answer.
GRACE_SECONDS = 3.0


class ComfyUIMaker(FileMaker):
    """Opened once for each process; servers are asked only when a prompt needs them.

    Keeps the workflow files for every maker that runs some, because a server says what a saved one means.
    """

    name = "comfyui"
    backend_kind = "comfyui"

    def __init__(self, settings: Settings) -> None:
        comfyui = settings.media.comfyui
        verify = comfyui.verify_tls if isinstance(comfyui.verify_tls, bool) else str(comfyui.verify_tls)
        # A server counts as unreachable after that time, so that no single question may take longer.
        look = min(LOOK_SECONDS, comfyui.unreachable_seconds)
        self._comfyui = comfyui
        self._pool = ServerPool(
            [
                ComfyServer(url, headers=settings.comfyui_headers, verify=verify, look_seconds=look)
                for url in comfyui.servers
            ],
            limit=comfyui.jobs_per_server,
        )
        self._classes = ClassTable(self._pool.servers)
        super().__init__(WorkflowFiles(settings, self._classes))

    def backends(self) -> list[BackendState]:
        return [
            BackendState("comfyui", each.url, each.reachable, each.version, each.queue_remaining, each.last_error)
            for each in self._pool.health()
        ]

    def places(self) -> int:
        return self._pool.places()

    def watch(self, on_change: Callable[[], None]) -> None:
        # Not less often than a server may be away unnoticed.
        self._pool.watch(on_change, min(LOOK_EVERY_SECONDS, self._comfyui.unreachable_seconds))

    def leave(self, external_id: str) -> bool:
        for url, ids in Whereabouts.read(external_id).all_jobs():
            self._pool.leave(url, ids)
        # True: this maker takes care of it, however long the server stays away.
        return True

    def has_left(self, external_id: str) -> bool:
        return any(self._pool.has_left(url, ids) for url, ids in Whereabouts.read(external_id).all_jobs())

    def add(self, file_name: str, content: bytes) -> str | None:
        return self.files.library.add(file_name, content).name

    def remove(self, name: str) -> bool:
        """The file is moved aside, not deleted."""
        self.files.library.remove(name)
        return True

    def close(self) -> None:
        self._pool.close()

    def _pipeline(self, found: WorkflowFile) -> Pipeline:
        return ComfyUIPipeline(
            found,
            self._pool,
            stall_seconds=self._comfyui.stall_seconds,
            unreachable_seconds=self._comfyui.unreachable_seconds,
        )

    def _check(self, found: WorkflowFile) -> Checked:
        """What each server lacks, all of them asked at once."""
        if found.graph is None:
            return Checked(True, [], ["this machine"])
        places: list[str] = []
        lacking: list[Lacking] = []
        graph, later = found.graph, _set_later(found)

        def look(server: ComfyServer) -> list[GraphProblem]:
            server.queue_remaining()  # the cheap question first: it is given up sooner
            # The owner has perhaps just installed what was missing.
            server.forget()
            return check(graph, server.object_info(), later)

        servers = self._pool.servers
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

    def _runnable(self, files: Sequence[WorkflowFile], *, wait: bool) -> Iterable[WorkflowFile]:
        """A graph counts once a server has answered, or where the configuration names servers of the owner's own.

        One that lacks nodes or models on the only server does not.
        """
        if not files:
            return []
        known = self._classes.wait(SAVED_SECONDS) if wait else self._classes.latest()
        return (each for each in files if self._could_run(each, known))

    def _could_run(self, found: WorkflowFile, known: Object | None) -> bool:
        if found.graph is None:
            return True
        if known is None:
            # With the usual address alone nobody has said that there is a ComfyUI at all.
            return self._comfyui.servers != ComfyUISettings().servers
        # With several servers each may lack something else, which is found out at its turn.
        return len(self._pool.servers) > 1 or not any(each.missing for each in check(found.graph, known))


def _could_do(missing: list[GraphProblem]) -> bool:
    return not any(each.missing for each in missing)


def _set_later(found: WorkflowFile) -> set[tuple[str, str]]:
    """Where a seed goes: what the file has there is never used, because every prompt brings its own."""
    seeds = {field.name for field in found.form.fields if field.role == "seed"}
    # A value of the file that no server offers is no fault where every prompt replaces it.
    return {(each.node, each.input) for each in found.form.bindings if each.field in seeds}
