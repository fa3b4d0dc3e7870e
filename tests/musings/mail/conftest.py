"""A mailbox, who looks at it, and where replies go."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from musings.config.settings import Settings, load
from musings.files.media_root import MediaRoot
from musings.mail.setup import PASSWORD as VARIABLE
from musings.mail.watch import MailWatch
from musings.makers.choice import Makers
from musings.models import ArtifactType, NewArtifact, Prompt
from musings.requests.stored_makers import makers_of
from musings.store.database import Database
from musings.store.gallery import artifacts, lists
from tests.fakes.mailbox import PASSWORD, USER, Mailbox, Outbox, mailbox, outbox
from tests.musings.mail.mails import OWNER, SERVER, mail
from tests.musings.store.adding import shell


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Mailbox]:
    with mailbox() as made:
        yield made


@pytest.fixture
def post() -> Iterator[Outbox]:
    with outbox() as made:
        yield made


def mail_settings(port: int, smtp_port: int, **more: object) -> dict[str, object]:
    return {
        "host": "127.0.0.1",
        "port": port,
        "security": "none",
        "user": USER,
        "senders": [OWNER],
        "receiving_server": SERVER,
        "smtp_port": smtp_port,
        "smtp_security": "none",
        **more,
    }


@dataclass
class Mailroom:
    """``look`` once; ``restart`` forgets what only a process remembers."""

    mailbox: Mailbox
    post: Outbox
    settings: Settings
    database: Database
    makers: Makers
    media_root: MediaRoot
    watch: MailWatch = field(init=False)

    def __post_init__(self) -> None:
        self.watch = self._watch()

    def look(self) -> None:
        self.watch.look()

    def restart(self) -> None:
        self.watch.close()
        self.watch = self._watch()

    def delivered(self, *words: str, **more: Any) -> str:
        """The name of a mail that has come in; see ``mails.mail``."""
        name, content = mail(*words, **more)
        self.mailbox.deliver(name, content)
        return name

    def prompts(self) -> list[Prompt]:
        """Oldest first."""
        return [*reversed(self.database.reading(lists.listing, lists.PromptFilter(), 200, None).items)]

    def complete(self, prompt_id: int, content: bytes) -> None:
        """As the worker leaves it: a file in its place, a row for it, the end of the prompt."""
        path = f"image/{prompt_id}_x/0001.png"
        (self.media_root.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.media_root.folder / path).write_bytes(content)
        self.database.writing(
            artifacts.record_prompt_artifacts, prompt_id, [NewArtifact(ArtifactType.IMAGE, path, None, {})]
        )
        shell(self.database, "UPDATE prompts SET status = 'completed' WHERE id = ?", prompt_id)

    def _watch(self) -> MailWatch:
        return MailWatch(self.settings, self.database, self.makers, PASSWORD)


@pytest.fixture
def settings(dovecot: Mailbox, post: Outbox, tmp_path: Path) -> Settings:
    file = tmp_path / "poets_cron_config.json"
    file.write_text(json.dumps({"mail": mail_settings(dovecot.port, post.port)}))
    return load(file, {VARIABLE: PASSWORD}, tmp_path)


@pytest.fixture
def room(
    dovecot: Mailbox, post: Outbox, settings: Settings, database: Database, media_root: MediaRoot
) -> Iterator[Mailroom]:
    makers = makers_of(settings, database)
    made = Mailroom(dovecot, post, settings, database, makers, media_root)
    yield made
    made.watch.close()
    makers.close()
