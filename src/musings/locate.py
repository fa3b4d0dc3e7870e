"""Where the configuration and the database are: the part of configuration that costs nothing to ask.

Standard library only, and little of it: the owner's LaunchAgent starts us every five minutes, mostly to learn that
there is nothing to do (DESIGN D6).
"""

import json
import os
import sys
from collections.abc import Mapping

CONFIG_NAME = "poets_cron_config.json"
DATABASE_NAME = "musings.db"
CHECKOUT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # noqa: PTH100, PTH120


def find_config(given: str | None, environment: Mapping[str, str], cwd: str) -> str | None:
    """The configuration file that counts, absolute, or None when there is none (then defaults serve).

    Order: ``--config``, ``MUSINGS_CONFIG``, the working directory, ``poets-service-clean/`` of the checkout, the
    platform's configuration folder. A file that was named is returned even when it does not exist, so that the
    reader can say so.
    """
    named = given or environment.get("MUSINGS_CONFIG")
    if named:
        return _absolute(named, cwd)
    candidates = (
        os.path.join(cwd, CONFIG_NAME),  # noqa: PTH118
        os.path.join(CHECKOUT, "poets-service-clean", CONFIG_NAME),  # noqa: PTH118
        os.path.join(_platform_folder(environment), CONFIG_NAME),  # noqa: PTH118
    )
    return next((path for path in candidates if os.path.isfile(path)), None)  # noqa: PTH113


def database_path(config: str | None, environment: Mapping[str, str]) -> str | None:
    """The SQLite file that the configuration names, or None when only the full reader can tell."""
    if config is None:
        return None
    named = environment.get("MUSINGS_DATABASE__PATH")
    if named is None:
        try:
            if _mentions_database(os.path.join(os.path.dirname(config), ".env")):  # noqa: PTH118, PTH120
                return None
            with open(config, encoding="utf-8-sig") as file:  # noqa: PTH123
                named = json.load(file).get("database", {}).get("path", DATABASE_NAME)
        except (OSError, ValueError, AttributeError, RecursionError):
            return None
    return _absolute(named, os.path.dirname(config)) if isinstance(named, str) else None  # noqa: PTH120


def lock_path(database: str) -> str:
    """The file whose lock the one runner of a database holds: one for each file, whatever links lead to it."""
    return os.path.realpath(database) + ".lock"


def _mentions_database(secrets: str) -> bool:
    """Whether the ``.env`` beside the configuration may name another database."""
    try:
        with open(secrets, "rb") as file:  # noqa: PTH123
            return b"MUSINGS_DATABASE" in file.read().upper()
    except FileNotFoundError:
        return False


def _platform_folder(environment: Mapping[str, str]) -> str:
    home = environment.get("HOME", "")
    if sys.platform == "darwin":
        return os.path.join(home, "Library", "Application Support", "musings")  # noqa: PTH118
    return os.path.join(environment.get("XDG_CONFIG_HOME") or os.path.join(home, ".config"), "musings")  # noqa: PTH118


def _absolute(path: str, base: str) -> str:
    return os.path.normpath(os.path.join(base, os.path.expanduser(path)))  # noqa: PTH111, PTH118
