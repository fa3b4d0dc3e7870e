"""One ComfyUI server over HTTP: submit, look, interrupt, upload. Thin: what the answers mean is in
``answers``.

Habits that the server's behaviour forces on a client (observed): choose the ``prompt_id`` and always send a
``client_id``; never send ``number`` (with a repeated id it kills the server's worker), a null ``extra_data``
or an ``Origin``; poll ``/history/{id}``, never ``/history`` or ``/api/jobs``; name the job in every
interrupt, and send it again until the job is gone, because one that comes right after the submit is lost.
"""

import re
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Self
from urllib.parse import quote

import httpx

from comfyui_workflows.json_types import Json, Object
from musings.errors import PassingFault, UnreachableError, UserFault
from musings.makers.comfyui import bounded
from musings.makers.comfyui.address import tls_context, without_login
from musings.makers.comfyui.answers import (
    STRANGE,
    Accepted,
    HistoryEntry,
    JobState,
    Phase,
    Queue,
    Rejected,
    job_state,
    read_history,
    read_queue,
    read_reply,
)
from musings.makers.comfyui.foreign_json import node_table, parsed
from musings.makers.comfyui.timed_reads import MOST_HEAD_SECONDS, TimedTransport

# What a proxy or an overloaded server says; anything else is an answer of ComfyUI itself.
BUSY = (429, 502, 503, 504)
# The number of a system error says nothing to a person, and differs from system to system.
ERRNO = re.compile(r"^\[Errno -?\d+\] ")
SECONDS = re.compile("[0-9]{1,6}")
LONGEST_VERSION = 100
MOST_DEVICES = 64
# An interrupt that comes right after the submit is lost: it is sent again this often.
RESEND_SECONDS = 0.5
LOOK_SECONDS = 10.0
"""For the questions that a running job asks every second: the job cannot be stopped while it waits for an answer."""


class NoAnswer(UnreachableError):
    """Nothing came back at all. ``refused``: the connection was refused; otherwise the network or the server hangs."""

    def __init__(self, message: str, *, hint: str | None = None, refused: bool = False) -> None:
        super().__init__(message, hint=hint)
        self.refused = refused


def version_in(stats: Object) -> str:
    """The version in ``/system_stats``, or ``unknown``."""
    system = stats.get("system")
    version = system.get("comfyui_version") if isinstance(system, Mapping) else None
    return version[:LONGEST_VERSION] if version and isinstance(version, str) else "unknown"


def devices_in(stats: Object) -> list[Object]:
    """The devices in ``/system_stats``: ``name``, ``type``, ``vram_total`` and ``vram_free`` (bytes) and more."""
    found = stats.get("devices")
    return [each for each in found[:MOST_DEVICES] if isinstance(each, Mapping)] if isinstance(found, list) else []


