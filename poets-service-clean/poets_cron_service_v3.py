#!/usr/bin/env python3
"""The door that the owner's LaunchAgent knows: each flag forwards to a verb of `musings`.

--queue [--media-only]   work through what is pending, then exit: all kinds, or image, music and voice
--test                   check configuration, database, disk and workflows
"""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
MUSINGS = os.path.join(os.path.dirname(HERE), "musings")
VERBS = {
    ("--queue",): ("worker", "--drain"),
    ("--media-only", "--queue"): ("worker", "--drain", "--only", "media"),
    ("--test",): ("doctor",),
}
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "src"))
from musings import due, locate  # noqa: E402 (both standard library only: an empty queue costs nothing)


def main() -> int:
    verb = VERBS.get(tuple(sorted(sys.argv[1:])))
    if verb is None:
        ok = sys.argv[1:] in (["-h"], ["--help"])
        print(__doc__ if ok else f"Not understood: {sys.argv[1:]}. See --help.", file=sys.stdout if ok else sys.stderr)
        return 0 if ok else 2
    config = os.environ.setdefault("MUSINGS_CONFIG", os.path.join(HERE, locate.CONFIG_NAME))
    database = "worker" in verb and locate.database_path(config, os.environ)
    if database and due.runner_is_alive(locate.lock_path(database)):
        print("Another worker is already working on this queue.")
        return 75
    if database and not due.anything(database, media_only="media" in verb):
        print("Nothing is waiting in the queue.")
        return 0
    return os.execv(MUSINGS, [MUSINGS, *verb])


sys.exit(main())
