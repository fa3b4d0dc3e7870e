"""The discovery payload, held to the fields that Home Assistant documents for each platform."""

import pytest

from musings.config.operation import MqttSettings
from musings.models import Kind
from musings.mqtt.discovery import LONGEST_TEXT, STATES, payload
from musings.mqtt.topics import Topics
from musings.views import summary

SETTINGS = MqttSettings(host="broker", topic_prefix="house", node_id="studio")
FOUND = payload(SETTINGS, Topics.of(SETTINGS), [Kind.TEXT, Kind.IMAGE], "https://studio.example")

# https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload
ROOT = {
    "device", "origin", "components", "availability", "availability_mode", "availability_template",
    "availability_topic", "command_topic", "payload_available", "payload_not_available", "state_topic", "qos",
    "encoding",
}  # fmt: skip
DEVICE = {
    "identifiers", "connections", "manufacturer", "model", "model_id", "name", "hw_version", "serial_number",
    "sw_version", "via_device", "suggested_area", "configuration_url",
}  # fmt: skip
ORIGIN = {"name", "sw_version", "support_url"}
# Of every entity, and of each platform: https://www.home-assistant.io/integrations/sensor.mqtt/ and its neighbours.
ENTITY = {
    "platform", "unique_id", "name", "icon", "entity_category", "enabled_by_default", "default_entity_id",
    "json_attributes_topic", "json_attributes_template", "entity_picture", "qos", "encoding",
}  # fmt: skip
PLATFORMS = {
    "sensor": {
        "state_topic", "value_template", "device_class", "state_class", "options", "unit_of_measurement",
        "expire_after", "force_update", "last_reset_value_template", "suggested_display_precision",
    },
    "image": {"image_topic", "url_topic", "url_template", "content_type", "image_encoding"},
    "button": {"command_topic", "command_template", "payload_press", "device_class", "retain"},
    "select": {"command_topic", "command_template", "state_topic", "value_template", "options", "optimistic", "retain"},
    "text": {
        "command_topic", "command_template", "state_topic", "value_template", "min", "max", "mode", "pattern", "retain",
    },
}  # fmt: skip
NEEDED = {
    "sensor": {"state_topic"},
    "image": {"image_topic"},
    "button": {"command_topic"},
    "select": {"command_topic", "options"},
    "text": {"command_topic"},
}


def test_the_message_is_a_device_with_an_origin_and_components() -> None:
    assert set(FOUND) <= ROOT
    assert {"device", "origin", "components"} <= set(FOUND)
    assert set(FOUND["device"]) <= DEVICE
    assert FOUND["device"]["identifiers"]
    assert set(FOUND["origin"]) <= ORIGIN
    assert "name" in FOUND["origin"]
    assert FOUND["device"]["configuration_url"].startswith("https://")


@pytest.mark.parametrize("name", FOUND["components"])
def test_each_component_has_the_fields_of_its_platform(name: str) -> None:
    fields = FOUND["components"][name]
    platform = fields["platform"]
    assert set(fields) <= ENTITY | PLATFORMS[platform]
    assert {"platform", "unique_id", *NEEDED[platform]} <= set(fields)
    assert all(value.startswith("house/studio/") for key, value in fields.items() if key.endswith("_topic"))


def test_what_home_assistant_refuses_is_not_in_it() -> None:
    components = FOUND["components"].values()
    assert len({each["unique_id"] for each in components}) == len(components)
    for each in components:
        # An enum has no unit and no class of state; a text is no longer than a state; a picture's type has no address.
        assert each.get("device_class") != "enum" or not {"state_class", "unit_of_measurement"} & set(each)
        assert each.get("max", 0) <= LONGEST_TEXT == 255
        assert not {"content_type", "url_topic"} <= set(each)
    assert FOUND["components"]["kind"]["options"] == ["text", "image"]


def test_without_an_address_none_is_told() -> None:
    assert "configuration_url" not in payload(SETTINGS, Topics.of(SETTINGS), [], None)["device"]


def test_the_states_are_those_of_the_summary() -> None:
    words = summary.HouseSummary.model_fields["state"].description or ""
    assert set(STATES) == set(words.replace(" or ", ", ").split(", "))
