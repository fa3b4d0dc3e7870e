"""What somebody asks for on the bus, done once."""

import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace

from musings.config.settings import Settings
from musings.errors import ConflictError, Fault, InvalidInputError
from musings.makers.choice import Makers
from musings.models import Json, Kind
from musings.requests.documents import request_of
from musings.requests.intake import TEXT_BYTES
from musings.requests.submitting import submit
from musings.store.database import Database
from musings.store.housekeeping import mqtt as stored
from musings.store.queue import pause, retries, submission

OWNER = "mqtt"
DEFAULT_KIND = Kind.IMAGE
OBJECT = re.compile(r'\s*\{\s*"')
"""How a JSON object begins."""


@dataclass(frozen=True)
class GivenCommand:
    """``name`` as ``topics`` has it. ``delivery`` is the number that the broker gave the message (its packet id).

    ``is_repeated``: the broker says that it may have delivered the message before (DUP, MQTT 3.1.1, section 3.3.1.1).
    ``is_retained``: it is no new message, but one that the broker keeps for whoever subscribes.
    """

    name: str
    payload: bytes
    delivery: int = 0
    is_repeated: bool = False
    is_retained: bool = False


class Commands:
    """Carries commands out. Raises ``MusingsError`` in words for who gave one; ``StoreError`` means to try again."""

    def __init__(self, settings: Settings, database: Database, makers: Makers) -> None:
        self._settings = settings
        self._database = database
        self._makers = makers

    @property
    def kind(self) -> str:
        """What a message that names no type makes."""
        chosen = self._database.reading(stored.chosen_kind)
        return chosen if chosen in set(Kind) else str(DEFAULT_KIND)

    def do(self, command: GivenCommand) -> None:
        if command.is_retained:
            # It would be carried out again at each start, for as long as the broker keeps it.
            words = "is a retained message: publish it without `retain`, and clear this one with an empty payload"
            raise InvalidInputError([Fault(command.name, words)])
        if command.name == "make":
            self._make(command)
        elif command.name == "kind":
            self._choose(_text(command))
        elif command.name == "retry":
            self._database.writing(retries.retry_all_failed)
        elif command.name in ("pause", "resume"):
            self._database.writing(pause.set_paused, command.name == "pause")
        else:
            raise InvalidInputError([Fault(command.name[:60], "is no command")])

    def _make(self, command: GivenCommand) -> None:
        prefix = _key_prefix(self._settings.mqtt.node_id, command)
        # A message that comes again was perhaps carried out before the connection, or this program, broke.
        if command.is_repeated and self._database.reading(submission.is_key_known, prefix):
            return
        request = request_of(_document(command), defaults={"prompt_type": self.kind})
        if request.idempotency_key is None:
            # Not the prefix alone: the broker counts anew some day, and the same words may be meant again.
            request = replace(request, idempotency_key=f"{prefix}{secrets.token_hex(8)}")
        metadata = {**(request.metadata or {}), "mqtt": {"node": self._settings.mqtt.node_id}}
        try:
            submit(self._settings, self._database, self._makers, replace(request, owner=OWNER, metadata=metadata))
        except ConflictError as error:
            raise InvalidInputError([Fault("idempotency_key", str(error))], hint=error.hint) from error

    def _choose(self, kind: str) -> None:
        if kind not in set(Kind):
            raise InvalidInputError([Fault("kind", f"{kind[:60]!r} is no kind; there are: {', '.join(Kind)}")])
        self._database.writing(stored.choose_kind, kind)


def _document(command: GivenCommand) -> Mapping[str, Json]:
    """The words alone, or an object of names and values. ``{red|blue}`` are words: a prompt may begin so."""
    text = _text(command)
    if not OBJECT.match(text):
        return {"prompt_text": text}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInputError([Fault("make", f"begins as JSON and is none: {error}")]) from error
    if not isinstance(found, dict):
        raise InvalidInputError([Fault("make", "must be words, or a JSON object")])
    return found


def _text(command: GivenCommand) -> str:
    if len(command.payload) > TEXT_BYTES:
        message = f"is {len(command.payload):,} bytes long; at most {TEXT_BYTES:,} are taken"
        raise InvalidInputError([Fault(command.name, message)])
    try:
        return command.payload.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidInputError([Fault(command.name, "is not UTF-8 text")]) from error


def _key_prefix(node: str, command: GivenCommand) -> str:
    """The same for a delivery and its repetition, and for hardly anything else."""
    digest = hashlib.sha256(command.payload).hexdigest()[:32]
    return f"mqtt:{node}:{command.delivery}:{digest}:"
