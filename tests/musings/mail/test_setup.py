"""A mailbox is set up whole, or not at all."""

from typing import Any

import pytest

from musings.config.settings import Settings
from musings.errors import ConfigError
from musings.mail.setup import PASSWORD, require_whole
from tests.conftest import MakeSettings
from tests.musings.mail.conftest import mail_settings


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"user": None}, "mail.user"),
        ({"senders": []}, "mail.senders"),
        ({"receiving_server": None}, "mail.receiving_server"),
        ({"user": "musings"}, "mail.address"),
        ({"host": "mail.example.org"}, "mail.security is none"),
        ({"smtp_host": "mail.example.org"}, "mail.smtp_security is none"),
    ],
)
def test_a_mailbox_that_is_not_set_up_whole_is_refused(
    make_settings: MakeSettings, given: dict[str, Any], missing: str
) -> None:
    settings = with_password(make_settings(mail={**mail_settings(1, 2), **given}), "secret")
    with pytest.raises(ConfigError) as refused:
        require_whole(settings)
    assert missing in refused.value.explained


def test_a_password_is_needed(make_settings: MakeSettings) -> None:
    with pytest.raises(ConfigError, match=PASSWORD):
        require_whole(make_settings(mail=mail_settings(1, 2)))


def with_password(settings: Settings, password: str) -> Settings:
    return settings.model_copy(update={"secrets": {PASSWORD: password}})
