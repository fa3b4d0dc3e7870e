"""Where the jobs of a prompt are: ``comfy|<server>|<id>,<id>…``, then the same for servers where some were left behind.

This is what is written down before anything runs outside, so that the attempt after a crash finds the jobs, and so
that a server which was away when its job was moved does not go on with it when it is back.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

MARK = "comfy"
# Each is a server that stayed away; the text is a column of a row and must not grow for ever.
MOST_LEFT = 4


@dataclass(frozen=True)
class Whereabouts:
    """``ids`` are on ``url``, one for each round; ``url`` is None when they are nowhere. ``left`` are jobs that are
    wanted no more, by server.
    """

    url: str | None = None
    ids: tuple[str, ...] = ()
    left: tuple[tuple[str, tuple[str, ...]], ...] = field(default=())

    @classmethod
    def read(cls, external_id: str | None) -> "Whereabouts":
        mark, *parts = (external_id or "").split("|")
        # Anything else (a process, a text of an older version) is no place to look for jobs.
        if mark != MARK or len(parts) < 2 or len(parts) % 2:
            return cls()
        pairs = [
            (url, tuple(each for each in ids.split(",") if each))
            for url, ids in zip(parts[::2], parts[1::2], strict=True)
        ]
        (url, ids), *left = pairs
        # A retry writes an empty server first: nothing is to be joined then, but the rest is to be taken away.
        return cls(url or None, ids if url else (), tuple(each for each in left if all(each)))

    def all_jobs(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Every server with the ids of the jobs on it, wanted or not."""
        return self._left_behind(None)

    def written(self) -> str:
        pairs = [(self.url or "", self.ids), *self.left]
        return "|".join([MARK, *(part for url, ids in pairs for part in (url, ",".join(ids)))])

    def moved_to(self, url: str) -> "Whereabouts":
        """The same after a move: what was on another server is left behind there."""
        if self.url == url:
            return self
        # No ids: on the new server every job begins anew.
        return Whereabouts(url, (), self._left_behind(url))

    def nowhere(self) -> "Whereabouts":
        """The same when the jobs are given up where they are."""
        return Whereabouts(None, (), self._left_behind(None))

    def with_ids(self, ids: Sequence[str]) -> "Whereabouts":
        return replace(self, ids=tuple(ids))

    def _left_behind(self, now_on: str | None) -> tuple[tuple[str, tuple[str, ...]], ...]:
        mine = [(self.url, self.ids)] if self.url is not None and self.ids else []
        # Only one entry for each server; where we are now, jobs are wanted.
        return tuple([*mine, *(each for each in self.left if each[0] != now_on)][:MOST_LEFT])
