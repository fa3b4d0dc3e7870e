"""A graph that a client of ComfyUI sent becomes a prompt, by whichever of its protocols it came."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from musings.api.comfyui_calls import ComfyUICall
from musings.api.comfyui_files import NamedFile, find
from musings.api.services import Services
from musings.comfyui_api.refusals import GraphRefusal, complaint
from musings.comfyui_api.validation import JudgedGraph, file_inputs, judge
from musings.errors import ConflictError, InvalidInputError, NotFoundError
from musings.makers.base import Resolved, SentFile, SentGraph
from musings.models import TYPES_OF_KIND, JsonObject, NewPrompt
from musings.requests.request import PromptRequest
from musings.store.queue import comfyui_jobs as jobs
from musings.store.queue import submission

FIRST, USUAL = 1, 5
WORDLESS = "A graph for ComfyUI"
FilesByInput = Mapping[tuple[str, str], NamedFile]


@dataclass(frozen=True)
class PostedGraph:
    """A graph under the id that it is asked for by. ``graph_hash`` tells whether it is the same when it comes again.

    ``number`` is only kept; ``priority`` is ours. ``files`` are those that its inputs name by another way than a name,
    by node and input. ``in_part``: its good outputs are made where others are refused.
    """

    graph: dict[str, Any]
    job_id: str
    graph_hash: str
    client_id: str | None = None
    number: float | None = None
    priority: int = USUAL
    extra_data: JsonObject | None = None
    targets: list[str] | None = None
    files: FilesByInput = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    in_part: bool = True


@dataclass(frozen=True)
class Submission:
    """The job, and what is wrong with the outputs that are not made. ``is_new``: it is there since this call."""

    job: jobs.ComfyUIJob
    node_errors: Mapping[str, Any]
    is_new: bool


def submit(call: ComfyUICall, posted: PostedGraph) -> Submission:
    """Make it a prompt, or find the job that is there under its id, whose graph may be another.

    Raises ``GraphRefusal``, ``ConflictError`` where no graph is run, and what ``submission.add`` raises.
    """
    services = call.services
    again = services.database.reading(jobs.find, posted.job_id)
    if again is not None:  # before it is judged: a server may be away by now
        return Submission(again, {}, is_new=False)
    judged = _judged(services, posted)
    if judged.node_errors and not posted.in_part:
        words = "Prompt outputs failed validation"
        raise GraphRefusal(400, complaint("prompt_outputs_failed_validation", words), judged.node_errors)
    sent, parameters = _taken(services, judged, posted.files)
    owner = f"{call.caller.name} ({call.caller.kind} {call.caller.id})" if call.caller.is_known else None
    said = {"prompt_id": posted.job_id, "client_id": posted.client_id, "owner": owner, "metadata": dict(posted.labels)}
    request = PromptRequest(
        prompt_text=sent.words or WORDLESS,
        prompt_type=TYPES_OF_KIND[sent.kind][0],
        priority=posted.priority,
        metadata={"comfyui": {name: value for name, value in said.items() if value}},
        workflow=sent.version.name,
        parameters=parameters,
        owner=owner,
    )
    try:
        new = services.checked(request, resolved=Resolved(sent.version.name, sent.form, sent.version))
    except InvalidInputError as error:
        details = "; ".join(f"{fault.where}: {fault.message}" for fault in error.faults)
        raise GraphRefusal(400, complaint("invalid_prompt", "The graph cannot be taken", details)) from error
    note = jobs.NewJob(
        posted.job_id,
        posted.graph_hash,
        judged.outputs,
        posted.client_id,
        call.owner,
        posted.number,
        posted.extra_data,
        posted.labels,
    )
    job, is_new = _added(services, new, note)
    return Submission(job, judged.node_errors, is_new)


def _added(services: Services, new: NewPrompt, note: jobs.NewJob) -> tuple[jobs.ComfyUIJob, bool]:
    """The prompt, its graph and its id in one transaction; the job that is there already under that id."""
    with services.database.write() as connection:
        # Looked up under the write lock: of two calls with one id the second finds what the first has made.
        is_new = jobs.find(connection, note.job_id) is None
        if is_new:
            prompt, _ = submission.add(connection, new, services.settings.processing.max_pending)
            jobs.add(connection, prompt.id, note)
        found = jobs.find(connection, note.job_id)
    if found is None:
        raise NotFoundError(f"The job {note.job_id} went in this moment.")
    return found, is_new


def _judged(services: Services, posted: PostedGraph) -> JudgedGraph:
    """The graph, judged by what the servers told of themselves, and asked again before it is refused."""
    given = {posted.graph[node]["inputs"][name] for node, name in posted.files}

    def has_file(value: str) -> bool:
        return value in given or find(services.database, value) is not None

    classes = services.pipelines.classes()
    try:
        return judge(posted.graph, classes, has_file, posted.targets)
    except GraphRefusal:
        # Perhaps something was installed just now: a refusal is final for the client, so it must be true.
        fresh = services.pipelines.classes(anew=True) if classes is not None else None
        if fresh is classes:
            raise
        return judge(posted.graph, fresh, has_file, posted.targets)


def _taken(services: Services, judged: JudgedGraph, given: FilesByInput) -> tuple[SentGraph, JsonObject]:
    """The graph as a prompt carries it, and the files that its nodes name, as parameters."""
    named = {place: file for place, file in given.items() if place[0] in judged.graph}
    for node, name, value in file_inputs(judged.graph, services.pipelines.classes()):
        # What we do not have is a file of the server's own input folder, which it finds by itself.
        if (node, name) not in named and (found := find(services.database, value)) is not None:
            named[node, name] = found
    files: dict[str, SentFile] = {}
    parameters: dict[str, str] = {}
    for number, ((node, name), found) in enumerate(named.items(), 1):
        files[f"file_{number}"] = SentFile(node, name, found.artifact_type)
        parameters[f"file_{number}"] = found.ref
    sent = services.pipelines.take_graph(judged.graph, files)
    if sent is None:
        raise ConflictError("Media is switched off (media.enabled), so no graph is run.")
    return sent, parameters
