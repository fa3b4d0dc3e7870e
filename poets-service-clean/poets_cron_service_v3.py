#!/usr/bin/env python3
"""The door that the owner's LaunchAgent knows: each flag forwards to a verb of `musings`.

--queue          work through what is pending, then exit
--media-only     the same for image, music, voice and video only; with --queue or alone
--test           check configuration, database, disk and workflows
"""

import os
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
ROOT = os.path.dirname(HERE)
MUSINGS = os.path.join(ROOT, "musings")
ONLY_MEDIA = ("worker", "--drain", "--only", "media")
VERBS = {"--queue": ("worker", "--drain"), "--media-only": ONLY_MEDIA, "--test": ("doctor",)}
VERBS["--media-only --queue"] = ONLY_MEDIA


def main(words):
    verb = VERBS.get(" ".join(sorted(words)))
    if verb is None:
        ok = words in (["-h"], ["--help"])
        (sys.stdout if ok else sys.stderr).write(__doc__ if ok else "Not understood: %s. See --help.\n" % words)
        return 0 if ok else 2
    config = os.environ.setdefault("MUSINGS_CONFIG", os.path.join(HERE, "poets_cron_config.json"))
    if "worker" in verb and sys.version_info >= (3, 8):  # an older one leaves the question to the launcher's Python
        sys.path.insert(0, os.path.join(ROOT, "src"))
        from musings import locate  # standard library only, both: an empty queue costs nothing
        from musings.sqlite import due

        database = locate.database_path(config, os.environ)
        code = database and due.look(database, locate.lock_path(database), "media" in verb)
        if code is not None:
            return code
    return os.execv(MUSINGS, [MUSINGS] + list(verb))


sys.exit(main(sys.argv[1:]))
