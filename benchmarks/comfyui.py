"""Figures of ComfyUI, in one run: python -m benchmarks.comfyui [--server URL] [--export FILE …] [PART …].

Parts: latency (what Musings adds to a prompt), share (sixteen servers with jobs of a second), warm (scripts).
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import scripts, servers
from benchmarks.figures import Figure

PARTS: dict[str, Callable[[Path, argparse.Namespace], Iterator[Figure]]] = {
    "latency": lambda folder, options: servers.latency(folder, options.server),
    "share": lambda folder, options: servers.share(folder, options.servers),
    "warm": lambda folder, options: scripts.warm_and_cold(folder, options),
}


def main(words: list[str]) -> int:
    options = _parser().parse_args(words)
    for name in options.part or PARTS:
        with tempfile.TemporaryDirectory(prefix="musings-benchmark-") as folder:
            for figure in PARTS[name](Path(folder), options):
                print(figure, flush=True)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks.comfyui", description=__doc__.partition("\n")[0])
    parser.add_argument("part", nargs="*", choices=[*PARTS, []], help="which parts; all when none is named")
    parser.add_argument("--server", help="a real ComfyUI to measure the latency with, in place of the fake")
    parser.add_argument("--servers", type=int, default=16, help="how many fake servers share the work (16)")
    parser.add_argument("--export", type=Path, help="a SaveAsScript export to run, in place of the double")
    parser.add_argument("--python", type=Path, default=Path(sys.executable), help="ComfyUI's Python, for --export")
    parser.add_argument("--comfyui", type=Path, help="ComfyUI's folder, for --export")
    parser.add_argument("--flag", action="append", default=[], help="one of ComfyUI's own flags, for --export")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
