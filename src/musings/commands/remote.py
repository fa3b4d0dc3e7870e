"""The queue of another machine, where ``MUSINGS_URL`` names one: what the verbs about prompts do there."""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from musings.client import Client, RemoteDryRun, RemotePrompt
from musings.commands.opening import pair, report
from musings.commands.show import described
from musings.errors import UnreachableError, UsageError
from musings.models import KIND_OF_TYPE, Json
from musings.remote.answers import RemoteQueue
from musings.requests.inputs import TYPES as FILE_TYPES

NO_WORKER_SECONDS = 3.0


def submit(arguments: argparse.Namespace, text: str) -> int:
    with Client.from_environment(os.environ) as client:
        asked: dict[str, Any] = {
            "prompt_type": arguments.prompt_type,
            "workflow": arguments.workflow,
            "parameters": _parameters(client, arguments),
            "count": arguments.count,
            "priority": arguments.priority,
            "enhance": True if arguments.enhance else None,
        }
        if arguments.dry_run:
            return _rehearsed(arguments, client.rehearse(text, **asked))
        prompt = client.submit(text, **asked)
        if not arguments.wait:
            report(arguments, lambda: as_json(prompt), _queued(prompt))
            return 0
        prompt = client.wait(prompt.id, on_queue=_worker_watch(client, prompt.id))
        kept = client.download(prompt, arguments.output) if arguments.output is not None else []
        report(arguments, lambda: as_json(prompt), as_lines(prompt, kept))
    return 0 if prompt.succeeded else 1


def show(arguments: argparse.Namespace) -> int:
    with Client.from_environment(os.environ) as client:
        prompt = client.prompt(arguments.id)
        kept = client.download(prompt, arguments.output) if arguments.output is not None else []
    report(arguments, lambda: as_json(prompt), as_lines(prompt, kept))
    return 0


def cancel(arguments: argparse.Namespace) -> int:
    # A running one ends when its maker has noticed: until then it is asked to.
    with Client.from_environment(os.environ) as client:
        prompt = client.cancel(arguments.id)
    asked = "is asked to stop" if prompt.status == "processing" else "is cancelled"
    report(arguments, lambda: as_json(prompt), [f"Prompt {prompt.id} {asked}."])
    return 0


def listing(arguments: argparse.Namespace, lines: Callable[[Sequence[RemotePrompt], str | None], Iterator[str]]) -> int:
    with Client.from_environment(os.environ) as client:
        page = client.prompts(
            status=arguments.status,
            prompt_type=arguments.prompt_type,
            search=arguments.search,
            limit=arguments.limit,
            cursor=arguments.cursor,
        )
    report(arguments, lambda: page.model_dump(mode="json"), lines(page.items, page.next_cursor))
    return 0


def as_json(prompt: RemotePrompt) -> object:
    """What the server said, what this client does not know included, and nothing that it did not say."""
    return prompt.model_dump(mode="json", exclude_unset=True)


def as_lines(prompt: RemotePrompt, kept: Sequence[Path]) -> Iterator[str]:
    files = [str(path) for path in kept] or [each.file_url for each in prompt.artifacts]
    yield from described(prompt, files)


def _queued(prompt: RemotePrompt) -> Iterator[str]:
    yield f"Prompt {prompt.id} is queued."
    if prompt.unused_words is not None:
        yield prompt.unused_words


def _parameters(client: Client, arguments: argparse.Namespace) -> dict[str, Json]:
    """What was set; the value ``@FILE`` of a parameter that takes a file is sent, and becomes its reference."""
    given = {**_preset(client, arguments), **dict(pair(word) for word in arguments.parameters)}
    if not any(isinstance(value, str) and value.startswith("@") for value in given.values()):
        return given
    takes_file = _file_fields(client, arguments.workflow, arguments.prompt_type)
    for name, value in given.items():
        if name in takes_file and isinstance(value, str) and value.startswith("@"):
            given[name] = client.upload(value[1:])
    return given


def _file_fields(client: Client, workflow: str | None, prompt_type: str) -> set[str]:
    # Without a workflow the default of the kind takes the prompt, and its form counts.
    kind = KIND_OF_TYPE.get(prompt_type)
    for each in client.workflows():
        if each.name == workflow or (workflow is None and each.default and each.kind == kind):
            return {field.name for field in each.form if field.type in FILE_TYPES}
    return set()


def _preset(client: Client, arguments: argparse.Namespace) -> Mapping[str, Json]:
    if arguments.preset is None:
        return {}
    if arguments.workflow is None:
        raise UsageError("--preset needs --workflow: a preset belongs to one.")
    for each in client.presets(arguments.workflow).items:
        if each.name == arguments.preset:
            return each.values
    raise UsageError(f"{arguments.workflow} has no preset {arguments.preset!r}.")


def _rehearsed(arguments: argparse.Namespace, found: RemoteDryRun) -> int:
    report(arguments, lambda: found.model_dump(mode="json", exclude_unset=True), rehearsed(found))
    return 0 if found.ok else 1


def rehearsed(found: RemoteDryRun) -> Iterator[str]:
    yield f"It would run on {', '.join(found.would_run_on) or 'the server'}." if found.ok else "It would not run now."
    for each in found.problems:
        yield f"  {each.where}: {each.what} {each.remedy}"


def _worker_watch(client: Client, prompt_id: int) -> Callable[[RemoteQueue], None]:
    """Raises ``UnreachableError`` when nobody is there, or comes by, to make the prompt."""
    told = False

    def watch(queue: RemoteQueue) -> None:
        nonlocal told
        mode = queue.worker.mode if queue.worker is not None else "none"
        if mode == "scheduled" and not told and queue.worker is not None:
            told = True
            print(f"musings: prompt {prompt_id} waits: {queue.worker.message}.", file=sys.stderr)  # noqa: T201 (the edge)
        if mode != "none":
            return
        time.sleep(NO_WORKER_SECONDS)  # one that is started again is away for a moment
        now = client.queue().worker
        if (now is None or now.mode == "none") and not client.prompt(prompt_id).is_finished:
            raise UnreachableError(
                f"Prompt {prompt_id} is queued, but no worker runs there.", hint="Start `musings worker` on the server."
            )

    return watch
