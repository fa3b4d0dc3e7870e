"""What a finished job means for us. Pure: a history entry in, a decision out."""

from dataclasses import dataclass
from enum import StrEnum

from comfyui_workflows.json_types import Json, Object
from musings.errors import AttemptError, PassingFault, UserFault
from musings.makers.comfyui.answers import HistoryEntry
from musings.makers.comfyui.explain import failure_fault, is_out_of_memory
from musings.makers.comfyui.outputs import OutputFile, OutputText, files_of, node_order, texts_of
from musings.makers.comfyui.protocol import Failure

NONCE_INPUT = "musings_nonce"


class JobOutcome(StrEnum):
    """``empty`` and ``memory`` deserve one more try, with other means; ``fault`` does not by itself."""

    MADE = "made"
    EMPTY = "empty"
    MEMORY = "memory"
    FAULT = "fault"


@dataclass(frozen=True)
class JobVerdict:
    """``cached`` means that the server ran nothing: the files are those of an earlier job."""

    outcome: JobOutcome
    files: tuple[OutputFile, ...] = ()
    texts: tuple[OutputText, ...] = ()
    cached: bool = False
    fault: AttemptError | None = None


def judge(entry: HistoryEntry, graph: Object, server: str, told: Failure | None = None) -> JobVerdict:
    """Decide about a finished job.

    ``told`` is an error that only the socket told: a blocked branch fails there and succeeds in the history.
    """
    # First: an interrupt also looks like a failure, and is nobody's fault.
    if entry.interrupted:
        fault = PassingFault(f"Somebody interrupted the job on the ComfyUI at {server}.")
        return JobVerdict(JobOutcome.FAULT, fault=fault)
    if entry.failure is not None or not entry.success:
        failure = entry.failure or told or Failure("", "", "", "the server does not say why")
        # Memory is worth a second try with unloaded models.
        outcome = JobOutcome.MEMORY if is_out_of_memory(failure) else JobOutcome.FAULT
        return JobVerdict(outcome, fault=failure_fault(failure, graph))
    files, texts = files_of(entry.outputs), texts_of(entry.outputs)
    # Texts count as well: a workflow may only describe a picture.
    if files or texts:
        return JobVerdict(JobOutcome.MADE, files, texts, cached=entry.all_cached)
    if entry.all_cached:
        fault = PassingFault(f"The ComfyUI at {server} says that all is cached and hands out no file.")
        return JobVerdict(JobOutcome.EMPTY, cached=True, fault=fault)
    # The only sign of a blocked branch: in the history the job succeeded.
    if told is not None:
        return JobVerdict(JobOutcome.FAULT, fault=failure_fault(told, graph))
    hint = "End it in Save Image, Save Audio or Save Video."
    return JobVerdict(JobOutcome.FAULT, fault=UserFault("The workflow ran, but it saved nothing.", hint=hint))


def busted(graph: Object, wanted: tuple[str, ...], nonce: str) -> dict[str, Json]:
    """A copy of the graph that the server cannot answer from its cache; ``wanted`` are its output nodes, if known.

    Only the output nodes change, by an input that no node declares: servers ignore such an input but count
    it, and the models stay loaded.
    """
    # Without the history's list: the ends of the graph, and what saves in its middle.
    outputs = wanted or tuple(sorted(_sinks(graph) | _savers(graph), key=node_order))
    return {
        # Only the outputs: a nonce further up would make the server load and run everything again.
        node: {**data, "inputs": {**data.get("inputs", {}), NONCE_INPUT: nonce}} if node in outputs else data
        for node, data in graph.items()
    }


def _savers(graph: Object) -> set[str]:
    """Nodes that save in the middle: newer ones give on what they saved."""
    return {node for node, data in graph.items() if str(data.get("class_type")).startswith(("Save", "Preview"))}


def _sinks(graph: Object) -> set[str]:
    used = {
        str(value[0])
        for data in graph.values()
        for value in data.get("inputs", {}).values()
        if isinstance(value, list) and value
    }
    return set(graph) - used
