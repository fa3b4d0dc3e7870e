"""What reaches into the house: the MQTT broker, the watched folder."""

import os
from collections.abc import Iterator

from musings.config.settings import Settings
from musings.doctor.findings import Finding, ok, warning
from musings.errors import UnreachableError
from musings.mqtt.client import PASSWORD
from musings.mqtt.probe import require_broker


def check(settings: Settings, _deep: bool) -> Iterator[Finding]:
    yield from _broker(settings)
    yield from _folder(settings)


def _broker(settings: Settings) -> Iterator[Finding]:
    if settings.mqtt.host is None:
        return
    try:
        require_broker(settings.mqtt, settings.secrets.get(PASSWORD))
    except UnreachableError as error:
        # A warning: prompts need no broker.
        yield warning("MQTT", str(error), error.hint or "Look at the section `mqtt` of the configuration.")
    else:
        yield ok("MQTT", f"the broker at {settings.mqtt.address} lets us in")


def _folder(settings: Settings) -> Iterator[Finding]:
    path = settings.watched_folder.path
    if path is None:
        return
    if not path.is_dir():
        yield warning("watched folder", f"{path} is no folder that is there", "Make it, or mount its disk.")
    elif not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        yield warning("watched folder", f"{path} cannot be read and written", "Correct its permissions.")
    else:
        yield ok("watched folder", f"{path}")
