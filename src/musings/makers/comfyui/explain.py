"""A server's complaints, as errors in plain words. Pure.

Each names the node by id, title and class, says what to do, and is classed as ``musings.errors`` asks: the user's
fault when a retry would fail again, passing when it may not.
"""

import re
from collections.abc import Iterable, Mapping

from comfyui_workflows.graph import name_of
from comfyui_workflows.json_types import Object
from comfyui_workflows.object_info import choices_of, looks_like_model, nearest
from musings.errors import AttemptError, PassingFault, UserFault
from musings.makers.comfyui.answers import NodeProblem, Rejected
from musings.makers.comfyui.protocol import Failure

# Parts of class names: each library of HTTP has its own classes for the same trouble.
PASSING_EXCEPTIONS = (
    "Timeout",
    "ConnectionError",
    "ConnectError",
    "ConnectionReset",
    "ClientConnector",
    "BrokenPipe",
)
NO_CLASS = ("invalid_prompt", "missing_node_type")
"""How older and newer servers call a node without a known class."""
MEMORY_WORDS = ("out of memory", "allocation on device", "not enough memory", "cannot allocate memory")


def refusal(reply: Rejected, graph: Object, object_info: Object | None = None) -> UserFault:
    """The error for a workflow that the server did not accept into its queue."""
    if reply.problems:
        return problems_fault("ComfyUI refused the workflow", reply.problems, graph, object_info)
    if reply.kind == "prompt_no_outputs":
        hint = "Add a node that saves something (Save Image, Save Audio, Save Video) and export it again."
        return UserFault("The workflow has no output node, so ComfyUI would make nothing.", hint=hint)
    # The node is named in the details only, as ``#12``.
    if reply.kind in NO_CLASS and (found := re.search(r"#([^'#]{1,200})'", reply.details)):
        return _missing_class(found[1], graph, object_info)
    said = f"{reply.message}: {reply.details}" if reply.details else reply.message
    hint = "If it runs in ComfyUI itself, look for nodes that feed each other in a circle."
    return UserFault(f"ComfyUI refused the workflow ({reply.kind}): {said}.", hint=hint)


def problems_fault(
    opening: str, problems: Iterable[NodeProblem], graph: Object, object_info: Object | None = None
) -> UserFault:
    """One error that names every node that validation complained about."""
    listed = list(problems)
    sentences = [_sentence(problem, graph, object_info) for problem in listed]
    hint = None
    # Only then does the hint help; a wrong sampler's name is not to be installed.
    if any(problem.kind == "value_not_in_list" and looks_like_model(problem.received) for problem in listed):
        hint = "Install the missing model on that server, or choose an installed one in the workflow."
    # Several nodes may have the same fault: each sentence once.
    return UserFault(f"{opening}: {'; '.join(dict.fromkeys(sentences))}.", hint=hint)


def failure_fault(failure: Failure, graph: Object) -> AttemptError:
    """The error for a node that failed while it ran."""
    name = name_of(graph, failure.node, failure.class_type)
    if is_out_of_memory(failure):
        hint = "Ask for a smaller picture, a shorter piece or fewer at once, or free memory on that machine."
        # Passing: the memory may be free when another job has ended.
        return PassingFault(f"ComfyUI ran out of memory in {name}.", hint=hint, log=_log(failure))
    # Only the first line: some exceptions bring a whole dump along.
    lines = failure.message.splitlines() or ["no message"]
    said = f"{failure.exception_type}: {lines[0]}" if failure.exception_type else lines[0]
    message = f"ComfyUI failed in {name}: {said[:500]}"
    # A node that uses the network fails for a while only.
    if any(word in failure.exception_type for word in PASSING_EXCEPTIONS):
        return PassingFault(message, log=_log(failure))
    return UserFault(message, log=_log(failure))


def is_out_of_memory(failure: Failure) -> bool:
    if failure.exception_type.endswith("OutOfMemoryError") or failure.exception_type == "MemoryError":
        return True
    return any(words in failure.message.lower() for words in MEMORY_WORDS)


# The server names a node without a class only by its number.
def _missing_class(node: str, graph: Object, object_info: Object | None) -> UserFault:
    found = graph.get(node)
    class_type = found.get("class_type") if isinstance(found, Mapping) else None
    if not class_type:
        return UserFault(f"Node {node} of the workflow has no class: the file is not an API-format export.")
    near = nearest(str(class_type), object_info or ())
    message = f"ComfyUI does not know the node class {class_type}, which {name_of(graph, node)} needs."
    near_words = f" The nearest that it knows is {near}." if near else ""
    hint = "Install the node pack that brings it (ComfyUI-Manager finds it) and restart ComfyUI."
    return UserFault(message + near_words, hint=hint)


def _sentence(problem: NodeProblem, graph: Object, object_info: Object | None) -> str:
    name = name_of(graph, problem.node, problem.class_type)
    if problem.kind == "dependency_cycle":
        return f"nodes feed each other in a circle: {problem.details}"
    if problem.kind == "value_not_in_list" and problem.input_name:
        return f"{name}: {_not_in_list(problem, object_info)}"
    said = problem.message.rstrip(".")
    # Some servers repeat the message in the details.
    if problem.details and problem.details not in said:
        said = f"{said} ({problem.details[:300]})"
    return f"{name}: {said}"


def _not_in_list(problem: NodeProblem, object_info: Object | None) -> str:
    allowed = problem.allowed or _declared(problem, object_info)
    wanted = str(problem.received)
    what = "the model" if looks_like_model(problem.received) else "the value"
    if not allowed:
        # Without the list of classes nobody knows whether any is installed.
        none = "" if problem.allowed == () and object_info is None else ", and none is installed"
        return f"{what} {wanted!r} of {problem.input_name} is not there{none}"
    near = nearest(wanted, allowed)
    offer = f"the nearest is {near!r}" if near else f"there are {', '.join(map(repr, allowed[:5]))}"
    return f"{what} {wanted!r} of {problem.input_name} is not there; {offer}"


def _declared(problem: NodeProblem, object_info: Object | None) -> tuple[str, ...]:
    inputs = ((object_info or {}).get(problem.class_type) or {}).get("input") or {}
    for group in ("required", "optional"):
        if spec := (inputs.get(group) or {}).get(problem.input_name):
            return choices_of(spec)
    return ()


def _log(failure: Failure) -> str:
    return f"{failure.exception_type}: {failure.message}\n{failure.traceback}".strip()
