"""The server of the SDK with our tools, resources and prompts, for one way in."""

from collections.abc import Callable, Iterable
from typing import Any

from mcp.server.lowlevel.helper_types import ReadResourceContents
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError
from mcp.server.mcpserver.prompts import Prompt
from pydantic import AnyUrl

from musings.errors import MusingsError, NotFoundError
from musings.mcp_server import chain_tools, tools
from musings.mcp_server.access import Enter
from musings.mcp_server.results import ARTIFACT, WRITING
from musings.mcp_server.styles import STYLES, PromptStyle, asked
from musings.mcp_server.tasks import Tasks
from musings.version import VERSION

INSTRUCTIONS = (
    "Musings is a queue that makes pictures, music, speech, texts and films on this person's own machines. `make` "
    "queues one and waits a while; work goes on when a call ends, so keep the prompt_id and `look` later. `view` shows "
    "a picture or plays a sound. `list_workflows` says what there is to make things with. A chain sends one idea "
    "through several prompts: `make_musing` starts one, and where a gate asks, a person answers by `answer_gate`."
)


def server_of(enter: Enter) -> MCPServer[Any]:
    """``enter`` says with whose rights a call is done."""
    server = _Resources(
        "musings",
        title="Musings",
        version=VERSION,
        instructions=INSTRUCTIONS,
        log_level="WARNING",
        subscriptions=False,
        extensions=[Tasks(enter)],
    )
    server.enter = enter
    tools.install(server, enter)
    chain_tools.install(server, enter)
    for uri, name, words in (
        (ARTIFACT, "artifact", "a file that was made: a picture, a sound, a film or a text"),
        (WRITING, "writing", "a text that was written, as Markdown"),
    ):
        server.resource(uri, name=name, description=words)(_listed_only(uri))
    for style in STYLES:
        server.add_prompt(Prompt.from_function(_filled(style), name=style.name, title=style.title))
    return server


class _Resources(MCPServer[Any]):
    """Each file with its own type, which the SDK's templates cannot say."""

    enter: Enter

    async def read_resource(
        self, uri: AnyUrl | str, context: Context[Any, Any] | None = None
    ) -> Iterable[ReadResourceContents]:
        path = _path_of(str(uri))
        if path is None or context is None:
            raise ResourceNotFoundError(f"There is no resource {uri}; there are {ARTIFACT} and {WRITING}.")
        # The router of the SDK is passed by: our own check of the number is stricter than its patterns.
        try:
            answer = await self.enter(context).queue.fetch(path)
        except NotFoundError as error:
            raise ResourceNotFoundError(error.explained) from error
        except MusingsError as error:
            raise ResourceError(error.explained) from error
        kind = answer.headers.get("content-type", "application/octet-stream")
        is_text = kind.startswith("text/")
        return [ReadResourceContents(answer.content.decode("utf-8", "replace") if is_text else answer.content, kind)]


def _path_of(uri: str) -> str | None:
    """Where a resource is on the server; None for what is none of ours."""
    kind, _, number = uri.removeprefix("musings://").partition("/")
    if not uri.startswith("musings://") or not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    return {"artifacts": f"/api/artifacts/{number}", "writings": f"/api/writings/{number}/text"}.get(kind)


def _listed_only(uri: str) -> Callable[..., str]:
    """A template is listed with its function, and read by :meth:`_Resources.read_resource`."""
    if uri == ARTIFACT:

        def artifact(artifact_id: str) -> str:
            return artifact_id

        return artifact

    def writing(writing_id: str) -> str:
        return writing_id

    return writing


def _filled(style: PromptStyle) -> Callable[[str], str]:
    def prompt(subject: str) -> str:
        return asked(style, subject)

    prompt.__doc__ = f"{style.title}: {style.wording.format(subject='…')}"
    return prompt
