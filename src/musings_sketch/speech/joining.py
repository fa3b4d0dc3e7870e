"""Spoken pieces, levelled and joined.

espeak-ng leaves one stretch of samples per piece of text. Here each is freed of its silence, faded at both
ends and followed by a pause, and the whole is brought to one loudness; it is read from disk piece by piece,
so that two hours of speech need no more memory than one sentence.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from musings_sketch import loudness
from musings_sketch.limiter import CEILING, Block, limited

TARGET_LUFS = -19.0
"""For one channel: as loud as −16 LUFS from two."""

_AUDIBLE = 0.004  # of full scale; espeak-ng's own noise is under it
_KEPT_SECONDS = 0.012
_FADE_SECONDS = 0.006
_LEAD_SECONDS = 0.15
_MOST_GAIN = 16.0


@dataclass(frozen=True)
class RawSpeech:
    """Raw samples on disk, one stretch per piece of text, each followed by its pause (seconds).

    ``texts`` are what the pieces say, where somebody wants chapters of it.
    """

    samples: Path
    sample_rate: int
    ends: tuple[int, ...]
    pauses: tuple[float, ...]
    texts: tuple[str, ...] = ()

    def gain(self, check: Callable[[], None]) -> float | None:
        """What brings the whole to its loudness; None when nothing is audible."""
        highest = 0.0

        def watched() -> Iterator[Block]:
            nonlocal highest
            for block in self.joined(1.0, check, ceiling=8.0):
                highest = max(highest, float(np.abs(block).max(initial=0.0)))
                yield block

        measured = loudness.integrated(watched(), self.sample_rate, 1)
        if highest < _AUDIBLE:
            return None
        wanted = CEILING / highest if measured is None else 10 ** ((TARGET_LUFS - measured) / 20)
        return float(min(wanted, 2 * CEILING / highest, _MOST_GAIN))

    def joined(
        self,
        gain: float,
        check: Callable[[], None],
        progress: Callable[[float], None] = lambda _: None,
        ceiling: float = CEILING,
        at: Callable[[int, float], None] = lambda _piece, _seconds: None,
    ) -> Iterator[Block]:
        """All pieces with their pauses, faded in and out, so that no seam clicks.

        ``at`` is told of each piece that is heard, by its place, and when it begins (s).
        """
        lead = self._silence(_LEAD_SECONDS)
        yield lead
        start, frames = 0, len(lead)
        for number, (end, pause) in enumerate(zip(self.ends, self.pauses, strict=True), 1):
            check()
            block = self._piece(start, end)
            if len(block):
                at(number - 1, frames / self.sample_rate)
                yield limited(block * np.float32(gain), self.sample_rate, ceiling)
                silence = self._silence(pause if number < len(self.ends) else _LEAD_SECONDS)
                yield silence
                # Counted as it is put together: what was cut off and put in is in no other record.
                frames += len(block) + len(silence)
            start = end
            progress(number / len(self.ends))

    def _piece(self, start: int, end: int) -> Block:
        levels = np.fromfile(self.samples, np.int16, end - start, offset=start * 2)
        raw = np.asarray(levels, np.float32) / np.float32(32768)
        if len(raw) == 0:
            return raw.reshape(0, 1)
        raw -= raw.mean()
        audible = np.flatnonzero(np.abs(raw) > _AUDIBLE)
        if len(audible) == 0:
            return raw[:0].reshape(0, 1)
        kept = round(_KEPT_SECONDS * self.sample_rate)
        trimmed = raw[max(0, audible[0] - kept) : audible[-1] + kept]
        fade = min(len(trimmed) // 2, round(_FADE_SECONDS * self.sample_rate))
        ramp = (0.5 - 0.5 * np.cos(np.pi * (np.arange(fade) + 0.5) / max(1, fade))).astype(np.float32)
        trimmed[:fade] *= ramp
        trimmed[len(trimmed) - fade :] *= ramp[::-1]
        return trimmed.reshape(-1, 1)

    def _silence(self, seconds: float) -> Block:
        return np.zeros((round(seconds * self.sample_rate), 1), np.float32)
