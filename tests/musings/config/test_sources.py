"""Where settings come from, which source wins, and what is said of unknown names and unreadable files."""

import re
from pathlib import Path
from typing import Any

import pytest

from musings.config.settings import load
from musings.errors import ConfigError
from tests.conftest import MakeSettings
from tests.paths import ROOT


class TestSources:
    def test_the_command_line_wins_over_environment_over_secrets_over_file(self, tmp_path: Path) -> None:
        file = tmp_path / "c.json"
        file.write_text('{"server": {"port": 1}}')
        secrets = tmp_path / ".env"
        environment = {"MUSINGS_SERVER__PORT": "3"}
        assert load(file, {}, tmp_path).server.port == 1
        secrets.write_text("MUSINGS_SERVER__PORT=2\nUNRELATED=7\n")
        assert load(file, {}, tmp_path).server.port == 2
        assert load(file, environment, tmp_path).server.port == 3
        assert load(file, environment, tmp_path, {"server.port": 4}).server.port == 4

    def test_no_file_means_defaults_in_the_data_folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("musings.locate.CHECKOUT", str(tmp_path / "none"))
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
        settings = load(None, {"HOME": str(tmp_path)}, tmp_path)
        assert settings.file is None
        assert settings.database.path.is_absolute()

    def test_the_sample_that_is_shipped_has_no_fault(self) -> None:
        sample = ROOT / "poets-service-clean" / "poets_cron_config.sample.json"
        assert load(sample, {}, ROOT).warnings == ()

    def test_a_file_with_a_byte_order_mark(self, tmp_path: Path) -> None:
        file = tmp_path / "c.json"
        file.write_text('{"server": {"port": 7}}', encoding="utf-8-sig")
        assert load(file, {}, tmp_path).server.port == 7


class TestUnknown:
    @pytest.mark.parametrize(
        ("document", "said"),
        [
            ({"databse": {}}, "Unknown key databse in the configuration is ignored; did you mean database?"),
            ({"server": {"prot": 1}}, "Unknown key server.prot in the configuration is ignored; did you mean port?"),
            (
                {"media": {"comfyui": {"hots": 1}}},
                "media.comfyui.hots in the configuration is ignored; did you mean host",
            ),
            ({"zzz": 1}, r"Unknown key zzz in the configuration is ignored \(known here: database, server"),
            ({"file": 1}, "Unknown key file in the configuration"),
        ],
    )
    def test_a_key_is_named_with_its_nearest(
        self, make_settings: MakeSettings, document: dict[str, Any], said: str
    ) -> None:
        [warning] = make_settings(**document).warnings
        assert re.search(said, warning)

    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("MUSINGS_SERVER__PROT", "MUSINGS_SERVER__PROT in the environment is ignored; did you mean port?"),
            ("MUSINGS_SERVER", "names a section, not a key"),
            ("MUSINGS_SERVER__PORT__X", "is ignored"),
            ("MUSINGS_FOLDER", "MUSINGS_FOLDER in the environment is ignored"),
            ("MUSINGS_", "is ignored"),
        ],
    )
    def test_a_variable_is_named_without_its_value(self, tmp_path: Path, name: str, said: str) -> None:
        file = tmp_path / "c.json"
        file.write_text("{}")
        [warning] = load(file, {name: "hunter2"}, tmp_path).warnings
        assert said in warning
        assert "hunter2" not in warning


class TestUnreadable:
    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"{", "is not valid JSON"),
            (b"[]", "must be a JSON object"),
            (b"\xff\xfe", "is not UTF-8"),
            (b"", "is not valid JSON"),
            (b'{"server": NaN}', "server is NaN"),
            (b"[" * 100_000, "is not valid JSON"),
        ],
    )
    def test_a_file(self, tmp_path: Path, content: bytes, said: str) -> None:
        file = tmp_path / "c.json"
        file.write_bytes(content)
        with pytest.raises(ConfigError, match=said):
            load(file, {}, tmp_path)

    def test_a_file_that_is_missing_or_a_folder(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match=r"none\.json cannot be read: No such file"):
            load(tmp_path / "none.json", {}, tmp_path)
        with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
            load(tmp_path, {}, tmp_path)

    def test_secrets_that_cannot_be_read(self, tmp_path: Path) -> None:
        (tmp_path / "c.json").write_text("{}")
        (tmp_path / ".env").write_bytes(b"A=\xff\n")
        with pytest.raises(ConfigError, match=r"The secrets in .*env cannot be read"):
            load(tmp_path / "c.json", {}, tmp_path)
