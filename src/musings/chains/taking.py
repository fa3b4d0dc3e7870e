"""How a run's prompts are checked: as those of people are, with the makers of whoever looks at the run."""

from musings.chains.advance import Advance
from musings.makers.choice import Makers
from musings.models import NewPrompt
from musings.requests.intake import checked
from musings.requests.request import PromptRequest
from musings.store.database import Database
from musings.store.gallery import artifacts, uploads


def advance_with(pipelines: Makers, database: Database, max_attempts: int) -> Advance:
    """What looks at runs, with these makers. ``max_attempts`` are those of each prompt."""

    def take(request: PromptRequest) -> NewPrompt:
        return checked(
            pipelines,
            request,
            max_attempts=max_attempts,
            artifact=database.reader(artifacts.get),
            upload=database.reader(uploads.get),
        )

    return Advance(database, take)
