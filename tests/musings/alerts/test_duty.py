"""The duties of alerts: what each looks at, and none without a channel."""

from musings.alerts import duty
from musings.config.settings import Settings
from musings.makers.base import BackendState
from musings.store.alerts import notices, outages
from musings.store.alerts.notices import Notice
from musings.store.database import Database
from tests.conftest import MakeSettings
from tests.musings.store.adding import shell

DOWN = BackendState("comfyui", "http://a", False, None, None, "refused")


def test_without_a_channel_there_are_none(make_settings: MakeSettings, database: Database) -> None:
    assert duty.duties(make_settings(), database, lambda: []) == []


def test_each_does_its_part(settings: Settings, database: Database) -> None:
    sent: list[str] = []

    def post_with(_url: str, notice: Notice) -> bool:
        sent.append(notice.title)
        return True

    look, ask, deliver = duty.duties(settings, database, lambda: [DOWN], post_with)
    look.act()
    ask.act()
    assert database.reading(notices.open_alerts) == {}
    assert database.reading(outages.since, "http://a") is not None
    shell(database, "UPDATE musings_backend_outages SET since = '2026-01-01 00:00:00.000000'")
    ask.act()
    assert list(database.reading(notices.open_alerts)) == ["backend:http://a"]
    assert sent == []
    deliver.act()
    assert sent == ["Musings: comfyui does not answer"]


def test_all_are_done_once_more_at_the_end_of_a_run(settings: Settings, database: Database) -> None:
    assert [each.at_end for each in duty.duties(settings, database, lambda: [])] == [True, True, True]
