"""The client for programs without an event loop."""

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from musings.remote.answers import (
    PromptPage,
    RemoteDryRun,
    RemoteHealth,
    RemotePresets,
    RemotePrompt,
    RemoteQueue,
    RemoteWorkflow,
)
from musings.remote.connection import Connection, connection_from
from musings.remote.operations import PATIENCE_SECONDS, Operations, Seen, Told
from musings.remote.wire import completed
from musings.remote.wires import BlockingWire


class Client:
    """A Musings server at ``url``; ``token`` is one of ``musings token create``. Close it, or use it in ``with``.

    ``timeout``: seconds that one answer may take; ``patience``: seconds that a call may spend on a server that is away
    or says "not now". Every method raises an error of ``musings.remote.errors``, or ``NotFoundError``,
    ``ConflictError`` and ``InvalidInputError``; all are ``MusingsError``. For one thread at a time.
    """

    def __init__(
        self, url: str, token: str | None = None, *, timeout: float = 30.0, patience: float = PATIENCE_SECONDS
    ) -> None:
        self._wire = BlockingWire(Connection(url, token, timeout))
        self._operations = Operations(self._wire, url, patience)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], *, patience: float = PATIENCE_SECONDS) -> Self:
        """What ``MUSINGS_URL`` and ``MUSINGS_TOKEN`` say. Raises ``UsageError`` without the first."""
        found = connection_from(environment)
        return cls(found.url, found.token, timeout=found.timeout, patience=patience)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._wire.close()

    def submit(
        self,
        text: str,
        *,
        prompt_type: str = "text",
        workflow: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        count: int | None = None,
        priority: int | None = None,
        metadata: Mapping[str, Any] | None = None,
        enhance: bool | None = None,
        idempotency_key: str | None = None,
    ) -> RemotePrompt:
        """Queue a prompt. ``parameters`` are those of the workflow's form.

        It is sent under a key of its own (``idempotency_key``), so that a second try never makes a second prompt.
        """
        return completed(
            self._operations.submit(
                text,
                prompt_type=prompt_type,
                workflow=workflow,
                parameters=parameters,
                count=count,
                priority=priority,
                metadata=metadata,
                enhance=enhance,
                idempotency_key=idempotency_key,
            )
        )

    def rehearse(
        self,
        text: str,
        *,
        prompt_type: str = "text",
        workflow: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        count: int | None = None,
        priority: int | None = None,
        enhance: bool | None = None,
    ) -> RemoteDryRun:
        """What would become of a prompt; nothing is queued."""
        return completed(
            self._operations.rehearse(
                text,
                prompt_type=prompt_type,
                workflow=workflow,
                parameters=parameters,
                count=count,
                priority=priority,
                enhance=enhance,
            )
        )

    def prompt(self, prompt_id: int) -> RemotePrompt:
        return completed(self._operations.prompt(prompt_id))

    def prompts(
        self,
        *,
        status: str | None = None,
        prompt_type: str | None = None,
        search: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> PromptPage:
        """Prompts, newest first. ``status`` and ``prompt_type`` are comma lists; a kind means all its types."""
        return completed(
            self._operations.prompts(status=status, prompt_type=prompt_type, search=search, limit=limit, cursor=cursor)
        )

    def cancel(self, prompt_id: int) -> RemotePrompt:
        """Cancel a waiting prompt at once, or ask a running one to stop."""
        return completed(self._operations.cancel(prompt_id))

    def retry(self, prompt_id: int) -> RemotePrompt:
        """Queue a failed or cancelled prompt again."""
        return completed(self._operations.retry(prompt_id))

    def wait(
        self,
        prompt_id: int,
        *,
        timeout: float | None = None,
        on_progress: Told | None = None,
        on_queue: Seen | None = None,
    ) -> RemotePrompt:
        """The prompt when it has ended; look at its ``status``. Raises ``StillWorking`` after ``timeout`` seconds.

        By the stream of events, or by asking again and again where none comes through. ``on_progress`` is told how
        far it is, ``on_queue`` of the queue, at first and when it changes.
        """
        return completed(self._operations.wait(prompt_id, timeout, on_progress, on_queue))

    def upload(self, path: str | Path) -> str:
        """Send a picture, a sound or a film; returns what a parameter takes, ``upload:…``."""
        return completed(self._operations.upload(path)).ref

    def download(self, prompt: RemotePrompt, folder: str | Path) -> list[Path]:
        """Put what a prompt made into a folder, which is made where it is missing; returns the files.

        Each has its name when it is whole and its sum was compared, and not before; a text comes as Markdown.
        """
        return completed(self._operations.download(prompt, folder))

    def workflows(self) -> list[RemoteWorkflow]:
        """Every workflow with its form."""
        return completed(self._operations.workflows())

    def presets(self, workflow: str) -> RemotePresets:
        """Values that are kept for a workflow."""
        return completed(self._operations.presets(workflow))

    def queue(self) -> RemoteQueue:
        """What the queue says of itself."""
        return completed(self._operations.queue())

    def health(self) -> RemoteHealth:
        """Whether the server answers, and its version; asks for no token."""
        return completed(self._operations.health())
