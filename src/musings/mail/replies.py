"""What is written back, as a program does (RFC 3834): what was made, or in words why nothing was."""

import hashlib
import mimetypes
from collections.abc import Iterator, Sequence
from email import policy
from email.message import EmailMessage
from email.utils import formatdate

from musings.config.operation import MailSettings
from musings.config.settings import Settings
from musings.errors import NotFoundError
from musings.files.result_names import result_name
from musings.mail.attachments import within
from musings.mail.letters import Letter
from musings.models import Artifact, ArtifactType, Prompt, PromptStatus
from musings.store.database import Database
from musings.store.gallery import artifacts
from musings.store.writings import writings


def refusal(settings: MailSettings, letter: Letter, words: str) -> EmailMessage:
    said = f"Your mail was not taken.\n\n{words}\n\nCorrect it and send it again as a new mail.\n"
    return _reply(settings, letter, "refused", said)


def results(
    settings: Settings, database: Database, letter: Letter, prompt: Prompt, *, with_files: bool = True
) -> EmailMessage:
    """What a prompt that has ended has made. Raises ``StoreError``."""
    mail = settings.mail
    # The same name at every try: who gets the reply twice, after a kill, is shown it once.
    message = _reply(mail, letter, f"{prompt.id}-{prompt.attempt}", "")
    made = database.reading(artifacts.of_prompts, [prompt.id]) if prompt.status == PromptStatus.COMPLETED else []
    if prompt.output_reference is not None:  # the text stands in the mail itself
        made = [each for each in made if each.artifact_type != ArtifactType.TEXT]
    attached, left_out = within(settings, made) if with_files else ([], made)
    message.set_content("\n\n".join(_words(settings, database, prompt, left_out)) + "\n")
    for artifact, content in attached:
        kind = mimetypes.guess_type(artifact.file_path)[0] or "application/octet-stream"
        main, _, sub = kind.partition("/")
        name = result_name(prompt.id, artifact.id, artifact.file_path)
        message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return message


def _reply(settings: MailSettings, letter: Letter, name: str, words: str) -> EmailMessage:
    # Addresses and words of people may be in any letters; servers that take ASCII alone are told so by the encoding.
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = settings.own_address
    message["To"] = letter.sender or ""
    message["Subject"] = f"Re: {letter.subject}".strip()
    message["Date"] = formatdate()
    said = hashlib.sha256(f"{letter.key}\0{name}".encode()).hexdigest()[:32]
    message["Message-ID"] = f"<musings-{said}@{settings.own_address.rpartition('@')[2]}>"
    message["In-Reply-To"] = message["References"] = letter.message_id
    # Whoever answers by a program does not answer this.
    message["Auto-Submitted"] = "auto-replied"
    message.set_content(words)
    return message


def _words(settings: Settings, database: Database, prompt: Prompt, left_out: Sequence[Artifact]) -> Iterator[str]:
    if prompt.status != PromptStatus.COMPLETED:
        yield f"Prompt {prompt.id} has no result: it {_ending(prompt)}."
        yield prompt.error_message or ""
    elif prompt.output_reference is not None:
        try:
            yield database.reading(writings.get, prompt.output_reference).as_markdown.rstrip()
        except NotFoundError:
            yield f"What prompt {prompt.id} wrote is not there any more."
    else:
        yield f"Prompt {prompt.id} is done."
    if left_out:
        yield f"{len(left_out)} file(s) are too large for a mail, or not there any more; they are on the page."
    if settings.security.public_url:
        yield f"{settings.security.public_url}/prompts/{prompt.id}"


def _ending(prompt: Prompt) -> str:
    return "was cancelled" if prompt.status == PromptStatus.CANCELLED else "failed"
