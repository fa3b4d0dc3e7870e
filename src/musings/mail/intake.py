"""From a mail to a prompt, once."""

from collections.abc import Callable
from dataclasses import replace

from musings import logs
from musings.config.operation import MailSettings
from musings.errors import ConflictError, Fault, InvalidInputError, MusingsError, QueueFullError, StoreError
from musings.mail.authentication import why_not
from musings.mail.imap import ANSWERED, SEEN, MailFolder
from musings.mail.letters import MOST_HEAD, OWNER, Letter, letter_in, request_of
from musings.mail.post import MailPost
from musings.models import Prompt
from musings.requests.request import PromptRequest
from musings.store.database import Database
from musings.store.queue import submission

METADATA = "mail"
MOST_AT_ONCE = 50
"""So many mails are taken at a look: the replies to others come in between."""
MOST_BYTES = 1_000_000
SHOWN = 200


class MailIntake:
    """``submit`` raises as ``requests.submitting.submit``."""

    def __init__(
        self, settings: MailSettings, database: Database, post: MailPost, submit: Callable[[PromptRequest], Prompt]
    ) -> None:
        self._settings = settings
        self._database = database
        self._post = post
        self._submit = submit
        self._log = logs.get("mail")

    def look(self, folder: MailFolder) -> None:
        """Take what is new. Raises ``StoreError`` and ``UnreachableError``: the next look goes on."""
        for uid in folder.new()[:MOST_AT_ONCE]:
            letter = letter_in(folder.head(uid, MOST_HEAD))
            if why := why_not(self._settings, letter):
                # Not answered: an address that is forged is somebody else's.
                self._log.warning("a mail was not taken", why=why, sender=letter.sender)
                folder.flag(uid, SEEN)
            elif self._is_copy(folder, letter):
                folder.flag(uid, SEEN, ANSWERED)
            elif not self._take(folder, uid, letter):
                return  # the queue is full, and so it is for all that come after

    def _is_copy(self, folder: MailFolder, letter: Letter) -> bool:
        """Whether the same mail was dealt with; of those that are only read, one that made a prompt."""
        if folder.has(letter.message_id, ANSWERED):
            return True
        is_taken = self._database.reading(submission.made_with, letter.key) is not None
        return is_taken and folder.has(letter.message_id, SEEN)

    def _take(self, folder: MailFolder, uid: bytes, letter: Letter) -> bool:
        try:
            prompt = self._submit(self._asked(folder, uid, letter))
        except QueueFullError as error:
            self._log.info("mails wait", why=error.explained)
            return False
        except StoreError:
            raise  # no fault of the mail
        except ConflictError as error:  # taken before a kill, by another configuration
            self._log.info("a mail was taken before", why=error.explained)
        except MusingsError as error:
            self._post.refuse(letter, error.explained)
            self._log.warning("a mail was refused", why=error.explained)
            folder.flag(uid, SEEN, ANSWERED)
            return True
        else:
            self._log.info("a mail is a prompt", prompt=prompt.id)
        # After a kill right here the same mail is the same prompt: by its key.
        folder.flag(uid, SEEN)
        return True

    def _asked(self, folder: MailFolder, uid: bytes, letter: Letter) -> PromptRequest:
        size = folder.bytes_of(uid)
        if size > MOST_BYTES:
            words = f"has {size:,} bytes; {MOST_BYTES:,} are taken. Send words, without files"
            raise InvalidInputError([Fault("mail", words)])
        request = request_of(letter, folder.content(uid, MOST_BYTES), self._settings.kind)
        noted = {METADATA: {"from": letter.sender, "subject": letter.subject[:SHOWN]}}
        metadata = {**(request.metadata or {}), **noted}
        return replace(request, owner=OWNER, metadata=metadata, idempotency_key=letter.key)
