"""Figures of the queue, in one run: python -m benchmarks.queue [PART …]; `PARTS` are what there is."""

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import chains, listing, programs, throughput
from benchmarks.figures import Figure

PARTS: dict[str, Callable[[Path], Iterator[Figure]]] = {
    "throughput": throughput.measure,
    "chains": chains.measure,
    "listing": listing.measure,
    "programs": programs.measure,
}


def main(wanted: list[str]) -> int:
    unknown = set(wanted) - set(PARTS)
    if unknown:
        print(f"There is no part {', '.join(unknown)}; there are: {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    for name, measure in PARTS.items():
        if not wanted or name in wanted:
            with tempfile.TemporaryDirectory(prefix="musings-benchmark-") as folder:
                for figure in measure(Path(folder)):
                    print(figure, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
