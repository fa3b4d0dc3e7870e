"""Integrated loudness after ITU-R BS.1770-4 and EBU R 128, measured by FFmpeg's ``ebur128`` filter."""

from collections.abc import Iterable
from fractions import Fraction

import av
import numpy as np
from av.filter.context import FilterContext

from musings_sketch.limiter import Block

_SILENT = -69.9  # the filter says -70 while nothing has passed the absolute gate
_LAYOUTS = {1: "mono", 2: "stereo", 3: "2.1", 4: "quad", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}
_GATE_SECONDS = 0.4


def integrated(source: Iterable[Block], sample_rate: int, channels: int) -> float | None:
    """Loudness in LUFS, to a tenth; None for silence and for less than one gating block (0.4 s)."""
    layout = _LAYOUTS.get(channels)
    if layout is None:
        return None
    graph = av.filter.Graph()
    entry = graph.add_abuffer(sample_rate=sample_rate, format="flt", layout=layout, time_base=Fraction(1, sample_rate))
    meter = graph.add("ebur128", "metadata=1:framelog=quiet")
    sink = graph.add("abuffersink")
    entry.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    total, found = 0, None
    for block in source:
        if not len(block):
            continue  # FFmpeg makes no frame of nothing
        samples = np.ascontiguousarray(block, np.float32).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(samples, format="flt", layout=layout)
        frame.sample_rate = sample_rate
        frame.pts = total
        total += len(block)
        entry.push(frame)
        found = _drained(sink) or found
    entry.push(None)
    found = _drained(sink) or found
    if found is None or float(found) <= _SILENT or total < _GATE_SECONDS * sample_rate:
        return None
    return round(float(found), 1)


def _drained(sink: FilterContext) -> str | None:
    """Take what the filter has ready; the last frame carries the loudness so far."""
    found = None
    while True:
        try:
            frame = sink.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return found
        found = frame.metadata.get("lavfi.r128.I", found) if isinstance(frame, av.AudioFrame) else found
