"""What reaches into the house: the MQTT broker, the watched folder, the mailbox."""

import os
from collections.abc import Iterator

from musings.config.settings import Settings
from musings.doctor.findings import Finding, ok, warning
from musings.errors import ConfigError, UnreachableError
from musings.mail.imap import opened
from musings.mail.setup import require_whole
from musings.mqtt.client import PASSWORD
from musings.mqtt.probe import require_broker


def check(settings: Settings, _deep: bool) -> Iterator[Finding]:
    yield from _broker(settings)
    yield from _folder(settings)
    yield from _mailbox(settings)


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


def _mailbox(settings: Settings) -> Iterator[Finding]:
    if settings.mail.host is None:
        return
    try:
        with opened(settings.mail, require_whole(settings)) as folder:
            waiting = len(folder.new())
    except (ConfigError, UnreachableError) as error:
        # A warning: prompts need no mailbox.
        yield warning("mailbox", str(error), error.hint or "Look at the section `mail` of the configuration.")
    else:
        yield ok("mailbox", f"{settings.mail.folder} at {settings.mail.host}, with {waiting} new mail(s)")
