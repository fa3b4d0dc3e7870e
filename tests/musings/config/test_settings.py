"""Settings: every key, from every source, and words for whatever is wrong."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from musings.config.settings import OURS, Settings, is_loopback, load
from musings.errors import ConfigError
from musings.models import Kind
from tests.conftest import MakeSettings
from tests.paths import ROOT

REFERENCE = ROOT / "docs" / "reference" / "configuration.md"
OF_THE_REFERENCE = {
    "database": "path",
    "server": "host port",
    "backend": "type url",
    "models": "local1 local2 local3",
    "processing": "lock_timeout_minutes max_attempts timeout_seconds",
    "media": "enabled",
    "media.scripts": "image music voice",
    "media.comfyui": "python directory host hosts output_directory",
    "media.retention": "max_age_days max_gigabytes keep_starred",
    "security": "require_auth public_url",
    "alerts": "urls repeated_failures long_running_minutes",
    "logging": "level directory max_megabytes backups",
}
OTHERS: dict[str, Any] = {
    "database.path": "other.db",
    "media.readable_by": "group",
    "media.comfyui.environment": ["HF_HOME"],
    "server.host": "0.0.0.0",
    "server.port": 9,
    "doors.comfyui_port": 8189,
    "backend.type": "lms",
    "backend.fallback.type": "lms",
    "voice.voices": ["nova"],
    "voice.format": "mp3",
    "agents": [{"name": "Anthony", "system_message": "You write.", "config_assignment": "local2"}],
    "security.require_auth": True,
    "security.public_url": "https://studio.invalid",
    "push.contact": "mailto:owner@studio.invalid",
    "backend.url": "http://other.invalid/v1",
    "backend.fallback.url": "http://other.invalid/v1",
    "voice.url": "http://other.invalid/v1",
    "logging.level": "DEBUG",
    "service.mode": "resident",
    "alerts.urls": ["json://alerts.invalid"],
    "webhooks.allowed_hosts": ["n8n.local"],
    "media.comfyui.host": "http://127.0.0.1:1",
    "media.comfyui.hosts": ["http://127.0.0.1:1"],
    "media.comfyui.arguments": ["--lowvram"],
    "processing.concurrency.total": 7,
    "processing.concurrency.image": 7,
    "processing.concurrency.music": 7,
    "processing.concurrency.voice": 7,
    "processing.concurrency.video": 7,
    "media.retention.kinds": ["image"],
    "media.comfyui.hours": {"http://127.0.0.1:8188": ["23:00-07:00"]},
    "media.comfyui.wake": {"http://127.0.0.1:8188": {"command": ["wake", "box"]}},
    "processing.time_zone": "Europe/Berlin",
    "mqtt.port": 8884,
    "mail.port": 9,
    "mail.smtp_port": 9,
    "mail.security": "starttls",
    "mail.smtp_security": "starttls",
    "mail.address": "musings@studio.invalid",
    "mail.senders": ["owner@studio.invalid"],
    "mail.kind": "image",
    **{f"processing.hours.{kind}": ["23:00-07:00"] for kind in Kind},
}


def keys(model: type[BaseModel] = Settings, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every key that can be set, dotted, with its default."""
    for name, each in model.model_fields.items():
        if not path and name in OURS:
            continue
        if isinstance(each.default, BaseModel):
            yield from keys(type(each.default), f"{path}{name}.")
        else:
            yield f"{path}{name}", each.default


KEYS = dict(keys())


def other_than(key: str) -> Any:
    """A value for a key that is not its default."""
    default = KEYS[key]
    if key in OTHERS:
        return OTHERS[key]
    if isinstance(default, bool):
        return not default
    return default + 1 if isinstance(default, int | float) else 7 if default is None and "max_" in key else "other"


def document_of(key: str, value: Any) -> dict[str, Any]:
    document: dict[str, Any] = {}
    inner = document
    *parents, last = key.split(".")
    for part in parents:
        inner = inner.setdefault(part, {})
    inner[last] = value
    return document


def at(settings: Settings, key: str) -> Any:
    found: Any = settings
    for part in key.split("."):
        found = getattr(found, part)
    return found


