"""How ready each server is for a graph: how many jobs it has, and what it lacks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from comfyui_workflows.checking import GraphProblem, check
from comfyui_workflows.json_types import Object
from musings.errors import UserFault
from musings.makers.comfyui.asking import ask_all
from musings.makers.comfyui.client import ComfyServer

# Once one server can run it, the others have a second to be less busy.
GRACE_SECONDS = 1.0


@dataclass(frozen=True)
class ServerReadiness:
    """What a server said of itself: how many jobs it has, and what it lacks for a graph."""

    remaining: int
    lacking: list[GraphProblem]


def readiness_of(
    graph: Object, servers: Sequence[ComfyServer], check_meanwhile: Callable[[], None]
) -> list[ServerReadiness | Exception | None]:
    """All asked at once: one that hangs, and is not known to, must not hold up what another can run."""

    def ask(server: ComfyServer) -> ServerReadiness:
        remaining = server.queue_remaining()  # the cheap question first: it is given up sooner
        return ServerReadiness(remaining, [each for each in check(graph, server.object_info()) if each.missing])

    return ask_all(
        servers, ask, enough=lambda each: not each.lacking, grace_seconds=GRACE_SECONDS, check=check_meanwhile
    )


def unable(lacking: Sequence[tuple[ComfyServer, list[GraphProblem]]]) -> UserFault:
    """The error where every server that answers lacks something: what the one lacks that lacks the least."""
    # What lacks the least is the easiest to mend.
    server, problems = min(lacking, key=lambda found: len(found[1]))
    told = " ".join(problem.message for problem in problems)
    more = "" if len(lacking) == 1 else f" (the nearest of {len(lacking)} servers)"
    hint = "Install what is missing there and restart that ComfyUI, or choose another workflow."
    return UserFault(f"{server.url}{more} cannot run this workflow. {told}", hint=hint)
