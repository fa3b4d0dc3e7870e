"""The door to Apprise, which knows the channels (https://github.com/caronc/apprise/wiki); imported when it is used."""

import logging
from typing import Any

from musings.late import importing
from musings.store.alerts.notices import Notice


def send(url: str, notice: Notice) -> bool:
    """Give a notice to the channel of an Apprise address; whether it was taken. Raises nothing.

    Takes seconds when the other side is away: never call it where somebody waits.
    """
    try:
        channel = _opened(url)
        return channel is not None and bool(
            channel.notify(body=notice.body, title=notice.title, notify_type=notice.level)
        )
    except Exception:  # noqa: BLE001 (whatever a channel's plug-in does must end neither the worker nor the API)
        return False


def is_known(url: str) -> bool:
    """Whether Apprise can read an address."""
    return _opened(url) is not None


def _opened(url: str) -> Any:
    with importing():
        import apprise

        for talker in ("apprise", "urllib3"):  # they repeat addresses, and those are secrets
            logging.getLogger(talker).setLevel(logging.CRITICAL)
        channel = apprise.Apprise(asset=apprise.AppriseAsset(async_mode=False))
        return channel if channel.add(url) else None  # the first one brings its plug-ins in