def test_every_key_of_the_interface_exists() -> None:
    wanted = {f"{section}.{name}" for section, names in OF_THE_REFERENCE.items() for name in names.split()}
    assert wanted | {"agents"} <= set(KEYS)


@pytest.mark.parametrize("key", KEYS)
class TestEachKey:
    def test_is_read_from_the_file(self, make_settings: MakeSettings, key: str) -> None:
        settings = make_settings(**document_of(key, other_than(key)))
        assert at(settings, key) != at(make_settings(), key)
        assert settings.warnings == ()

    def test_is_read_from_the_environment_which_wins(self, tmp_path: Path, key: str) -> None:
        file = tmp_path / "c.json"
        file.write_text("{}")
        value = other_than(key)
        name = "MUSINGS_" + key.upper().replace(".", "__")
        said = value if isinstance(value, str) else json.dumps(value)
        by_environment = load(file, {name: said}, tmp_path)
        file.write_text(json.dumps(document_of(key, value)))
        assert at(by_environment, key) == at(load(file, {}, tmp_path), key)
        assert by_environment.warnings == ()

    def test_is_documented_with_its_default(self, key: str) -> None:
        row = next((line for line in REFERENCE.read_text().splitlines() if line.startswith(f"| `{key}` |")), None)
        assert row is not None, f"{key} is not in {REFERENCE}"
        default = KEYS[key]
        shown = "none" if default is None else "`" + json.dumps(default, default=str).strip('"') + "`"
        assert f"| {shown} |" in row

    def test_a_value_that_cannot_be_is_named_with_key_value_and_what_may(
        self, make_settings: MakeSettings, key: str
    ) -> None:
        with pytest.raises(ConfigError, match=rf"{re.escape(key)}\b.* is .*: ") as caught:
            make_settings(**document_of(key, {"no": "such thing"}))
        assert "poets_cron_config.json" in str(caught.value)


def test_nothing_is_documented_that_does_not_exist() -> None:
    documented = re.findall(r"^\| `([a-z0-9_.]+)` \|", REFERENCE.read_text(), re.MULTILINE)
    agents = {f"agents[].{name}" for name in ("name", "system_message", "config_assignment")}
    assert set(documented) - agents == set(KEYS)


class TestWrong:
    @pytest.mark.parametrize(
        ("document", "said"),
        [
            ({"server": {"port": 70000}}, r"server.port is 70000: Input should be less than or equal to 65535"),
            ({"server": {"port": "http"}}, r'server.port is "http": Input should be a valid integer'),
            ({"backend": {"type": "gpt"}}, r"""backend.type is "gpt": Input should be 'oll', 'lms' or 'manual'"""),
            ({"processing": {"max_attempts": 0}}, "processing.max_attempts is 0: .* greater than or equal to 1"),
            ({"processing": {"concurrency": {"total": 99}}}, "processing.concurrency.total is 99"),
            ({"security": {"require_auth": "maybe"}}, """security.require_auth is "maybe": Input should be 'auto'"""),
            ({"logging": {"level": "LOUD"}}, "logging.level is \"LOUD\": Input should be 'DEBUG'"),
            ({"agents": [{"name": ""}]}, 'agents.0.name is ""'),
            ({"media": None}, "media is null"),
            ({"media": 7, "server": {"port": -1}}, "media is 7: .*; server.port is -1|server.port is -1.*media is 7"),
        ],
    )
    def test_a_value(self, make_settings: MakeSettings, document: dict[str, Any], said: str) -> None:
        with pytest.raises(ConfigError, match=said):
            make_settings(**document)

    @pytest.mark.parametrize(
        "document", [{"alerts": {"urls": "slack://hunter2"}}, {"backend": {"url": ["http://me:hunter2@host"]}}]
    )
    def test_what_may_hold_a_secret_is_not_repeated(
        self, make_settings: MakeSettings, document: dict[str, Any]
    ) -> None:
        with pytest.raises(ConfigError) as caught:
            make_settings(**document)
        assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("", False),
        ("192.168.1.5", False),
        ("::", False),
        ("example.invalid", False),
    ],
)
def test_which_addresses_are_this_machines_own(make_settings: MakeSettings, host: str, own: bool) -> None:
    assert is_loopback(host) is own
    assert make_settings(server={"host": host}).faces_network is not own
