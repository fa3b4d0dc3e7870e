"""How many prompts run at a time: in all, of each kind, and on each maker. Asked anew before every start.

A number for a kind that the owner set by hand holds as it is. Where none is set, what makes the prompts decides: the
ComfyUI servers that answer now, the one graphics card that scripts share, the processors that sketches need. So a
prompt for one of them never stands in the way of a prompt for another.
"""

import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence

from musings import logs
from musings.config.operation import ConcurrencySettings
from musings.engine.base import Room
from musings.makers.choice import Makers
from musings.models import MEDIA_KINDS, Kind, Prompt

# Asking what makes a kind reads workflow files; a queue of quick prompts would read them for each claim.
FRESH_SECONDS = 1.0
LEAST_IN_ALL = 3
MOST_SKETCHES = 4
SERVERS, SCRIPTS, SKETCHES = "comfyui", "script", "sketch"

SlotByWorkflow = Mapping[str | None, str]


class MakerSlots:
    """``processors`` bounds how many sketches are made at once; they compute with all their might."""

    def __init__(
        self,
        asked: ConcurrencySettings,
        pipelines: Makers,
        *,
        processors: int = 1,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._asked = asked
        self._pipelines = pipelines
        # Half of the processors: rendering with all of them makes the page and the database slow. Two at least, so that
        # a short sketch does not wait for a long one.
        self._sketches = min(MOST_SKETCHES, max(2, processors // 2))
        self._now = now
        self._known: dict[Kind, tuple[float, SlotByWorkflow]] = {}

    def total(self) -> int:
        """How many prompts run at a time in all."""
        if self._asked.total:
            return self._asked.total
        by_hand = [count for kind in MEDIA_KINDS if (count := self._by_hand(kind)) is not None]
        # One more than the servers have places: a script or a sketch can run beside full servers.
        return max(LEAST_IN_ALL, self._asked.text + max([*by_hand, self._pipelines.places() + 1]))

    def room(self, making: Sequence[tuple[Kind, str | None]], allowed: Collection[Kind]) -> Room:
        """What may start beside ``making``: the kind and the maker of each prompt that is being made."""
        if len(making) >= self.total():
            return Room(())
        kinds_busy = Counter(kind for kind, _ in making)
        makers_busy = Counter(maker for _, maker in making)
        kinds, without = [], set()
        for kind in allowed:
            by_hand = self._by_hand(kind)
            if by_hand is not None:
                kinds += [kind] if kinds_busy[kind] < by_hand else []
                continue
            # Nothing runs: any prompt may start, and nothing has to be looked up.
            if not making:
                kinds.append(kind)
                continue
            makers = self._makers(kind)
            full = {maker for maker in makers.values() if makers_busy[maker] >= self._capacity(maker)}
            # Every maker of this kind is busy, so that no prompt of it could start.
            if full >= set(makers.values()):
                continue
            kinds.append(kind)
            # Named by workflow and not by maker: the claim is a query, and rows know only their workflow.
            without |= {(kind, workflow) for workflow, maker in makers.items() if maker in full}
        return Room(tuple(kinds), frozenset(without))

    def maker_of(self, prompt: Prompt) -> str | None:
        """What will make a prompt, as far as its row tells; None when it is not known."""
        return None if prompt.kind is None else self.makers_of(prompt.kind)(prompt)

    def makers_of(self, kind: Kind) -> Callable[[Prompt], str | None]:
        """The same for the prompts of one kind, from what is known now: the returned function does no I/O."""
        makers = self._makers(kind)
        # A prompt without a workflow, or with one that is gone, is made by the default.
        return lambda prompt: makers.get(prompt.workflow, makers.get(None)) if prompt.kind is kind else None

    def _by_hand(self, kind: Kind) -> int | None:
        count: int | None = getattr(self._asked, kind.value)
        return count

    def _capacity(self, maker: str) -> int:
        if maker == SERVERS:
            return self._pipelines.places()
        # One script at a time: they share one graphics card, and two models may not fit into its memory.
        return self._sketches if maker == SKETCHES else 1

    def _makers(self, kind: Kind) -> SlotByWorkflow:
        known = self._known.get(kind)
        if known is not None and self._now() - known[0] < FRESH_SECONDS:
            return known[1]
        try:
            makers: SlotByWorkflow = self._pipelines.makers(kind)
        except Exception as error:  # noqa: BLE001 (a mistake of ours over a workflow file must not end the runner)
            logs.get("worker").error("the workflows cannot be read", exc_info=error)
            # The kind itself as its maker: then its prompts run one at a time, and the attempt says what is wrong.
            makers = {None: kind.value}
        self._known[kind] = (self._now(), makers)
        return makers
