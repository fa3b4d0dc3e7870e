"""Whether a mailbox is set up whole: without one of these nobody could be told from another."""

from musings.config.settings import Settings, is_loopback
from musings.errors import ConfigError

PASSWORD = "MUSINGS_SECRET_MAIL_PASSWORD"  # noqa: S105 (a name)


def require_whole(settings: Settings) -> str:
    """The password. Raises ``ConfigError`` where something is missing, or would be told to everybody."""
    mail, password = settings.mail, settings.secrets.get(PASSWORD)
    needed = {
        "mail.user": mail.user,
        PASSWORD: password,
        "mail.senders": mail.senders,
        "mail.receiving_server": mail.receiving_server,
    }
    if missing := [name for name, value in needed.items() if not value]:
        raise ConfigError(f"The mailbox needs {', '.join(missing)} as well.", hint="See docs/mail.md.")
    if "@" not in mail.own_address:
        raise ConfigError(f"mail.user is {mail.user}, which is no address.", hint="Say the address in mail.address.")
    for name, host, security in (
        ("mail.security", mail.host, mail.security),
        ("mail.smtp_security", mail.smtp_host or mail.host, mail.smtp_security),
    ):
        if security == "none" and not is_loopback(host or ""):
            raise ConfigError(f"{name} is none: the password would go to {host} in the clear.", hint="Say tls.")
    return password or ""
