"""``python -m tests.campaigns NAME``: each prints its figures, and ends with 1 when something gave way."""

import argparse
import json
import os
import signal
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from musings import logs
from musings.config.operation import LoggingSettings
from tests.campaigns import chains, faults, kills, power, servers, soak

CAMPAIGNS: dict[str, tuple[Any, str, float, str]] = {
    "kills": (kills, "SIGKILL for API, worker, server and children while prompts run", 20, "kills"),
    "chains": (chains, "SIGKILL for workers and people while musings go through their steps", 20, "kills"),
    "power": (power, "power cuts: what may be on the disk at any moment, and our start on it", 10, "cuts"),
    "faults": (faults, "every fault of a ComfyUI and of a disk, for each kind, at each moment", 60, "cases"),
    "servers": (servers, "servers that are broken or hostile", 60, "cases"),
    "soak": (soak, "hours of work in little time: memory, descriptors, disk and latency", 60, "prompts"),
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.campaigns", description=__doc__)
    parser.add_argument("--folder", type=Path, help="where to; a temporary one by default, which is removed")
    verbs = parser.add_subparsers(dest="name", required=True)
    for name, (_, words, minutes, what) in CAMPAIGNS.items():
        verb = verbs.add_parser(name, help=words)
        verb.add_argument("--minutes", type=float, default=minutes)
        verb.add_argument("--seed", type=int, default=1)
        if name == "kills":
            verb.add_argument("--apart", action="store_true", help="one program at a time, when all work")
        verb.add_argument("--most", type=int, default=1_000_000, help=f"end after so many {what}")
    options = parser.parse_args()
    # Whoever ends a campaign ends what it has started: the blocks that do so are left in order.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    campaign = CAMPAIGNS[options.name][0]
    with tempfile.TemporaryDirectory(prefix="campaign-") as temporary:
        # What a worker in this process says is not for the terminal, where the figures are.
        logs.configure(LoggingSettings(directory=Path(temporary)), "campaign", terminal=False)
        folder = (options.folder or Path(temporary)).absolute() / f"{options.name}-{options.seed}"
        more = {"apart": options.apart} if options.name == "kills" else {}
        record = campaign.run(folder, options.seed, options.minutes, options.most, say, **more)
    tell(campaign.lines(record), options.seed, asdict(record))
    return 0 if record.is_clean else 1


def tell(lines: list[str], seed: int, record: dict[str, Any]) -> None:
    for line in lines:
        say(line)
    say(
        "load of the machine over the last 1, 5 and 15 minutes: " + ", ".join(f"{each:.1f}" for each in os.getloadavg())
    )
    say(json.dumps({"seed": seed, **record}))


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
