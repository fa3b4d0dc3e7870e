#!/usr/bin/env python3
"""The door that the owner's LaunchAgent knows: each flag forwards to a verb of `musings`.

    --queue                work through what is pending, media included, then exit   (musings worker --drain)
    --queue --media-only   the same for image, music and voice only                  (… --only media)
    --test                 check configuration, database, disk and workflows         (musings doctor)
"""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
VERBS = {
    ("--queue",): ("worker", "--drain"),
    ("--media-only", "--queue"): ("worker", "--drain", "--only", "media"),
    ("--test",): ("doctor",),
}
sys.path.insert(0, os.path.join(ROOT, "src"))
from musings import due, locate  # noqa: E402


def main() -> None:
    verb = VERBS.get(tuple(sorted(sys.argv[1:])))
    if verb is None:
        sys.exit(0 if print(__doc__) or "--help" in sys.argv else 2)
    os.environ.setdefault("MUSINGS_CONFIG", os.path.join(HERE, locate.CONFIG_NAME))
    database = locate.database_path(os.environ["MUSINGS_CONFIG"], os.environ)
    if verb[0] == "worker" and database is not None:
        if due.runner_is_alive(locate.lock_path(database)):
            sys.exit(print("Another worker is already working on this queue.") or 75)
        if not due.anything(database, media_only="media" in verb):
            sys.exit(print("Nothing is waiting in the queue.") or 0)
    os.execv(os.path.join(ROOT, "musings"), [os.path.join(ROOT, "musings"), *verb])


main()
