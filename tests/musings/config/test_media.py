"""ComfyUI servers: each once, and by an address."""

import pytest
from pydantic import ValidationError

from musings.config.media import ComfyUISettings

HERE = "http://127.0.0.1:8188"


@pytest.mark.parametrize(
    ("host", "hosts", "wanted"),
    [
        (HERE, (), (HERE,)),
        (f"{HERE}/", (), (HERE,)),
        (HERE, ("http://a:1",), ("http://a:1",)),
        (HERE, ("http://a:1/", "http://b:1", "http://a:1"), ("http://a:1", "http://b:1")),
    ],
)
def test_every_server_counts_once(host: str, hosts: tuple[str, ...], wanted: tuple[str, ...]) -> None:
    assert ComfyUISettings(host=host, hosts=hosts).servers == wanted


@pytest.mark.parametrize("given", [{"host": "127.0.0.1:8188"}, {"hosts": [HERE, "b:1"]}, {"host": ""}])
def test_a_server_is_written_as_an_address(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="write a server as http://name:port"):
        ComfyUISettings.model_validate(given)


def test_hours_are_those_of_servers_that_there_are() -> None:
    made = ComfyUISettings(hosts=("http://desk:8188/",), hours={"http://desk:8188": ("23:00-07:00",)})
    assert made.hours == {"http://desk:8188": ("23:00-07:00",)}
    with pytest.raises(ValidationError, match="none of the servers: http://desk:8188"):
        ComfyUISettings(hosts=("http://desk:8188",), hours={"http://desks:8188": ("23:00-07:00",)})
