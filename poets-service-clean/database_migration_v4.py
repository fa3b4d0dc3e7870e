#!/usr/bin/env python3
"""The owner's name for `musings migrate [--db FILE] [--dry-run]`. Running it twice is harmless."""

import os
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
MUSINGS = os.path.join(os.path.dirname(HERE), "musings")

os.environ.setdefault("MUSINGS_CONFIG", os.path.join(HERE, "poets_cron_config.json"))
os.execv(MUSINGS, [MUSINGS, "migrate"] + sys.argv[1:])
