"""What became of the files that were taken, beside them."""

import shutil
from collections.abc import Callable
from functools import partial
from typing import BinaryIO

from musings import logs
from musings.errors import PathError
from musings.files.media_root import NamedRoot, media_root_of
from musings.files.result_names import result_name, writing_name
from musings.models import Kind, Prompt, PromptStatus
from musings.store.database import Database
from musings.store.gallery import artifacts, prompts
from musings.store.writings import writings
from musings.watched_folder.directory import Directory, Stumbles
from musings.watched_folder.intake import METADATA, OWNER
from musings.watched_folder.names import ERROR, TakenFile, TakenState, as_text, taken_in

AT_ONCE = 500
ENDED = (PromptStatus.COMPLETED, PromptStatus.FAILED, PromptStatus.CANCELLED)


class FolderResults:
    """Gives back what was made. Each step may be the last one: the next look goes on from what it finds."""

    def __init__(self, settings: NamedRoot, database: Database) -> None:
        self._database = database
        self._media_root = media_root_of(settings)
        self._log = logs.get("watched_folder")

    def look(self, kind: Kind | None, directory: Directory) -> int:
        """Bring each file to where its prompt is; how many moved. Raises ``OSError`` and ``StoreError``."""
        taken_files = [taken for name in directory.names() if (taken := taken_in(name)) is not None]
        moved, stumbles = 0, Stumbles()
        for at in range(0, len(taken_files), AT_ONCE):
            some = taken_files[at : at + AT_ONCE]
            ids = [taken.prompt_id for taken in some]
            found = {prompt.id: prompt for prompt in self._database.reading(prompts.by_ids, ids)}
            for taken in some:
                with stumbles.over():
                    moved += self._follow(taken, found.get(taken.prompt_id), kind, directory)
        stumbles.tell()
        return moved

    def _follow(self, taken: TakenFile, prompt: Prompt | None, kind: Kind | None, directory: Directory) -> bool:
        if directory.looks_of(taken.name) is None:
            return False  # a link or a folder under such a name: not ours
        if prompt is None or not _is_of(prompt, taken, kind):
            # The name alone proves nothing: whoever may write here could ask for the works of others by it.
            words = f"There is no prompt {taken.prompt_id} of this file: it was thrown away, or the file renamed."
            return self._fail(taken, words, directory)
        if prompt.status == PromptStatus.COMPLETED:
            return self._deliver(taken, prompt, directory)
        if prompt.status in ENDED:
            words = prompt.error_message or f"It was {prompt.status}."
            return self._fail(taken, words, directory)
        if taken.state is TakenState.FAILED:  # somebody has it tried again
            self._clear_error(taken, directory)
            directory.rename(taken.name, taken.in_state(TakenState.WAITING).name)
            return True
        return False

    def _deliver(self, taken: TakenFile, prompt: Prompt, directory: Directory) -> bool:
        if not directory.is_there(taken.base):
            try:
                directory.fill(taken.base, self._files(prompt))
            except PathError as error:
                return self._fail(taken, f"What was made is not there any more: {error.explained}", directory)
        self._clear_error(taken, directory)
        # Last, because the name of this file is what says that there is something to do.
        directory.move_into(taken.name, taken.base, taken.original)
        self._log.info("results are in the watched folder", folder=as_text(taken.base), prompt=prompt.id)
        return True

    def _files(self, prompt: Prompt) -> dict[str, Callable[[BinaryIO], object]]:
        made = self._database.reading(artifacts.of_prompts, [prompt.id])
        files: dict[str, Callable[[BinaryIO], object]] = {
            result_name(prompt.id, each.id, each.file_path): partial(self._copy, each.file_path) for each in made
        }
        if prompt.output_reference is not None and not files:  # of a row whose text is in no file
            content = self._database.reading(writings.get, prompt.output_reference).as_markdown.encode()
            files[writing_name(prompt.id)] = lambda file: file.write(content)
        return files

    def _copy(self, path: str, target: BinaryIO) -> None:
        with self._media_root.open(path) as source:
            shutil.copyfileobj(source, target)

    def _fail(self, taken: TakenFile, words: str, directory: Directory) -> bool:
        if taken.state is TakenState.FAILED:
            return False  # it was said
        said = f"{as_text(taken.original)} (prompt {taken.prompt_id}) has no result.\n\n{words}\n"
        directory.write(f"{taken.base}{ERROR}", said.encode())
        directory.rename(taken.name, taken.in_state(TakenState.FAILED).name)
        return True

    def _clear_error(self, taken: TakenFile, directory: Directory) -> None:
        if directory.looks_of(f"{taken.base}{ERROR}") is not None:
            directory.remove(f"{taken.base}{ERROR}")


def _is_of(prompt: Prompt, taken: TakenFile, kind: Kind | None) -> bool:
    """Whether this prompt was made of this file, by what was written down when it was."""
    noted = prompt.metadata.get(METADATA)
    file = noted.get("file") if isinstance(noted, dict) else None
    begins = as_text(taken.stem if kind is None else f"{kind}/{taken.stem}")
    return prompt.instructions.owner == OWNER and isinstance(file, str) and file.startswith(begins)
