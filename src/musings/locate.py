"""Where the configuration and the database are: the part of configuration that costs nothing to ask.

Standard library only, little of it, and of every Python from 3.8: the owner's LaunchAgent starts us every five
minutes, mostly to learn that there is nothing to do.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Mapping

CONFIG_NAME = "poets_cron_config.json"
SAMPLE_NAME = "poets_cron_config.sample.json"
DATABASE_NAME = "musings.db"
CHECKOUT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))  # noqa: PTH120


def find_config(given: str | None, environment: Mapping[str, str], cwd: str) -> str | None:
    """The configuration file that counts, absolute, or None when there is none (then defaults serve).

    Order: ``--config``, ``MUSINGS_CONFIG``, the working directory, ``poets-service-clean/`` of the checkout, the
    platform's configuration folder, the sample that a checkout brings (its folder is then the one that counts). A file
    that was named is returned even when it does not exist, so that the reader can say so.
    """
    named = given or environment.get("MUSINGS_CONFIG")
    if named:
        return _absolute(named, cwd)
    candidates = (
        os.path.join(cwd, CONFIG_NAME),  # noqa: PTH118
        _in_doors(CONFIG_NAME),
        os.path.join(_platform_folder(environment), CONFIG_NAME),  # noqa: PTH118
        _in_doors(SAMPLE_NAME),
    )
    return next((path for path in candidates if os.path.isfile(path)), None)  # noqa: PTH113


def provide_config(found: str | None) -> str | None:
    """``found``, or where it is what a fresh checkout has not got yet, the owner's own file, made from the sample.

    A file that is there is never written. Where none can be made the sample itself serves.
    """
    own, sample = _in_doors(CONFIG_NAME), _in_doors(SAMPLE_NAME)
    if found not in (own, sample) or os.path.lexists(own):
        return found
    fresh = f"{own}.{os.getpid()}"
    try:
        with open(sample, "rb") as source, open(fresh, "wb") as target:  # noqa: PTH123
            target.write(source.read())
        _put_where_nothing_is(fresh, own)
    except OSError:
        return found if os.path.lexists(own) or found == own else sample
    finally:
        with contextlib.suppress(OSError):
            os.unlink(fresh)  # noqa: PTH108
    return own


def _in_doors(name: str) -> str:
    return os.path.join(CHECKOUT, "poets-service-clean", name)  # noqa: PTH118


def _put_where_nothing_is(fresh: str, own: str) -> None:
    """Two first runs at once leave one file, whole: a link never replaces anything. Some disks have no links."""
    try:
        os.link(fresh, own)
    except FileExistsError:
        return
    except OSError:
        if not os.path.lexists(own):
            os.rename(fresh, own)  # noqa: PTH104


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
