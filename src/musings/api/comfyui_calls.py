"""A call at the door for clients of ComfyUI: who calls, what they sent, and what we have of it."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends
from starlette.requests import Request

from musings.api.access_control import access_of
from musings.api.services import Given, Services
from musings.comfyui_api import history
from musings.comfyui_api.history import Outputs
from musings.comfyui_api.refusals import GraphRefusal, complaint
from musings.errors import MusingsError
from musings.models import Artifact
from musings.security.scopes import Caller
from musings.store.database import Database
from musings.store.gallery import artifacts, workflows
from musings.store.queue.comfyui_jobs import ComfyUIJob

CLOSED = "This door is closed: doors.comfyui is false in the configuration."
LONGEST_TEXT_BYTES = 1_000_000
"""Of the texts of one job in an answer."""


@dataclass(frozen=True)
class ComfyUICall:
    services: Services
    caller: Caller

    @property
    def owner(self) -> str | None:
        """Who calls, as jobs note it; None where nobody is asked who they are."""
        return f"{self.caller.kind}:{self.caller.id}" if self.caller.is_known else None


@dataclass(frozen=True)
class ReadComfyUIJob:
    """A job with what stands in other tables about it."""

    job: ComfyUIJob
    graph: dict[str, Any]
    made: Sequence[Artifact]


async def _calling(request: Request, services: Given) -> ComfyUICall:
    if not services.settings.doors.comfyui:
        raise GraphRefusal(404, complaint("door_closed", CLOSED))
    return ComfyUICall(services, access_of(request).caller)


ComfyUICalling = Annotated[ComfyUICall, Depends(_calling)]
"""The call, as a parameter of a route."""


async def body_of(request: Request) -> dict[str, Any]:
    """The JSON object of a body, whatever its media type says, as ComfyUI has it. Raises ``GraphRefusal``."""
    content = await request.body()
    try:
        found = json.loads(content, parse_constant=_no_number)
        json.dumps(found, ensure_ascii=False).encode()  # halves of surrogate pairs are no text
    except (ValueError, RecursionError) as error:
        said = complaint("invalid_json", "The body is no JSON that can be read", f"{type(error).__name__}: {error}")
        raise GraphRefusal(400, said) from error
    if not isinstance(found, dict):
        raise GraphRefusal(400, complaint("no_prompt", "No prompt provided", "The body is no JSON object"))
    return found


def read(database: Database, finding: Callable[..., Sequence[ComfyUIJob]], *arguments: object) -> list[ReadComfyUIJob]:
    """The jobs that a function of the store finds, with their graphs and their results, as of one moment."""
    with database.read() as connection:
        found = finding(connection, *arguments)
        made: dict[int, list[Artifact]] = {}
        for each in artifacts.of_prompts(connection, [job.prompt.id for job in found]):
            made.setdefault(each.prompt_id, []).append(each)
        digests = [job.prompt.workflow_hash for job in found]
        # One by one and not by a list: a history of five hundred graphs would be one answer of many megabytes.
        graphs = [history.graph_in(None if each is None else workflows.find(connection, each)) for each in digests]
    return [ReadComfyUIJob(job, graph, made.get(job.prompt.id, [])) for job, graph in zip(found, graphs, strict=True)]


def graph_of(database: Database, job: ComfyUIJob) -> dict[str, Any]:
    digest = job.prompt.workflow_hash
    return history.graph_in(None if digest is None else database.reading(workflows.find, digest))


def outputs_of(services: Services, found: ReadComfyUIJob) -> Outputs:
    """What each node of a job made."""

    return history.outputs_of(found.job, found.made, lambda path: text_in(services, path))


def text_in(services: Services, file_path: str) -> str:
    """The text in a file of the media root; empty where it cannot be read."""
    try:
        with services.media_root.open(file_path) as file:
            return file.read(LONGEST_TEXT_BYTES).decode("utf-8", "replace")
    except (MusingsError, OSError):
        return ""


def names_of(body: Mapping[str, Any], key: str) -> Collection[str]:
    """A list of ids in a body; empty where there is none."""
    given = body.get(key)
    return [str(each) for each in given] if isinstance(given, list) else []


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number that JSON knows")
