"""What the routes are given. Made once for an application, handed in as a dependency; nothing is reached for."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Literal

from fastapi import Depends
from starlette.requests import Request

from musings.api.broadcast import Broadcaster
from musings.api.places import Places
from musings.chains.advance import Advance
from musings.chains.taking import advance_with
from musings.config.settings import Settings
from musings.files.artifact_store import ArtifactStore
from musings.files.marking.xmp import Mark, mark_of
from musings.makers.base import Resolved
from musings.makers.choice import Makers
from musings.models import Artifact, NewPrompt, Prompt
from musings.requests.rehearsal import Rehearsals
from musings.requests.request import PromptRequest
from musings.requests.submitting import checked_with
from musings.requests.workflow_memory import WorkflowMemory
from musings.store.database import Database
from musings.views import present, schemas


@dataclass(frozen=True)
class Services:
    settings: Settings
    database: Database
    media_root: ArtifactStore
    pipelines: Makers
    broadcaster: Broadcaster
    rehearsals: Rehearsals
    places: Places = field(default_factory=Places)

    def checked(
        self, request: PromptRequest, *, max_attempts: int | None = None, resolved: Resolved | None = None
    ) -> NewPrompt:
        """A request as a prompt that may be stored; raises as ``requests.intake.checked``.

        ``max_attempts`` are those of the settings; ``resolved`` is a workflow that is in no list.
        """
        most = max_attempts or self.settings.processing.max_attempts
        return checked_with(self.database, self.pipelines, request, max_attempts=most, resolved=resolved)

    def mark_for(self, door: Literal["shares", "feeds", "openai", "downloads"], made: Artifact | None) -> Mark | None:
        """What is put into a file of ``made`` that leaves by a door; None where nothing is."""
        wanted: bool = getattr(self.settings.media.mark, door)
        return mark_of(made.metadata.get("engine")) if wanted and made else None

    def base_of(self, request: Request) -> str:
        """The address before every path: that of the configuration, else the one by which the caller came."""
        return self.settings.security.public_url or str(request.base_url).rstrip("/")

    @property
    def advance(self) -> Advance:
        """What turns what is due in musings into prompts."""
        return advance_with(self.pipelines, self.database, self.settings.processing.max_attempts)

    @property
    def memory(self) -> WorkflowMemory:
        """What is remembered of the workflow files."""
        return WorkflowMemory(self.pipelines, self.database)

    def shown(self, found: Sequence[Prompt]) -> list[schemas.PromptResponse]:
        """Prompts as they are answered."""
        default_attempts = self.settings.processing.max_attempts
        return present.prompt_responses(self.database, found, default_attempts, self.pipelines.hashes)


async def services_of(request: Request) -> Services:
    """Those of the application that answers; a coroutine, so that it costs no thread."""
    found: Services = request.app.state.services
    return found


Given = Annotated[Services, Depends(services_of)]
"""The services, as a parameter of a route."""
