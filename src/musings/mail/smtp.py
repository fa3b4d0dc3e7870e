"""To whom a reply is given to be sent: a server that speaks SMTP (RFC 5321)."""

import smtplib
import ssl
from email.message import EmailMessage

from musings.config.operation import MailSettings
from musings.errors import RefusedError, UnreachableError

SECONDS = 60.0
PERMANENT = 500


def send(settings: MailSettings, password: str, message: EmailMessage) -> None:
    """Raises ``RefusedError`` for what is refused for good, and ``UnreachableError`` for what may be taken later."""
    host, port = settings.smtp_host or settings.host or "", settings.submission_port
    try:
        with _connected(settings, host, port) as connection:
            if settings.smtp_security == "starttls":
                connection.starttls(context=ssl.create_default_context())
            connection.ehlo()
            if connection.has_extn("auth"):
                connection.login(settings.user or "", password)
            connection.send_message(message)
    except (smtplib.SMTPException, OSError) as error:
        words = f"The mail server at {host}:{port} does not take a reply: {' '.join(str(error).split())[:300]}."
        if _is_for_good(error):
            raise RefusedError(words) from error
        raise UnreachableError(words, hint="Look at mail.smtp_host.") from error


def _is_for_good(error: Exception) -> bool:
    """Whether this message, and not the way to the server, is what is refused (RFC 5321, section 4.2.1)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= PERMANENT for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError | smtplib.SMTPSenderRefused) and error.smtp_code >= PERMANENT


def _connected(settings: MailSettings, host: str, port: int) -> smtplib.SMTP:
    if settings.smtp_security == "tls":
        return smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=ssl.create_default_context())
    return smtplib.SMTP(host, port, timeout=SECONDS)
