"""ComfyUI servers in the list of makers: the workflow files that they run, and how they are."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial

from comfyui_workflows.checking import check
from comfyui_workflows.envelopes import OpenedFile
from comfyui_workflows.errors import OtherProgramError
from comfyui_workflows.form import Form
from comfyui_workflows.generation_settings import GenerationSettings
from comfyui_workflows.json_types import Object
from musings.config.media import ComfyUISettings
from musings.config.settings import Settings
from musings.errors import MusingsError
from musings.makers.base import (
    BackendState,
    Checked,
    FileContent,
    Inspection,
    Lacking,
    Pipeline,
    SentFile,
    SentGraph,
    Sleeper,
)
from musings.makers.comfyui import literal
from musings.makers.comfyui.asking import ask_all
from musings.makers.comfyui.classes import ClassTable
from musings.makers.comfyui.client import LOOK_SECONDS, ComfyServer
from musings.makers.comfyui.contents import contents_of
from musings.makers.comfyui.file_maker import RANK, FileMaker, WorkflowFiles
from musings.makers.comfyui.incoming import looked_into, received
from musings.makers.comfyui.library import SAVED_SECONDS, Library, WorkflowFile
from musings.makers.comfyui.pipeline import ComfyUIPipeline
from musings.makers.comfyui.pool import ServerPool
from musings.makers.comfyui.server_check import CheckedFile, address_of, could_do, remarks_on_adapters
from musings.makers.comfyui.tending import LOOK_SECONDS as LOOK_EVERY_SECONDS
from musings.makers.comfyui.waking import Waker
from musings.makers.comfyui.whereabouts import Whereabouts
from musings.models import Kind

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
            hours=settings.hours_of_servers(),
            wakers={url.rstrip("/"): Waker(url.rstrip("/"), how) for url, how in comfyui.wake.items()},
        )
        self._classes = ClassTable(self._pool.servers)
        super().__init__(WorkflowFiles(settings, self._classes))

    def backends(self) -> list[BackendState]:
        return [
            BackendState(
                "comfyui",
                each.url,
                each.reachable,
                each.version,
                each.queue_remaining,
                each.last_error,
                each.devices,
                each.asleep,
            )
            for each in self._pool.health()
        ]

    def places(self) -> int:
        return self._pool.places()

    def watch(self, on_change: Callable[[], None]) -> None:
        # Not less often than a server may be away unnoticed.
        self._pool.watch(on_change, min(LOOK_EVERY_SECONDS, self._comfyui.unreachable_seconds))

    def sleepers(self) -> list[Sleeper]:
        return [
            Sleeper(url, waker.idle_seconds or 0.0, waker.woke_it, partial(self._pool.let_sleep, url))
            for url, waker in self._pool.sleepers()
        ]

    def leave(self, external_id: str) -> bool:
        for url, ids in Whereabouts.read(external_id).all_jobs():
            self._pool.leave(url, ids)
        # True: this maker takes care of it, however long the server stays away.
        return True

    def has_left(self, external_id: str) -> bool:
        return any(self._pool.has_left(url, ids) for url, ids in Whereabouts.read(external_id).all_jobs())

    def inspect(self, file_name: str, content: FileContent, servers: Sequence[str] = ()) -> Inspection | None:
        looked = looked_into(file_name, content)
        if isinstance(looked, OtherProgramError) and looked.settings is not None:
            return self._of_other_program(file_name, looked, looked.settings)
        incoming = received(file_name, content, looked)
        if isinstance(looked, OpenedFile) and looked.embedded:
            looked = looked_into(incoming.name, incoming.content)
        opened = looked if isinstance(looked, OpenedFile) else None
        library = self.files.library
        # What the file itself says is left out or was found somewhere, as opening it tells.
        remarks = incoming.remarks or (opened.remarks if opened is not None else ())
        with self._asked(servers) as asked:
            if servers:
                # Read with their classes and not with ours: ours may be away, or lack its nodes.
                library = Library(library.folder, {}, ClassTable(asked))
            found = library.read(incoming.name, incoming.content, opened)
            version = None if found.problem else library.version_for(found, incoming.content)
            checked = self._checked(found, incoming.content, asked, opened)
        remarks += remarks_on_adapters(found)
        said = found.form.prompt_field
        words = str(said.default or "").strip() if said is not None else ""
        return Inspection(
            self._shown(found, RANK), incoming.name, incoming.content, remarks, checked, version, words or None
        )

    def classes(self, *, anew: bool = False) -> Object | None:
        return self._classes.asked_again() if anew else self._classes.latest()

    def take_graph(self, graph: Object, files: Mapping[str, SentFile]) -> SentGraph:
        return literal.taken(graph, files, self._classes.latest())

    def add(self, file_name: str, content: FileContent) -> str | None:
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
        return self._checked(found, contents_of(found.path)[0], self._pool.servers)

    def _checked(
        self, found: WorkflowFile, content: bytes, servers: Sequence[ComfyServer], opened: OpenedFile | None = None
    ) -> Checked:
        if found.source != self.name:
            return Checked(found.problem is None, [], ["this machine"])
        places: list[str] = []
        lacking: list[Lacking] = []
        file = CheckedFile(found, content, self._classes.latest() or {}, opened)

        def look(server: ComfyServer) -> list[Lacking]:
            server.queue_remaining()  # the cheap question first: it is given up sooner
            # The owner has perhaps just installed what was missing.
            server.forget()
            return file.lacking(server.url, server.object_info())

        answers = ask_all(servers, look, enough=could_do, grace_seconds=GRACE_SECONDS)
        for server, missing in zip(servers, answers, strict=True):
            if missing is None or isinstance(missing, MusingsError):
                lacking.append(Lacking(server.url, str(missing or "It takes its time to answer.")))
                continue
            if isinstance(missing, Exception):
                raise missing
            lacking += missing
            if could_do(missing):
                places.append(server.url)
        return Checked(bool(places), lacking, places)

    def _of_other_program(self, name: str, error: OtherProgramError, settings: GenerationSettings) -> Inspection:
        path, said = self.files.library.folder / name, f"{error} {error.hint or ''}".strip()
        blank = WorkflowFile(path.stem, path, Kind.IMAGE, path.stem, "", self.name, "", Form(), problem=said)
        checked = Checked(False, [Lacking(name, said)])
        return Inspection(
            self._shown(blank, RANK), name, b"", (), checked, program=settings.program, settings=settings.values
        )

    @contextmanager
    def _asked(self, addresses: Sequence[str]) -> Iterator[Sequence[ComfyServer]]:
        """The servers at these addresses; those of the settings where there are none."""
        known = {server.url: server for server in self._pool.servers}
        with ExitStack() as opened:
            # Without our headers: what they hold is for the owner's own servers.
            yield [
                known.get(url.rstrip("/")) or opened.enter_context(ComfyServer(address_of(url))) for url in addresses
            ] or self._pool.servers

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
