"""Language model servers: which one serves, and with which models.

Ollama, LM Studio and their like speak OpenAI's protocol; ``GET /v1/models`` tells what they have
(https://platform.openai.com/docs/api-reference/models/list).
"""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from musings.config.language import OLLAMA_URL, BackendSettings, FallbackSettings, ModelSettings
from musings.config.settings import Settings
from musings.errors import AttemptError, UserFault
from musings.makers.openai_errors import readable, refusal, unreachable, upper
from musings.makers.poets.casting import DEFAULT_AGENTS
from musings.makers.poets.server import KEY_NAME, LanguageServer

FRESH_SECONDS = 30.0
FAILED_FRESH_SECONDS = 5.0
LIST_SECONDS = 5.0
MOST_LIST_BYTES = 10_000_000
_NO_WRITERS = ("embed", "rerank", "whisper", "tts", "bge-", "clip")


@dataclass(frozen=True)
class Ready:
    """A server answers and has every model that is needed. ``notes`` tell how it was chosen."""

    server: LanguageServer
    slots: Mapping[str, str]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Absent:
    """No server can serve now. ``expected`` when the owner has set one up, or one has served before."""

    fault: AttemptError
    expected: bool


class Backends:
    """Asks the configured server, then the fallback; remembers the answer for a short time. Safe for threads."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._clock = clock
        self._lock = threading.Lock()
        self._found: Ready | Absent | None = None
        self._until = float("-inf")
        self._seen = False

    def find(self) -> Ready | Absent:
        """Who serves now. May take as long as two servers need not to answer (``backend.connect_seconds`` each)."""
        with self._lock:
            if self._found is None or self._clock() >= self._until:
                self._found = self._look()
                fresh = FRESH_SECONDS if isinstance(self._found, Ready) else FAILED_FRESH_SECONDS
                self._until = self._clock() + fresh
            return self._found

    def last(self) -> Ready | Absent | None:
        """What ``find`` said last, however long ago; never waits for a server."""
        return self._found

    def forget(self) -> None:
        """Ask again next time: what was found did not hold."""
        self._until = float("-inf")

    def _look(self) -> Ready | Absent:
        settings = self._settings
        faults: list[AttemptError] = []
        for server, models in candidates(settings):
            try:
                slots = filled(server, needed_slots(settings), models, models_of(server))
            except AttemptError as fault:
                faults.append(fault)
                continue
            self._seen = True
            return Ready(server, slots, tuple(f"{fault} The fallback serves." for fault in faults))
        return Absent(_first_and_rest(faults), expected=self._seen or is_configured(settings))


def candidates(settings: Settings) -> Iterator[tuple[LanguageServer, ModelSettings]]:
    """The servers of the configuration in the order in which they are asked, each with its models."""
    yield _server(settings, settings.backend, settings.backend.address), settings.models
    if settings.backend.fallback.url:
        fallback = settings.backend.fallback
        yield _server(settings, fallback, fallback.url), fallback.models


def is_configured(settings: Settings) -> bool:
    """Whether the owner has set up a language model: named one, or given an address of his own."""
    named = any(getattr(settings.models, slot) for slot in ModelSettings.model_fields)
    return named or settings.backend.address != OLLAMA_URL or bool(settings.backend.fallback.url)


def needed_slots(settings: Settings) -> tuple[str, ...]:
    """The slots that the agents name."""
    agents = settings.agents or DEFAULT_AGENTS
    return tuple(dict.fromkeys(agent.config_assignment for agent in agents))


def models_of(server: LanguageServer) -> tuple[str, ...] | None:
    """What a server has, by name; None when it does not tell. Raises ``PassingFault`` and ``UserFault``."""
    headers = {"Authorization": f"Bearer {server.key}"} if server.key else {}
    timeout = httpx.Timeout(min(LIST_SECONDS, server.timeout_seconds), connect=server.connect_seconds)
    try:
        with httpx.stream("GET", f"{server.url}/models", headers=headers, timeout=timeout) as answer:
            body = _beginning(answer)
    except httpx.InvalidURL as error:
        raise UserFault(f"backend.url is no address: {server.place} ({error}).") from error
    except httpx.HTTPError as error:
        raise unreachable(server.who, str(error) or type(error).__name__) from error
    if answer.status_code in (404, 405, 501):
        return None
    if answer.status_code >= 400:
        raise refusal(server.who, answer.status_code, body, answer.headers, KEY_NAME)
    try:
        return tuple(readable(str(model["id"])) for model in json.loads(body)["data"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UserFault(
            f"{upper(server.who)} does not answer as a language model server does: {body[:120]!r}.",
            hint="Check backend.url; it usually ends with /v1.",
        ) from error


def _beginning(answer: httpx.Response) -> str:
    """What was answered, up to a size that no list of models has, and for as long as one may take."""
    body, ends = b"", time.monotonic() + 2 * LIST_SECONDS
    for piece in answer.iter_bytes():
        body += piece
        if len(body) >= MOST_LIST_BYTES or time.monotonic() > ends:
            break
    return body[:MOST_LIST_BYTES].decode("utf-8", "replace")


def filled(
    server: LanguageServer, slots: tuple[str, ...], models: ModelSettings, there: tuple[str, ...] | None
) -> dict[str, str]:
    """A model for each slot. Raises ``UserFault`` that names what is missing together with what is there."""
    named = {slot: getattr(models, slot) or models.local1 for slot in slots}
    if there is None:
        if all(named.values()):
            return named
        raise UserFault(f"{upper(server.who)} does not tell its models.", hint="Name them in models.local1 to local3.")
    writers = [name for name in there if not any(word in name.casefold() for word in _NO_WRITERS)]
    if not writers and not all(named.values()):
        raise UserFault(f"{upper(server.who)} has no model that writes.", hint="Install one and load it there.")
    found = {slot: _installed(name, there) if name else writers[0] for slot, name in named.items()}
    missing = sorted({named[slot] for slot, model in found.items() if model is None})
    if missing:
        has = ", ".join(there[:12]) + (f" and {len(there) - 12} more" if len(there) > 12 else "")
        raise UserFault(
            f"{upper(server.who)} does not have the model {' and '.join(missing)}. It has: {has or 'none'}.",
            hint="Install it there, or name another in the section `models` of the configuration.",
        )
    return {slot: model for slot, model in found.items() if model is not None}


def _installed(name: str, there: tuple[str, ...]) -> str | None:
    """The model under its full name; Ollama calls the plain one ``NAME:latest``."""
    return next((each for each in there if each in (name, f"{name}:latest")), None)


def _server(settings: Settings, given: BackendSettings | FallbackSettings, url: str) -> LanguageServer:
    key = settings.secrets.get(KEY_NAME, "")
    if not key and given.type == "manual":
        key = settings.secrets.get("OPENAI_API_KEY", "")
    bare = url.rstrip("/")
    return LanguageServer(
        type=given.type,
        url=bare if urlsplit(bare).path else f"{bare}/v1",
        key=key,
        connect_seconds=settings.backend.connect_seconds,
        timeout_seconds=settings.backend.timeout_seconds,
        max_retries=settings.backend.max_retries,
    )


def _first_and_rest(faults: list[AttemptError]) -> AttemptError:
    """The first server's fault decides; what the fallback said is added to it."""
    first = faults[0]
    if len(faults) == 1:
        return first
    rest = " ".join(str(fault) for fault in faults[1:])
    said = type(first)(f"{first} The fallback: {rest}", hint=first.hint)
    said.log = first.log
    return said
