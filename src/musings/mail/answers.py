"""What became of the mails that were taken, back to who sent them."""

from musings.config.operation import MailSettings
from musings.mail.authentication import why_not
from musings.mail.imap import ANSWERED, MailFolder
from musings.mail.letters import MOST_HEAD, OWNER, letter_in
from musings.mail.post import MailPost
from musings.models import PromptStatus
from musings.store.database import Database
from musings.store.queue import submission

MOST = 200
ENDED = (PromptStatus.COMPLETED, PromptStatus.FAILED, PromptStatus.CANCELLED)


class MailAnswers:
    """Each step may be the last one: the next look goes on from what it finds in the mailbox."""

    def __init__(self, settings: MailSettings, database: Database, post: MailPost) -> None:
        self._settings = settings
        self._database = database
        self._post = post

    def look(self, folder: MailFolder) -> None:
        """Answer what has ended. Raises ``StoreError`` and ``UnreachableError``: the next look goes on."""
        answered: set[str] = set()
        for uid in folder.unanswered()[:MOST]:
            letter = letter_in(folder.head(uid, MOST_HEAD))
            # A person may read other mails in this folder: what made no prompt is none of ours.
            prompt = self._database.reading(submission.made_with, letter.key)
            if prompt is None or prompt.instructions.owner != OWNER or why_not(self._settings, letter):
                continue
            if prompt.deleted_at is None and prompt.status not in ENDED:
                continue
            # What was thrown away is not sent, and a copy is answered by the reply to the first.
            if prompt.deleted_at is None and letter.key not in answered:
                self._post.give_back(letter, prompt)
            answered.add(letter.key)
            # Last: a kill before it sends the same reply, under the same name, once more.
            folder.flag(uid, ANSWERED)
