"""What goes out: refusals and results, of which one that is refused itself holds up none of the others."""

from email.message import EmailMessage

from musings import logs
from musings.config.settings import Settings
from musings.errors import RefusedError
from musings.mail import replies, smtp
from musings.mail.letters import Letter
from musings.models import Prompt
from musings.store.database import Database


class MailPost:
    """Methods raise ``UnreachableError`` where the mail server is away: they are called again later then."""

    def __init__(self, settings: Settings, database: Database, password: str) -> None:
        self._settings = settings
        self._database = database
        self._password = password
        self._log = logs.get("mail")

    def refuse(self, letter: Letter, words: str) -> None:
        self._send(replies.refusal(self._settings.mail, letter, words))

    def give_back(self, letter: Letter, prompt: Prompt) -> None:
        """What a prompt has made. Raises ``StoreError`` as well."""
        if self._send(replies.results(self._settings, self._database, letter, prompt)):
            self._log.info("what was made was sent back", prompt=prompt.id)
        else:  # most often because of its files
            self._send(replies.results(self._settings, self._database, letter, prompt, with_files=False))

    def _send(self, message: EmailMessage) -> bool:
        """Whether it was taken; False for one that no server will take however often it is tried."""
        try:
            smtp.send(self._settings.mail, self._password, message)
        except RefusedError as error:
            self._log.warning("a reply was refused", why=error.explained)
            return False
        return True
