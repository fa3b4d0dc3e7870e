"""How a run's prompts are checked: as those of people are, with the makers of whoever looks at the run."""

from musings.chains.advance import Advance
from musings.makers.choice import Makers
from musings.models import NewPrompt
from musings.requests.request import PromptRequest
from musings.requests.submitting import checked_with
from musings.store.database import Database


def advance_with(pipelines: Makers, database: Database, max_attempts: int) -> Advance:
    """What looks at runs, with these makers. ``max_attempts`` are those of each prompt."""

    def take(request: PromptRequest) -> NewPrompt:
        return checked_with(database, pipelines, request, max_attempts=max_attempts)

    return Advance(database, take)
