"""The jobs of ``/v1/videos`` as they stand: prompts for films, with what they have made."""

from collections.abc import Sequence
from typing import Any

from musings.api.services import Services
from musings.errors import NotFoundError
from musings.models import TYPES_OF_KIND, Artifact, ArtifactType, Kind, Prompt, PromptStatus
from musings.openai_api import videos
from musings.openai_api.refusals import ApiRefusal
from musings.store.gallery import artifacts, by_kind, prompts, trash


def found(services: Services, video_id: str) -> Prompt:
    """The prompt of a job. Raises ``ApiRefusal`` for one that is none, or is in the trash."""
    number = videos.number_of(video_id)
    refusal = ApiRefusal(404, f"There is no video {video_id[:60]!r}.", param="video_id", code="video_not_found")
    if number is None:
        raise refusal
    try:
        prompt = services.database.reading(prompts.get, number)
    except NotFoundError as error:
        raise refusal from error
    # The number of a poem is nobody's film, whoever guesses it.
    if prompt.kind is not Kind.VIDEO:
        raise refusal
    return prompt


def shown(services: Services, these: Sequence[Prompt]) -> list[dict[str, Any]]:
    """The object of each."""
    made = _films(services, these)
    forms = {each.name: each.form for each in services.pipelines.workflows()}
    return [
        # A workflow that is gone, or was never named, has no form: then nobody can say what was asked for.
        videos.job(each, forms.get(each.workflow or each.instructions.workflow or "", ()), made.get(each.id))
        for each in these
    ]


def listing(services: Services, after: str | None, limit: int, *, oldest_first: bool) -> dict[str, Any]:
    """A part of the list. Raises ``ApiRefusal`` where ``after`` is no id of a job."""
    behind = None if after is None else videos.number_of(after)
    if after is not None and behind is None:
        raise ApiRefusal(400, "after: must be the id of a video, such as video_12", param="after")
    types = TYPES_OF_KIND[Kind.VIDEO]
    page = services.database.reading(by_kind.listing, types, limit, behind, oldest_first=oldest_first)
    return videos.listed(shown(services, page.items), more=page.next_cursor is not None)


def film_of(services: Services, prompt: Prompt) -> Artifact:
    """What a job has made. Raises ``ApiRefusal`` (409) where that is nothing, or not yet."""
    film = _films(services, [prompt]).get(prompt.id)
    if film is None:
        [job] = shown(services, [prompt])
        why = job["error"]["message"] if job["error"] else "Ask for it when its status is completed."
        # 409 is what OpenAI's clients try again by themselves; ``x-should-retry`` tells them that they need not.
        words = f"The video {job['id']} is {job['status']}. {why}"
        raise ApiRefusal(409, words, param="video_id", code="video_not_ready")
    return film


def discard(services: Services, prompt: Prompt) -> dict[str, Any]:
    """Into the trash, with the prompt; one that runs is asked to stop."""
    services.database.writing(trash.discard, prompt.id)
    return videos.deleted(prompt)


def _films(services: Services, these: Sequence[Prompt]) -> dict[int, Artifact]:
    """The film of each prompt that was completed: the first where a workflow makes several."""
    ended = [each.id for each in these if each.status == PromptStatus.COMPLETED]
    made = services.database.reading(artifacts.of_prompts, ended) if ended else []
    films = [each for each in made if each.artifact_type == ArtifactType.VIDEO and not each.metadata.get("missing")]
    # From the last to the first, so that of several the first stays.
    return {each.prompt_id: each for each in reversed(films)}
