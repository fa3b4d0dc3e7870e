"""The topics of one Musings on a broker, in one place."""

from dataclasses import dataclass

from musings.config.operation import MqttSettings


@dataclass(frozen=True)
class Topics:
    """``base`` is before all of ours: the prefix and the node, so that two of them share a broker."""

    base: str
    discovery: str
    birth: str

    @classmethod
    def of(cls, settings: MqttSettings) -> "Topics":
        prefix = settings.discovery_prefix
        return cls(
            base=f"{settings.topic_prefix}/{settings.node_id}",
            # "device": one message describes all entities (Home Assistant's device discovery).
            discovery=f"{prefix}/device/{settings.node_id}/config",
            birth=f"{prefix}/status",
        )

    @property
    def availability(self) -> str:
        return f"{self.base}/availability"

    @property
    def state(self) -> str:
        return f"{self.base}/state"

    @property
    def last(self) -> str:
        return f"{self.base}/last"

    @property
    def picture(self) -> str:
        return f"{self.base}/last/picture"

    @property
    def kind(self) -> str:
        return f"{self.base}/kind"

    @property
    def words(self) -> str:
        return f"{self.base}/make"

    @property
    def error(self) -> str:
        return f"{self.base}/error"

    def command(self, name: str) -> str:
        """Where a command is given: ``make``, ``kind``, ``pause``, ``resume`` or ``retry``."""
        return f"{self.base}/{name}/set"

    def command_in(self, topic: str) -> str | None:
        """The name of the command that a topic gives; None for another topic."""
        inner = topic.removeprefix(f"{self.base}/")
        return inner.removesuffix("/set") if inner != topic and inner.endswith("/set") else None
