"""The plan of a piece: how many bars, which sections, how lively each. Pure."""

from dataclasses import dataclass

from musings_sketch.music.brief import Brief
from musings_sketch.music.harmony import Ending

LEAD_IN = 0.06
"""Seconds before the first note."""

_TAIL = 2.8  # seconds for the last chord to ring after its bar has begun to fade
_BENT = 0.06  # how much the tempo may give, so that whole bars fill the time
_ORDERS: dict[int, tuple[str, ...]] = {
    1: ("A",),
    2: ("A", "A'"),
    3: ("A", "B", "A'"),
    4: ("A", "A", "B", "A'"),
    5: ("A", "A", "B", "B", "A'"),
    6: ("A", "A", "B", "B", "A'", "A'"),
    7: ("A", "A", "B", "B", "C", "A'", "A'"),
    8: ("A", "A", "B", "B", "C", "C", "A'", "A'"),
}
_ENERGIES = {"intro": 0.3, "A": 0.55, "B": 0.8, "C": 0.4, "A'": 1.0, "outro": 0.25}


@dataclass(frozen=True)
class Phrase:
    """A stretch of bars with one thought.

    ``energy`` 0..1 is relative to the piece; ``first`` says that it opens its section.
    """

    section: str
    start: int
    bars: int
    energy: float
    ending: Ending
    first: bool


@dataclass(frozen=True)
class FormPlan:
    """``tempo`` in quarter notes per minute, ``beats`` are the quarters in a bar.

    ``duration`` in seconds includes the ringing of the last bar.
    """

    tempo: float
    beats: int
    bars: int
    duration: float
    phrases: tuple[Phrase, ...]

    @property
    def form(self) -> tuple[str, ...]:
        return tuple(phrase.section for phrase in self.phrases if phrase.first)

    def seconds(self, beat: float, strict: bool) -> float:
        """When a beat of the piece comes; unless it is ``strict``, the last two bars broaden a little."""
        straight = beat * 60 / self.tempo
        late = max(0.0, beat - (self.bars - 2) * self.beats) / (2 * self.beats)
        return LEAD_IN + straight + (0.0 if strict else 0.09 * late**2 * self.beats * 60 / self.tempo)


def plan(reading: Brief, wanted: float, exact: bool) -> FormPlan:
    """Fill about ``wanted`` seconds (precisely so when ``exact``) with whole bars."""
    beats = 4 if reading.metre == "4/4" else 3
    tempo = reading.tempo * reading.quarters
    bar = beats * 60 / tempo
    bars = max(2, int((wanted - _TAIL - LEAD_IN) / bar + (0.5 if not exact else 0.0)))
    if exact and not reading.explicit_tempo:
        fitting = (wanted - _TAIL - LEAD_IN) / bars
        tempo = round(tempo * min(1 + _BENT, max(1 - _BENT, bar / fitting)), 2)
    duration = wanted if exact else LEAD_IN + bars * beats * 60 / tempo + _TAIL
    return FormPlan(tempo, beats, bars, round(duration, 3), tuple(_phrases(bars)))


def _phrases(bars: int) -> list[Phrase]:
    sizes = _sizes(bars)
    found: list[Phrase] = []
    start = 0
    for index, (name, size) in enumerate(sizes):
        first = not found or found[-1].section != name
        energy = _ENERGIES[name] + (0.0 if first else 0.1)
        follows = sizes[index + 1][0] if index + 1 < len(sizes) else ""
        found.append(Phrase(name, start, size, energy, _ending(name, follows), first))
        start += size
    return found


def _sizes(bars: int) -> list[tuple[str, int]]:
    """Names and bars of the phrases; what does not fill a phrase goes to the ends."""
    if bars < 6:
        return [("A", bars - 1), ("outro", 1)]
    length = 4 if bars >= 11 else 2
    order = _order(max(1, (bars - 2) // length))
    rest = bars - len(order) * length
    outro = max(1, rest // 2)
    ends = [("intro", rest - outro)] if rest > outro else []
    return [*ends, *((name, length) for name in order), ("outro", outro)]


def _order(count: int) -> tuple[str, ...]:
    if count in _ORDERS:
        return _ORDERS[count]
    half = _ORDERS[min(8, count // 2)]
    return tuple(name for name in half for _ in range(2))


def _ending(name: str, follows: str) -> Ending:
    if follows == "outro":
        return "full"
    if name in ("B", "C"):
        return "open" if follows == name else "half"
    return "half" if name != "intro" and follows in (name, "B") else "open"
