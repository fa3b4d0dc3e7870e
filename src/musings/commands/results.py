"""``--output DIR``: copies of what a prompt made, from this machine's media root."""

import shutil
from pathlib import Path

from musings.config.settings import Settings
from musings.errors import UsageError
from musings.files import atomic
from musings.files.media_root import media_root_of
from musings.files.result_names import result_name, writing_name
from musings.models import Prompt
from musings.store.database import Database
from musings.store.gallery import artifacts
from musings.store.writings import writings


def copied(database: Database, settings: Settings, prompt: Prompt, folder: Path) -> list[Path]:
    """The copies, each with its name when it is whole. Raises ``PathError`` for a file that has gone, ``UsageError``
    for a folder that cannot be written to.
    """
    root = media_root_of(settings)
    kept = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for each in database.reading(artifacts.of_prompts, [prompt.id]):
            target = folder / result_name(prompt.id, each.id, each.file_path)
            # Not linked: the copy is its owner's, to change and to delete.
            with root.open(each.file_path) as source, atomic.replacing(target) as partial, partial.open("xb") as file:
                shutil.copyfileobj(source, file)
            kept.append(target)
        written = prompt.output_reference
        if written is not None and not kept:  # of a row whose text is in no file
            target = folder / writing_name(prompt.id)
            atomic.write(target, database.reading(writings.get, written).as_markdown.encode())
            kept.append(target)
    except OSError as error:
        raise UsageError(f"Nothing can be written to {folder}: {error.strerror}.") from error
    return kept
