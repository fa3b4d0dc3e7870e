"""Pictures that a job gives away over its socket alone: nothing is saved, and no history tells of them.

Source: ``SaveImageWebsocket``, which comes with ComfyUI, and nodes of packs that are called likewise, as observed on
0.3.64, 0.8.0 and 0.33.0: each picture is a frame of a preview, as PNG. With the flag that we send it names its job and
its node; without, it is a picture of the node that runs. The node's progress has the number of pictures as its maximum.
A sampler's previews name the sampler, so they are never taken for results.
"""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

from comfyui_workflows.json_types import Object
from musings.errors import PassingFault, UserFault
from musings.makers.comfyui.answers import HistoryEntry
from musings.makers.comfyui.bounded import MOST_JOB_BYTES
from musings.makers.comfyui.client import ComfyServer
from musings.makers.comfyui.fetching import Fetched
from musings.makers.comfyui.outputs import OutputFile, node_order
from musings.makers.comfyui.protocol import Event, Failure, NodeRunning, NodeStates, Preview
from musings.makers.comfyui.verdict import JobOutcome, JobVerdict

# By the name: packs have their own classes for it, which are all called likewise.
SENDER = re.compile(r"web_?socket", re.IGNORECASE)
PNG = "image/png"
HINT = "A proxy in between must let WebSockets through; with Save Image in place of that node they are not needed."
SUFFIXES = {PNG: ".png", "image/jpeg": ".jpg"}


def senders(graph: Object) -> tuple[str, ...]:
    """The nodes whose results come over the socket, and no other way."""
    return tuple(node for node, data in graph.items() if SENDER.search(str(data.get("class_type"))))


class Catcher:
    """Keeps the pictures of one job's senders in ``folder``, as they come. Fed from one thread."""

    def __init__(self, graph: Object, folder: Path, most_bytes: int = MOST_JOB_BYTES) -> None:
        self.nodes = frozenset(senders(graph))
        self._folder, self._most_bytes = folder, most_bytes
        self._bytes = 0
        self._caught: dict[str, list[tuple[Path, str]]] = {}
        self._expected: dict[str, int] = {}
        self._running: str | None = None

    def require(self, server: ComfyServer, *, listening: bool) -> None:
        """Before the work: raises ``PassingFault`` where what the job sends would be lost, ``UnreachableError`` where
        the server does not answer.
        """
        if self.nodes and not listening:
            # Asked first: a server that is away is no fault of the socket.
            server.queue_remaining()
            words = "opens no WebSocket, and the pictures of this workflow come over it alone"
            raise PassingFault(f"The ComfyUI at {server.url} {words}.", hint=HINT)

    def feed(self, event: Event, prompt_id: str) -> None:
        """Take what is a picture of the job's senders; look at what tells of them."""
        if not self.nodes:
            return
        if isinstance(event, NodeRunning) and event.prompt_id == prompt_id:
            # Previews of older servers name no node: they are of the one that runs.
            self._running = event.node
        elif isinstance(event, NodeStates) and event.prompt_id == prompt_id:
            for state in event.nodes:
                if state.node in self.nodes:
                    self._expected[state.node] = int(state.maximum)
        elif isinstance(event, Preview):
            node = event.node if event.prompt_id == prompt_id else None
            # A sender's picture is PNG, a sampler's preview JPEG: without a name only that tells them apart.
            if event.prompt_id is None and event.media_type == PNG:
                node = self._running
            if node in self.nodes:
                self._keep(str(node), event)

    def forget(self) -> None:
        """Begin again: what came is of a job that is run once more."""
        # The files too: the next submission numbers its own from the beginning.
        for pictures in self._caught.values():
            for path, _ in pictures:
                path.unlink(missing_ok=True)
        self._caught, self._expected, self._running, self._bytes = {}, {}, None, 0

    def judged(self, verdict: JobVerdict, entry: HistoryEntry, server: str, told: Failure | None) -> JobVerdict:
        """The verdict with regard to the socket: a job that succeeded has made what it sent, if all of it came.

        ``told`` is an error after which the job went on: a sender behind it had nothing to send.
        """
        # Only the output nodes that this job was to run; others of the graph may be switched off.
        wanted = self.nodes & set(entry.wanted) if entry.wanted else self.nodes
        if not wanted or not entry.success or entry.interrupted or (told is not None and not self._caught):
            return verdict
        came = {node: len(self._caught.get(node, ())) for node in wanted}
        # At least one: the maximum is missing when the state came before the connection was lost.
        if all(count >= max(1, self._expected.get(node, 1)) for node, count in came.items()):
            return JobVerdict(JobOutcome.MADE, verdict.files, verdict.texts, cached=verdict.cached)
        due = sum(max(1, self._expected.get(node, 1)) for node in wanted)
        fault = PassingFault(
            f"The ComfyUI at {server} sends the pictures of this workflow over its WebSocket alone, and the connection "
            f"was lost: {sum(came.values())} of {due} came.",
            hint=HINT,
        )
        # Not a user's fault: run again with a working socket, it would all come.
        return JobVerdict(JobOutcome.EMPTY, fault=fault)

    def kept(self, target: Path, first: int, verify: Callable[[Path], None]) -> tuple[Fetched, ...]:
        """The pictures in ``target``, numbered from ``first`` on. Raises ``PassingFault`` for a damaged one."""
        # Verified before the move: a damaged picture never gets a name of a result.
        made: list[Fetched] = []
        for node in sorted(self._caught, key=node_order):
            for path, media_type in self._caught[node]:
                try:
                    verify(path)
                except (ValueError, OSError) as error:
                    raise PassingFault(f"A picture came damaged over the socket: {error}") from error
                name = f"{first + len(made):04}{path.suffix}"
                data = path.read_bytes()
                source = OutputFile(node, "websocket", name, folder="socket")
                digest = hashlib.sha256(data).hexdigest()
                made.append(Fetched(path.replace(target / name), source, media_type, len(data), digest))
        self._caught = {}
        return tuple(made)

    def _keep(self, node: str, event: Preview) -> None:
        self._bytes += len(event.picture)
        if self._bytes > self._most_bytes:
            raise UserFault(
                f"The job has sent more than {self._most_bytes / 1e9:g} GB over its WebSocket.",
                hint="Have the workflow make smaller or fewer pictures.",
            )
        pictures = self._caught.setdefault(node, [])
        number = sum(map(len, self._caught.values()))
        # Hidden, so that what was not confirmed is no file of the result.
        path = self._folder / f".socket-{number:04}{SUFFIXES.get(event.media_type, '.png')}"
        # Written to disk at once: a batch of large pictures would fill the memory.
        path.write_bytes(event.picture)
        pictures.append((path, event.media_type))
