"""`musings backup`: a copy that comes back whole."""

import json
from pathlib import Path

import pytest

from musings.cli import main
from tests.conftest import MakeSettings
from tests.musings.sqlite.installations import furnish, gallery_of


def test_the_verbs_of_a_round_trip(
    make_settings: MakeSettings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = make_settings()
    furnish(settings.database.path, settings.media_root)
    shown = gallery_of(settings.database.path, settings.media_root)
    config = ["--config", str(settings.file)]
    assert main(["backup", "--media", str(tmp_path / "b"), *config]) == 0
    assert main(["export", str(tmp_path / "a.zip"), *config]) == 0
    other = tmp_path / "other"
    other.mkdir()
    (other / "poets_cron_config.json").write_text("{}")

    assert main(["restore", str(tmp_path / "b"), "--config", str(other / "poets_cron_config.json")]) == 0

    assert gallery_of(other / "musings.db", other / "GeneratedMedia") == shown
    said = capsys.readouterr().out
    assert "8 prompts, 1 writings; the copy was checked" in said
    assert "6 files copied, 0 were there already" in said
    assert main(["backup", "--json", *config]) == 0
    assert json.loads(capsys.readouterr().out)["folder"].startswith(str(tmp_path / "backups" / "musings-"))
