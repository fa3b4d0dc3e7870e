"""The configuration: found, read without a warning, and closed to others."""

from pathlib import Path

import pytest

from musings.config.settings import Settings
from musings.doctor import test_configuration as examine
from musings.doctor.configuration import check
from musings.doctor.findings import Finding, Level
from musings.store.database import Database
from tests.conftest import MakeSettings
from tests.musings.doctor import looking


def found(settings: object) -> dict[str, list[Finding]]:
    told: dict[str, list[Finding]] = {}
    for each in check(settings, False):  # type: ignore[arg-type]
        told.setdefault(each.what, []).append(each)
    return told


def test_a_file_that_is_closed_to_others_is_well(make_settings: MakeSettings) -> None:
    settings = make_settings()
    assert settings.file is not None
    settings.file.chmod(0o600)
    told = found(settings)
    assert [each.level for each in told["configuration"]] == [Level.OK]
    assert "permissions" not in told


def test_without_a_file_the_defaults_serve(make_settings: MakeSettings) -> None:
    told = found(make_settings().model_copy(update={"file": None}))
    assert (told["configuration"][0].level, "--config" in told["configuration"][0].mend) == (Level.WARNING, True)


def test_a_key_that_is_none_of_ours_is_told(make_settings: MakeSettings) -> None:
    told = found(make_settings(procesing={"max_attempts": 3}))
    assert any("procesing" in each.detail for each in told["configuration"] if each.level is Level.WARNING)


@pytest.mark.parametrize(
    ("mode", "told_of"),
    [(0o600, []), (0o640, ["holds addresses"]), (0o644, ["holds addresses"]), (0o622, ["can be written"])],
)
def test_who_may_read_secrets_and_write_what_is_run(make_settings: MakeSettings, mode: int, told_of: list[str]) -> None:
    settings = make_settings(alerts={"urls": ["json://name:s3cret-word@example.org/x"]})
    assert settings.file is not None
    settings.file.chmod(mode)
    told = found(settings).get("permissions", [])
    assert [words for words in told_of if not any(words in each.detail for each in told)] == []
    assert len(told) == len(told_of)
    assert all("chmod" in each.mend for each in told)


def test_a_file_without_secrets_may_be_read(make_settings: MakeSettings) -> None:
    settings = make_settings()
    assert settings.file is not None
    settings.file.chmod(0o644)
    assert "permissions" not in found(settings)


@pytest.mark.parametrize(("mode", "wrong"), [(0o600, False), (0o644, True), (0o660, True)])
def test_the_file_of_secrets_is_for_its_owner(make_settings: MakeSettings, mode: int, wrong: bool) -> None:
    settings = make_settings()
    assert settings.file is not None
    settings.file.chmod(0o600)
    secrets = settings.folder / ".env"
    secrets.write_text("MUSINGS_X=1")
    secrets.chmod(mode)
    told = found(settings).get("permissions", [])
    assert [each.mend for each in told] == ([f"Run `chmod 600 {secrets}`."] if wrong else [])


@pytest.mark.parametrize(("urls", "words"), [([], "nobody is told"), (["json://a", "json://b"], "go to 2 channels")])
def test_where_alerts_go(make_settings: MakeSettings, urls: list[str], words: str) -> None:
    assert words in found(make_settings(alerts={"urls": urls}))["alerts"][0].detail


class TestPermissions:
    def test_secrets_that_others_can_read(self, make_settings: MakeSettings, tmp_path: Path) -> None:
        settings = make_settings()
        secrets = tmp_path / ".env"
        secrets.write_text("MUSINGS_SECRET_LLM_API_KEY=x\n")
        secrets.chmod(0o640)
        assert f"chmod 600 {secrets}" in looking.problems(settings)["permissions"].mend
        secrets.chmod(0o600)
        assert "permissions" not in looking.problems(settings)

    @pytest.mark.parametrize(("mode", "wrong"), [(0o644, False), (0o664, True), (0o600, False)])
    def test_a_configuration_that_others_can_write(self, make_settings: MakeSettings, mode: int, wrong: bool) -> None:
        settings = make_settings()
        assert settings.file is not None
        settings.file.chmod(mode)
        assert ("permissions" in looking.problems(settings)) is wrong

    def test_an_address_with_a_secret_in_a_file_for_all(self, make_settings: MakeSettings) -> None:
        settings = make_settings(alerts={"urls": ["mailto://me:s3cret-word@example.org"]})
        assert settings.file is not None
        settings.file.chmod(0o644)
        found = looking.problems(settings)["permissions"]
        assert "holds addresses with secrets" in found.detail
        assert "s3cret" not in str(examine(settings))
        settings.file.chmod(0o600)
        assert "permissions" not in looking.problems(settings)


def test_files_that_others_can_read_are_told_with_the_command_that_closes_them(
    settings: Settings, database: Database
) -> None:
    """Those of an older version; new ones are private from the start."""
    assert database.path is not None
    database.path.chmod(0o644)
    [finding] = [each for each in looking.found(settings, "permissions") if "other users" in each.detail]
    assert finding.level is Level.WARNING
    assert str(database.path) in finding.mend
    for path in database.path.parent.glob(f"{database.path.name}*"):
        path.chmod(0o600)
    assert [each for each in looking.found(settings, "permissions") if "other users" in each.detail] == []
