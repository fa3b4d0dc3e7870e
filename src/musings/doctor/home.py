"""What is spoken to at home: the MQTT broker."""

from collections.abc import Iterator

from musings.config.settings import Settings
from musings.doctor.findings import Finding, ok, warning
from musings.errors import UnreachableError
from musings.mqtt.client import PASSWORD
from musings.mqtt.probe import require_broker


def check(settings: Settings, _deep: bool) -> Iterator[Finding]:
    if settings.mqtt.host is None:
        return
    try:
        require_broker(settings.mqtt, settings.secrets.get(PASSWORD))
    except UnreachableError as error:
        # A warning: prompts need no broker.
        yield warning("MQTT", str(error), error.hint or "Look at the section `mqtt` of the configuration.")
    else:
        yield ok("MQTT", f"the broker at {settings.mqtt.address} lets us in")
