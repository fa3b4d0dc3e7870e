"""The topics: all of ours below one, and a command found in them."""

from dataclasses import fields

from musings.config.operation import MqttSettings
from musings.mqtt.topics import Topics

TOPICS = Topics.of(MqttSettings(host="broker", topic_prefix="a/b", discovery_prefix="ha", node_id="n1"))


def test_each_topic_is_below_the_node() -> None:
    names = ("availability", "state", "last", "picture", "kind", "words", "error")
    found = [getattr(TOPICS, name) for name in names]
    assert all(each.startswith("a/b/n1/") for each in found)
    assert len(set(found)) == len(names)
    assert [each.name for each in fields(TOPICS)] == ["base", "discovery", "birth"]


def test_home_assistants_topics_are_below_its_prefix() -> None:
    assert (TOPICS.discovery, TOPICS.birth) == ("ha/device/n1/config", "ha/status")


def test_a_command_is_found_in_its_topic_and_in_no_other() -> None:
    assert TOPICS.command_in(TOPICS.command("make")) == "make"
    assert TOPICS.command_in(TOPICS.kind) is None
    assert TOPICS.command_in("elsewhere/n1/make/set") is None
