"""Who looks at the mailbox: one process, every minute.

It is the API, which is there whether the worker stays or comes by, and of several the one that has the lock.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from musings import logs
from musings.config.settings import Settings
from musings.errors import LockedError, StoreError, UnreachableError
from musings.housekeeping.duties import Duty, doing
from musings.mail.answers import MailAnswers
from musings.mail.imap import opened
from musings.mail.intake import MailIntake
from musings.mail.post import MailPost
from musings.mail.setup import require_whole
from musings.makers.choice import Makers
from musings.requests.stored_makers import makers_of
from musings.requests.submitting import submit
from musings.sqlite.location import where
from musings.store.database import Database

LOCK = "mailbox"


@contextmanager
def watching(settings: Settings, database: Database) -> Iterator[None]:
    """Look at the mailbox for as long as the block lasts. Raises ``ConfigError`` for one that is not set up whole."""
    if settings.mail.host is None:
        yield
        return
    password = require_whole(settings)
    makers = makers_of(settings, database)
    watch = MailWatch(settings, database, makers, password)
    duty = Duty("the mailbox was looked at", settings.mail.look_seconds, watch.look)
    try:
        with doing(database, [duty], "mail", min(1.0, settings.mail.look_seconds)):
            yield
    finally:
        watch.close()
        makers.close()


class MailWatch:
    """``look`` is for one thread; it raises nothing that another look would not mend."""

    def __init__(self, settings: Settings, database: Database, makers: Makers, password: str) -> None:
        post = MailPost(settings, database, password)
        self._settings = settings.mail
        self._password = password
        self._answers = MailAnswers(settings.mail, database, post)
        self._intake = MailIntake(settings.mail, database, post, partial(submit, settings, database, makers))
        self._lock = where(settings.database).host_lock(LOCK)
        self._has_lock = False
        self._said: str | None = None
        self._log = logs.get("mail")

    def look(self) -> dict[str, object] | None:
        if not self._is_ours():
            return None
        try:
            with opened(self._settings, self._password) as folder:
                # Replies first: they make room where the queue is full.
                self._answers.look(folder)
                self._intake.look(folder)
        except (UnreachableError, StoreError) as error:
            self._say(error.explained)
        else:
            self._said = None
        return None

    def close(self) -> None:
        self._lock.release()

    def _is_ours(self) -> bool:
        if not self._has_lock:
            try:
                self._lock.acquire()
            except LockedError:  # another API looks, and may end
                return False
            except StoreError as error:
                self._say(error.explained)
                return False
            self._has_lock = True
        return True

    def _say(self, words: str) -> None:
        """Once, and not every minute."""
        if words != self._said:
            self._said = words
            self._log.warning("the mailbox cannot be used now", why=words)
