"""The client for programs with an event loop, asyncio's or trio's."""

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
from musings.remote.wires import AsyncWire


class AsyncClient:
    """A Musings server at ``url``; ``token`` is one of ``musings token create``. Close it, or use it in ``async with``.

    ``timeout``: seconds that one answer may take; ``patience``: seconds that a call may spend on a server that is away
    or says "not now". Every method raises an error of ``musings.remote.errors``, or ``NotFoundError``,
    ``ConflictError`` and ``InvalidInputError``; all are ``MusingsError``.
    """

    def __init__(
        self, url: str, token: str | None = None, *, timeout: float = 30.0, patience: float = PATIENCE_SECONDS
    ) -> None:
        self._wire = AsyncWire(Connection(url, token, timeout))
        self._operations = Operations(self._wire, url, patience)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], *, patience: float = PATIENCE_SECONDS) -> Self:
        """What ``MUSINGS_URL`` and ``MUSINGS_TOKEN`` say. Raises ``UsageError`` without the first."""
        found = connection_from(environment)
        return cls(found.url, found.token, timeout=found.timeout, patience=patience)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._wire.close()

    async def submit(
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
        return await self._operations.submit(
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

    async def rehearse(
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
        return await self._operations.rehearse(
            text,
            prompt_type=prompt_type,
            workflow=workflow,
            parameters=parameters,
            count=count,
            priority=priority,
            enhance=enhance,
        )

    async def prompt(self, prompt_id: int) -> RemotePrompt:
        return await self._operations.prompt(prompt_id)

    async def prompts(
        self,
        *,
        status: str | None = None,
        prompt_type: str | None = None,
        search: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> PromptPage:
        """Prompts, newest first. ``status`` and ``prompt_type`` are comma lists; a kind means all its types."""
        return await self._operations.prompts(
            status=status, prompt_type=prompt_type, search=search, limit=limit, cursor=cursor
        )

    async def cancel(self, prompt_id: int) -> RemotePrompt:
        """Cancel a waiting prompt at once, or ask a running one to stop."""
        return await self._operations.cancel(prompt_id)

    async def retry(self, prompt_id: int) -> RemotePrompt:
        """Queue a failed or cancelled prompt again."""
        return await self._operations.retry(prompt_id)

    async def wait(
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
        return await self._operations.wait(prompt_id, timeout, on_progress, on_queue)

    async def upload(self, path: str | Path) -> str:
        """Send a picture, a sound or a film; returns what a parameter takes, ``upload:…``."""
        return (await self._operations.upload(path)).ref

    async def download(self, prompt: RemotePrompt, folder: str | Path) -> list[Path]:
        """Put what a prompt made into a folder, which is made where it is missing; returns the files.

        Each has its name when it is whole and its sum was compared, and not before; a text comes as Markdown.
        """
        return await self._operations.download(prompt, folder)

    async def workflows(self) -> list[RemoteWorkflow]:
        """Every workflow with its form."""
        return await self._operations.workflows()

    async def presets(self, workflow: str) -> RemotePresets:
        """Values that are kept for a workflow."""
        return await self._operations.presets(workflow)

    async def queue(self) -> RemoteQueue:
        """What the queue says of itself."""
        return await self._operations.queue()

    async def health(self) -> RemoteHealth:
        """Whether the server answers, and its version; asks for no token."""
        return await self._operations.health()
