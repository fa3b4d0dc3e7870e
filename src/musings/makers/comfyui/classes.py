"""The node classes of the servers, as last heard, without making anybody wait long for a server that is away."""

import threading
import time
from collections.abc import Mapping, Sequence

from comfyui_workflows.json_types import Json, Object
from musings.makers.comfyui.asking import ask_all
from musings.makers.comfyui.client import ComfyServer

# Nodes are installed seldom, and the answer is half a megabyte.
FRESH_SECONDS = 60.0
FIRST_SECONDS = 3.0
AGAIN_SECONDS = 5.0
# A server that loads a model may take so long; its classes are still wanted.
GRACE_SECONDS = 60.0


class ClassTable:
    """A look at the servers goes on behind ``latest``. What any server has is known."""

    def __init__(self, servers: Sequence[ComfyServer]) -> None:
        self._servers = tuple(servers)
        self._lock = threading.Lock()
        self._known: Object | None = None
        self._heard: list[Object] = []
        self._asked_at = float("-inf")
        self._first_until: float | None = None
        self._answered = threading.Event()
        if not self._servers:
            # No server is configured, so that waiting would be in vain.
            self._answered.set()  # no answer will come

    def latest(self) -> Object | None:
        """The latest answer, None when there is none yet.

        Only the first answer is waited for, ``FIRST_SECONDS`` at most for all calls together: without it no form knows
        the bounds of its numbers.
        """
        self._ask()
        # All calls share one deadline: a page with twenty workflows must not wait twenty times.
        if self._known is None and self._first_until is not None:
            self._answered.wait(max(0.0, self._first_until - time.monotonic()))
        return self._known

    @property
    def complete(self) -> bool:
        """Whether every server has answered when it was last asked: what is not in the table is nowhere."""
        return len(self._heard) == len(self._servers)

    def wait(self, seconds: float) -> Object | None:
        """The same, but the first answer is waited for a while."""
        self._ask()
        self._answered.wait(seconds)
        return self._known

    def asked_again(self) -> Object | None:
        """The same after a new look, which is waited for ``FIRST_SECONDS``; at most one within ``AGAIN_SECONDS``."""
        with self._lock:
            due = time.monotonic() - self._asked_at > AGAIN_SECONDS and self._servers
            if due:
                self._asked_at = time.monotonic()
        if due:
            # What they told may be five minutes old, and something was installed meanwhile.
            for server in self._servers:
                server.forget()
            look = threading.Thread(target=self._look, daemon=True, name="object-info")
            look.start()
            look.join(FIRST_SECONDS)
        return self._known

    def _ask(self) -> None:
        with self._lock:
            now = time.monotonic()
            if not self._servers or now - self._asked_at < FRESH_SECONDS:
                return
            # Noted before the answer: a server that hangs is not asked by every call.
            self._asked_at = now
            self._first_until = self._first_until or now + FIRST_SECONDS
        threading.Thread(target=self._look, daemon=True, name="object-info").start()

    def _look(self) -> None:
        try:
            answers = ask_all(self._servers, self._heard_from, enough=lambda _: True, grace_seconds=GRACE_SECONDS)
            heard = [each for each in answers if each is not None and not isinstance(each, Exception)]
            # Replaced only when something changed: callers compare by identity to know whether to read anew.
            if heard and not _same(heard, self._heard):
                self._heard, self._known = heard, merged(heard)
        finally:
            self._answered.set()

    def _heard_from(self, server: ComfyServer) -> Object:
        """May raise what it likes: the server is away, or was closed while we asked."""
        info = server.object_info()
        if self._known is None and len(self._servers) > 1:  # of a single one all is known when `_look` has it
            self._known = info  # the answer of one server is enough to begin with
            self._answered.set()
        return info


def merged(heard: Sequence[Object]) -> Object:
    """The classes of several servers as one table: a choice that any of them has is a choice.

    A class is as the first server declares it.
    """
    # The same object, so that identity stays.
    if len(heard) == 1:
        return heard[0]
    table: dict[str, Json] = {}
    for name in dict.fromkeys(name for each in heard for name in each):
        declared = [each[name] for each in heard if name in each]
        table[name] = _with_all_choices(declared) if len(declared) > 1 else declared[0]
    return table


def _same(heard: Sequence[Object], before: Sequence[Object]) -> bool:
    return len(heard) == len(before) and all(one is other for one, other in zip(heard, before, strict=True))


def _with_all_choices(declared: Sequence[Json]) -> Json:
    first = declared[0]
    groups = first.get("input") if isinstance(first, Mapping) else None
    if not isinstance(groups, Mapping):
        return first
    inputs = {
        group: {name: _spec(spec, [_at(each, group, name) for each in declared[1:]]) for name, spec in specs.items()}
        if isinstance(specs, Mapping)
        else specs
        for group, specs in groups.items()
    }
    return {**first, "input": inputs}


def _spec(spec: Json, others: Sequence[Json]) -> Json:
    """A specification with the choices of others behind its own, in its own style."""
    own = _choices(spec)
    if own is None:
        return spec
    plain = [each for other in others for each in _choices(other) or () if isinstance(each, str | int | float)]
    more = [each for each in plain if each not in own]
    if not more:
        return spec
    # Its own first: the first choice is what a form shows as the default.
    every = [*own, *dict.fromkeys(more)]
    # Two styles of declaring choices are in use; the one that was met is kept.
    return [every, *spec[1:]] if isinstance(spec[0], list) else [spec[0], {**spec[1], "options": every}, *spec[2:]]


def _choices(spec: Json) -> list[Json] | None:
    if not isinstance(spec, list) or not spec:
        return None
    if isinstance(spec[0], list):
        return spec[0]
    options = spec[1].get("options") if len(spec) > 1 and isinstance(spec[1], Mapping) else None
    return options if spec[0] == "COMBO" and isinstance(options, list) else None


def _at(declared: Json, group: str, name: str) -> Json:
    groups = declared.get("input") if isinstance(declared, Mapping) else None
    specs = groups.get(group) if isinstance(groups, Mapping) else None
    return specs.get(name) if isinstance(specs, Mapping) else None
