"""Which workflow serves the prompts of a kind that name none."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from musings.makers.base import DefaultGround, Maker, Proposal
from musings.models import Kind


class StoredDefault(Protocol):
    """A default that was kept. ``by_owner``: somebody chose it; else it was the first that could be used."""

    @property
    def workflow(self) -> str: ...

    @property
    def by_owner(self) -> bool: ...


class Defaults(Protocol):
    """Where the defaults are kept."""

    def read(self) -> Mapping[Kind, StoredDefault]:
        """The default of each kind that has one."""

    def settle(self, kind: Kind, workflow: str) -> None:
        """Keep the first that could be used, unless there is one."""


class NoDefaults:
    """Nothing is kept."""

    def read(self) -> Mapping[Kind, StoredDefault]:
        return {}

    def settle(self, kind: Kind, workflow: str) -> None:
        """It is found anew each time."""


Keep = Callable[[Kind, str], None]


@dataclass(frozen=True)
class KindDefaults:
    """The defaults as they are now: what the makers propose, and what was ``kept``."""

    makers: Sequence[Maker]
    kept: Mapping[Kind, StoredDefault]

    def find(
        self, kind: Kind, names: Collection[str], *, wait: bool = False, keep: Keep = lambda _kind, _name: None
    ) -> str | None:
        """The default among the workflows of a kind; None where there is none at all.

        The configuration's word counts first, then the owner's, then a server that was set up for this, then what was
        once the first that could be used, then what is the first now, which is given to ``keep``, then what is built
        in. ``wait`` for a server's word on the first.
        """
        kept = self.kept.get(kind)
        standing = (
            self.configured(kind),
            self.by_owner(kind),
            self._proposed(kind, DefaultGround.SET_UP),
            kept.workflow if kept is not None else None,
        )
        found = next((name for name in standing if name in names), None)
        if found is None and (found := self._proposed(kind, DefaultGround.FOUND, wait=wait)) is not None:
            keep(kind, found)
        return found or self._proposed(kind, DefaultGround.BUILT_IN) or next(iter(names), None)

    def configured(self, kind: Kind) -> str | None:
        """The workflow that the configuration names for a kind, which no other default overrules."""
        return self._proposed(kind, DefaultGround.CONFIGURED)

    def by_owner(self, kind: Kind) -> str | None:
        """The workflow that the owner chose for a kind."""
        kept = self.kept.get(kind)
        return kept.workflow if kept is not None and kept.by_owner else None

    def _proposed(self, kind: Kind, ground: DefaultGround, *, wait: bool = False) -> str | None:
        found = sorted(self._proposals(kind, ground, wait=wait), key=lambda each: (each.since, each.workflow))
        return found[0].workflow if found else None

    def _proposals(self, kind: Kind, ground: DefaultGround, *, wait: bool) -> Iterator[Proposal]:
        for maker in self.makers:
            proposal = maker.propose(kind, ground, wait=wait)
            if proposal is not None:
                yield proposal
