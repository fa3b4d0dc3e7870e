"""What Home Assistant is told of our entities: one message for the device, with its components.

Format: https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload. The names are written out: the short
ones save nothing that anybody would notice.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from musings.config.operation import MqttSettings
from musings.models import Kind
from musings.mqtt.topics import Topics
from musings.version import VERSION

ONLINE, OFFLINE = "online", "offline"
STATES = ("working", "waiting", "idle", "paused", "stopped")
"""Those of ``/api/summary``."""
PRESS = "PRESS"
LONGEST_TEXT = 255
"""The longest state that Home Assistant keeps, and so the longest text of one of its text fields."""


def payload(settings: MqttSettings, topics: Topics, kinds: Sequence[Kind], address: str | None) -> dict[str, Any]:
    """The message; ``kinds`` are those that something here makes, ``address`` that of the page, where it has one."""
    device = {
        "identifiers": [f"musings_{settings.node_id}"],
        "name": "Musings" if settings.node_id == "musings" else f"Musings {settings.node_id}",
        "manufacturer": "Musings",
        "model": "Queue and studio",
        "sw_version": VERSION,
        **({} if address is None else {"configuration_url": address}),
    }
    return {
        "device": device,
        "origin": {"name": "Musings", "sw_version": VERSION},
        "components": {
            name: {"unique_id": f"musings_{settings.node_id}_{name}", **fields}
            for name, fields in _components(topics, kinds).items()
        },
        "availability_topic": topics.availability,
        "payload_available": ONLINE,
        "payload_not_available": OFFLINE,
        # Commands too: at most once would lose one that is given while the connection breaks.
        "qos": 1,
    }


def _components(topics: Topics, kinds: Sequence[Kind]) -> Mapping[str, Mapping[str, Any]]:
    return {
        "state": {
            **_sensor(topics, "State", "state", "mdi:brush"),
            "device_class": "enum",
            "options": list(STATES),
        },
        "pending": {**_sensor(topics, "Waiting prompts", "pending", "mdi:tray-full"), **_COUNT},
        "processing": {
            **_sensor(topics, "Running prompts", "processing", "mdi:cog-play"),
            **_COUNT,
            "json_attributes_topic": topics.state,
            "json_attributes_template": "{{ {'prompt': value_json.running} | tojson }}",
        },
        "completed_today": {**_sensor(topics, "Completed today", "completed_today", "mdi:check"), **_COUNT},
        "failed_today": {**_sensor(topics, "Failed today", "failed_today", "mdi:alert"), **_COUNT},
        "error": {
            "platform": "sensor",
            "name": "Last refusal",
            "icon": "mdi:message-alert",
            "state_topic": topics.error,
            "value_template": f"{{{{ value_json.error[:{LONGEST_TEXT}] }}}}",
            "json_attributes_topic": topics.error,
            "entity_category": "diagnostic",
        },
        "last": {
            "platform": "image",
            "name": "Last work",
            "image_topic": topics.picture,
            "content_type": "image/webp",
            "json_attributes_topic": topics.last,
        },
        "pause": _button(topics, "Pause", "pause", "mdi:pause"),
        "resume": _button(topics, "Resume", "resume", "mdi:play"),
        "retry": _button(topics, "Retry failed", "retry", "mdi:restart"),
        "kind": {
            "platform": "select",
            "name": "Kind to make",
            "icon": "mdi:shape",
            "state_topic": topics.kind,
            "command_topic": topics.command("kind"),
            "options": [str(kind) for kind in kinds],
        },
        "make": {
            "platform": "text",
            "name": "Make",
            "icon": "mdi:pencil",
            "state_topic": topics.words,
            "command_topic": topics.command("make"),
            "min": 0,
            "max": LONGEST_TEXT,
        },
    }


_COUNT = {"state_class": "measurement", "unit_of_measurement": "prompts"}


def _sensor(topics: Topics, name: str, value: str, icon: str) -> dict[str, Any]:
    return {
        "platform": "sensor",
        "name": name,
        "icon": icon,
        "state_topic": topics.state,
        "value_template": f"{{{{ value_json.{value} }}}}",
    }


def _button(topics: Topics, name: str, command: str, icon: str) -> dict[str, Any]:
    return {
        "platform": "button",
        "name": name,
        "icon": icon,
        "command_topic": topics.command(command),
        "payload_press": PRESS,
    }
