"""A client of a Musings server on another machine: ``Client``, and ``AsyncClient`` for programs with an event loop.

See docs/client.md.
"""

from musings.errors import ConflictError, InvalidInputError, MusingsError, NotFoundError
from musings.remote.answers import PromptPage, RemoteArtifact, RemoteDryRun, RemoteProgress, RemotePrompt, RemoteWriting
from musings.remote.asynchronous import AsyncClient
from musings.remote.blocking import Client
from musings.remote.errors import (
    AccessRefused,
    RequestTooLarge,
    ServerMismatch,
    ServerUnavailable,
    StillWorking,
    TooManyRequests,
)

__all__ = [
    "AccessRefused",
    "AsyncClient",
    "Client",
    "ConflictError",
    "InvalidInputError",
    "MusingsError",
    "NotFoundError",
    "PromptPage",
    "RemoteArtifact",
    "RemoteDryRun",
    "RemoteProgress",
    "RemotePrompt",
    "RemoteWriting",
    "RequestTooLarge",
    "ServerMismatch",
    "ServerUnavailable",
    "StillWorking",
    "TooManyRequests",
]