class ComfyServer:
    """One ComfyUI server. Safe to use from several threads.

    ``headers`` go with every request, the WebSocket's included; a name and password in the URL become one, so that
    ``url`` can be shown. ``verify`` is False to trust any certificate,
    or the path of a file with the certificates to trust. Environment proxies are not used. Times are in
    seconds.

    Every method raises ``UnreachableError`` when the server does not answer, ``PassingFault`` when something
    in front of it says that it is busy (429, 502, 503, 504), and ``UserFault`` when it refuses us (401, 403).
    """

    def __init__(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        verify: bool | str = True,
        connect_seconds: float = 5.0,
        read_seconds: float = 30.0,
        look_seconds: float = LOOK_SECONDS,
        object_info_seconds: float = 300.0,
        most_answer_bytes: int = bounded.MOST_ANSWER_BYTES,
        most_answer_seconds: float = bounded.MOST_ANSWER_SECONDS,
        head_seconds: float = MOST_HEAD_SECONDS,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        # Taken out of the address, so that the password is in no log and on no page.
        self.url, login = without_login(url.rstrip("/"))
        self.headers = {**login, **(headers or {})}
        self.tls = tls_context(self.url, verify)
        self.connect_seconds = connect_seconds
        self.read_seconds = read_seconds
        self.look_seconds = look_seconds
        self.most_answer_bytes = most_answer_bytes
        self.most_answer_seconds = most_answer_seconds
        self._now = now
        self._info: tuple[float, Object] | None = None
        self._info_seconds = object_info_seconds
        # One download for all threads: the answer is half a megabyte and takes a busy server seconds.
        self._info_lock = threading.Lock()
        self._http = httpx.Client(
            headers=self.headers,
            timeout=httpx.Timeout(read_seconds, connect=connect_seconds),
            transport=TimedTransport(
                self.tls,
                # Unlimited connections: a thread that waits for a slow answer must not keep others from asking.
                httpx.Limits(max_connections=None, max_keepalive_connections=8),
                head_seconds=head_seconds,
                now=now,
            ),
            # A proxy of the environment would send requests for the local network elsewhere.
            trust_env=False,
            # A redirect means that something else than ComfyUI answers; following it would hide that.
            follow_redirects=False,
        )

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def system_stats(self) -> Object:
        """``/system_stats``: ``system`` (with ``comfyui_version``) and ``devices``."""
        return self._object("system_stats")

    def version(self) -> str:
        """The server's version, or ``unknown``."""
        return version_in(self.system_stats())

    def queue_remaining(self) -> int:
        """Jobs left, the running one included: the cheapest question there is."""
        answer = self._object("prompt", seconds=self.look_seconds)
        try:
            return int(answer["exec_info"]["queue_remaining"])
        except STRANGE as error:
            raise self._strange("prompt") from error

    def object_info(self) -> Object:
        """Every node class that the server knows, kept for ``object_info_seconds``. Half a megabyte."""
        # Held during the request: the second asker waits for the first one's answer and does not ask too.
        with self._info_lock:
            known = self._info
            if known is None or self._now() - known[0] > self._info_seconds:
                known = self._info = (self._now(), self._table())
            return known[1]

    def forget(self) -> None:
        """Ask for ``/object_info`` again next time: something has been installed, or the server restarted."""
        self._info = None  # without the lock, which may be held for long while a server hangs

    def submit(
        self, graph: Object, *, prompt_id: str, client_id: str, extra: Object | None = None
    ) -> Accepted | Rejected:
        """Queue a graph in API format under our own id. ``extra`` is the ``extra_data``.

        After an ``UnreachableError`` the job may be queued all the same: look before you submit again.
        """
        body: dict[str, Json] = {"prompt": graph, "prompt_id": prompt_id, "client_id": client_id}
        # Left out when empty: a null ``extra_data`` is an error in the server.
        if extra:
            body["extra_data"] = extra
        response = self.request("POST", "prompt", json=body)
        reply = read_reply(response.status_code, response.content)
        if reply is not None:
            return reply
        if response.status_code == 413:
            raise UserFault(f"The workflow is too large for the ComfyUI at {self.url}: {response.text[:200]}")
        raise UserFault(
            f"The ComfyUI at {self.url} could not read the workflow (HTTP {response.status_code}).",
            hint="Its log says why; a workflow that is not an API-format export is the usual reason.",
            log=response.text[:2000],
        )

    def history(self, prompt_id: str) -> HistoryEntry | None:
        """How the job ended, or None: waiting, running, lost or never known."""
        path = f"history/{quote(prompt_id, safe='')}"
        try:
            return read_history(self._ok(path, seconds=self.look_seconds).content, prompt_id)
        except STRANGE as error:
            raise self._strange(path) from error

    def queue(self) -> Queue:
        try:
            return read_queue(self._ok("queue", seconds=self.look_seconds).content)
        except ValueError as error:
            raise self._strange("queue") from error

    def state(self, prompt_id: str) -> JobState:
        """Where the job is. One ``unknown`` proves nothing yet; two, some seconds apart, mean lost."""
        # The history first: a job that ended between the two questions is then looked for once more.
        entry = self.history(prompt_id)
        if entry is not None:
            return JobState(Phase.DONE, entry=entry)
        state = job_state(prompt_id, None, self.queue())
        if state.phase is Phase.UNKNOWN and (entry := self.history(prompt_id)):
            return JobState(Phase.DONE, entry=entry, queue=state.queue)  # it ended between the two questions
        return state

    def job(self, prompt_id: str) -> HistoryEntry | None:
        """How a job ended as ``/api/jobs`` remembers it; None when it does not, or the server has no such route."""
        path = f"api/jobs/{quote(prompt_id, safe='')}"
        response = self.request("GET", path, seconds=self.look_seconds)
        if response.status_code != 200:
            return None
        try:
            found = parsed(response.content)
            ended, outputs = found["status"] == "completed", found.get("outputs")
        except STRANGE as error:
            raise self._strange(path) from error
        if not ended or not isinstance(outputs, Mapping) or not outputs:
            return None
        return HistoryEntry(prompt_id, success=True, outputs=outputs)

    def interrupt(
        self,
        prompt_id: str,
        *,
        seconds: float = 10.0,
        wait: Callable[[float], None] = time.sleep,
    ) -> bool:
        """Stop our job, and only ours, whether it waits or runs. True once it is confirmed to be gone.

        Resent every half second. A node that computes takes notice only when it ends or reports a step, so
        this may give up after ``seconds`` and return False.
        """
        deadline = self._now() + seconds
        while True:
            phase = self.state(prompt_id).phase
            if phase in (Phase.DONE, Phase.UNKNOWN):
                return True
            if self._now() >= deadline:
                return False
            # Waiting and running jobs need different requests, and it may change between any two.
            if phase is Phase.PENDING:
                self._post("queue", {"delete": [prompt_id]})
            else:
                self._post("interrupt", {"prompt_id": prompt_id})
            wait(0.05 if phase is Phase.PENDING else RESEND_SECONDS)

    def delete_pending(self, prompt_id: str, *, tries: int = 20) -> bool:
        """Take the job out of the waiting line, every copy of it. True once none waits."""
        for _ in range(tries):
            # Several tries: a repeated POST may have put several copies into the line.
            if prompt_id not in self.queue().pending:
                return True
            self._post("queue", {"delete": [prompt_id]})
        return False

    def free(self) -> None:
        """Ask the server to unload its models and empty its cache before the next job."""
        self._post("free", {"unload_models": True, "free_memory": True})

    def upload(self, path: Path, *, name: str | None = None, subfolder: str = "") -> str:
        """Put a picture, sound or film into the server's input folder, under ``name`` or its own; what a Load node
        then takes as its value.

        The server renames on a clash, so only the returned name is right.
        """
        # Opened here, so that a retry of the caller reads it from its beginning.
        with path.open("rb") as file:
            response = self.request(
                "POST",
                "upload/image",
                files={"image": (name or path.name, file)},
                data={"type": "input", "subfolder": subfolder},
            )
        if response.status_code == 413:
            raise UserFault(f"{path.name} is too large for the ComfyUI at {self.url}: {response.text[:200]}")
        if response.status_code != 200:
            raise UserFault(f"The ComfyUI at {self.url} did not take {path.name} (HTTP {response.status_code}).")
        try:
            answer = parsed(response.content)
            name, folder = str(answer["name"]), str(answer.get("subfolder") or "")
        except STRANGE as error:
            raise self._strange("upload/image") from error
        # What the Load node takes as its value is one path.
        return f"{folder}/{name}" if folder else name

    def socket_url(self, client_id: str) -> str:
        """Where to listen for a client id."""
        return f"ws{self.url.removeprefix('http')}/ws?clientId={quote(client_id, safe='')}"

    def stream(self, path: str, params: Mapping[str, str]) -> httpx.Response:
        """Begin a GET whose body the caller reads and closes. Raises ``ValueError`` for what no address can hold."""
        try:
            request = self._http.build_request("GET", f"{self.url}/{path}", params=params)
            response = self._http.send(request, stream=True)
        except httpx.InvalidURL as error:
            raise ValueError(str(error)) from error
        except httpx.HTTPError as error:
            raise self._gone(error) from error
        try:
            self._admit(response)
        except Exception:
            response.close()
            raise
        return response

    def request(
        self,
        method: str,
        path: str,
        *,
        json: Json = None,
        files: Json = None,
        data: Mapping[str, str] | None = None,
        seconds: float | None = None,
    ) -> httpx.Response:
        """One whole request; any status but those of the class docstring is the caller's to judge.

        ``seconds`` without a byte of the answer are too long; None: ``read_seconds``. An answer beyond the bounds of
        ``bounded`` is ``UnreachableError``: whoever sends it is no ComfyUI.
        """
        # The time is for each read and not for the whole: a large file may take as long as it needs to be sent.
        limit = httpx.Timeout(seconds or self.read_seconds, connect=self.connect_seconds)
        try:
            asked = self._http.build_request(
                method, f"{self.url}/{path}", json=json, files=files, data=data, timeout=limit
            )
            response = bounded.whole(
                self._http.send(asked, stream=True),
                most_bytes=self.most_answer_bytes,
                most_seconds=self.most_answer_seconds,
                now=self._now,
            )
        except bounded.TooMuch as error:
            raise self._strange(path, said=str(error)) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._gone(error) from error
        self._admit(response)
        return response

    def _ok(self, path: str, *, seconds: float | None = None) -> httpx.Response:
        response = self.request("GET", path, seconds=seconds)
        if response.status_code != 200:
            raise self._strange(path, response.status_code)
        return response

    def _object(self, path: str, *, seconds: float | None = None) -> Object:
        try:
            answer = parsed(self._ok(path, seconds=seconds).content)
        except ValueError as error:
            raise self._strange(path) from error
        if not isinstance(answer, Mapping):
            raise self._strange(path)
        return answer

    def _table(self) -> Object:
        try:
            return node_table(self._object("object_info"))
        except ValueError as error:
            raise self._strange("object_info") from error

    def _post(self, path: str, body: Json) -> None:
        response = self.request("POST", path, json=body)
        if response.status_code != 200:
            raise self._strange(path, response.status_code)

    def _admit(self, response: httpx.Response) -> None:
        status = response.status_code
        if status in BUSY:
            # Only whole seconds: a date would need the server's clock.
            after = response.headers.get("retry-after", "")
            raise PassingFault(
                f"The ComfyUI at {self.url} is not available (HTTP {status}).",
                retry_after=float(after) if SECONDS.fullmatch(after) else None,
            )
        if status in (401, 403):
            raise UserFault(
                f"The ComfyUI at {self.url} refuses us (HTTP {status}).",
                hint="Check the headers configured for this server: a token is missing or wrong.",
            )

    def _gone(self, error: Exception) -> NoAnswer:
        # Without the errno; some errors have no words at all, then their class says the most.
        why = ERRNO.sub("", str(error)) or type(error).__name__
        return NoAnswer(
            f"The ComfyUI at {self.url} does not answer: {why}.",
            hint="Start it, or correct its address in the configuration.",
            refused=_is_refusal(error),
        )

    def _strange(self, path: str, status: int | None = None, *, said: str | None = None) -> UnreachableError:
        said = said or (f"HTTP {status}" if status is not None else "something that is not ComfyUI's")
        return UnreachableError(
            f"{self.url}/{path} answers {said}.", hint="Check that a ComfyUI listens at this address."
        )


def _is_refusal(error: BaseException | None) -> bool:
    """Whether the operating system refused the connection."""
    # Libraries wrap the system's error several times.
    while error is not None:
        if isinstance(error, ConnectionRefusedError):
            return True
        error = error.__cause__ or error.__context__
    return False
