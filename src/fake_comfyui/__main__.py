"""``python -m fake_comfyui``: a ComfyUI without models, for trying and testing."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from fake_comfyui.artist import artist_named, usual
from fake_comfyui.dialect import DIALECTS, USUAL
from fake_comfyui.faults import FAULTS, parse
from fake_comfyui.running import Pace
from fake_comfyui.server import FakeComfy


def main(words: Sequence[str] | None = None) -> int:
    """Serve until interrupted. Exit codes: 0 ended by a signal, 2 wrong usage, 3 the port is taken."""
    parser = argparse.ArgumentParser(
        prog="fake-comfyui",
        description="A ComfyUI without models: real files, and faults on demand.",
        epilog=f"faults (NAME, or NAME=TIMES to show it that often):\n{listed()}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_arguments(parser)
    options = parser.parse_args(words)
    try:
        return serve(options)
    except ValueError as error:
        parser.error(str(error))


def serve(options: argparse.Namespace) -> int:
    """Serve as the options of :func:`add_arguments` say. Raises ``ValueError`` for an unknown fault or artist."""
    parse(options.fault)
    fake = FakeComfy(
        host=options.host,
        port=options.port,
        root=options.root,
        faults=options.fault,
        artist=artist_named(options.artist),
        pace=Pace(options.node_seconds, options.step_seconds, options.slow_seconds),
        like=options.version_like,
    )

    def ready() -> None:
        sys.stdout.write(f"fake ComfyUI at {fake.url}, files in {fake.root}\n")
        sys.stdout.flush()

    try:
        fake.serve(ready)
    except OSError as error:
        sys.stderr.write(f"cannot listen on {options.host}:{options.port}: {error.strerror or error}\n")
        return 3
    finally:
        fake.stop()
    return 0


def listed() -> str:
    """The faults, one on a line."""
    return "\n".join(f"  {name:40} {fault.help}" for name, fault in FAULTS.items())


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8188, help="port to listen on (8188)")
    parser.add_argument(
        "--version-like", choices=list(DIALECTS), default=USUAL, help=f"the version of ComfyUI to speak as ({USUAL})"
    )
    parser.add_argument("--fault", action="append", default=[], metavar="NAME[=TIMES]", help="switch a fault on")
    parser.add_argument(
        "--artist", default=usual(), help="who draws: sketch (the sketch engine), plain and quicker, or MODULE:CLASS"
    )
    parser.add_argument("--root", type=Path, default=None, help="folder for its files (a temporary one)")
    parser.add_argument("--node-seconds", type=float, default=0.2, help="how long each node takes (0.2)")
    parser.add_argument("--step-seconds", type=float, default=0.1, help="how long each sampler step takes (0.1)")
    parser.add_argument("--slow-seconds", type=float, default=5.0, help="how slow the slow faults are (5)")


if __name__ == "__main__":
    raise SystemExit(main())
