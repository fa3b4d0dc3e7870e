"""What one socket of ComfyUI's protocol is told, made of our own events.

What is told is asked of the rows at that moment, so nothing depends on what the process remembers.
"""

import base64
import binascii
import json
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

from musings import logs
from musings.api import comfyui_calls
from musings.api.broadcast import EventName
from musings.api.broadcast import Message as Event
from musings.api.services import Services
from musings.comfyui_api import history, messages
from musings.comfyui_api.messages import JobStory, Message
from musings.errors import MusingsError
from musings.models import PromptStatus
from musings.store.queue import comfyui_jobs as jobs
from musings.store.queue.comfyui_jobs import ComfyUIJob

MOST_STORIES = 1_000
"""Jobs, and prompts that are none, of which a socket remembers what they are."""


class ComfyUIFeed:
    """For one socket. Used by one thread at a time. ``with_metadata``: previews say what they are of."""

    def __init__(self, services: Services, client_id: str) -> None:
        self._services = services
        self._client_id = client_id
        self.with_metadata = False
        # None is a prompt that came another way: it is asked for once.
        self._stories: OrderedDict[int, JobStory | None] = OrderedDict()

    def greeting(self) -> list[Message]:
        """What a new socket is told: how long the queue is, and what runs for its client."""
        with self._services.database.read() as connection:
            remaining, mine = jobs.remaining(connection), jobs.of_client(connection, self._client_id)
        found: list[Message] = [messages.status(remaining, self._client_id)]
        # Whoever was away for a moment hears of what runs; a real server tells such a client nothing but the node.
        for job in mine:
            story = self._story(job)
            found += story.begins()
            if job.prompt.progress is not None:
                found += self._progress(story, dict(job.prompt.progress))
        return found

    def told(self, event: Event) -> list[Message]:
        """What is told when this happened."""
        if event.event not in (EventName.PROMPT, EventName.PROGRESS, EventName.PREVIEW):
            return []
        try:
            data = json.loads(event.data)
            number = int(data["id"])
            if event.event == EventName.PROMPT:
                return list(self._changed(number))
            story = self._known(number)
            if story is None or story.ended:
                return []
            if event.event == EventName.PROGRESS:
                return list(self._progress(story, data["progress"]))
            return list(self._preview(story, str(data["url"])))
        # Of one event that another program wrote; the next one is told again.
        except (ValueError, KeyError, TypeError, MusingsError) as error:
            logs.get("api").warning("an event cannot be told to a ComfyUI client", error=str(error))
            return []

    def _changed(self, number: int) -> Iterator[Message]:
        # Most prompts of a busy queue: nothing is asked of the database for them twice.
        if number in self._stories and self._stories[number] is None:
            return
        with self._services.database.read() as connection:
            found = jobs.of_prompts(connection, [number])
            remaining = jobs.remaining(connection)
        if not found or not found[0].is_there:
            self._remember(number, None)
            if found:  # it was taken away, perhaps before anybody was told of it
                yield messages.status(remaining)
            return
        job = found[0]
        story = self._story(job)
        if job.prompt.status == PromptStatus.PROCESSING:
            yield messages.status(remaining)
            yield from story.begins() if story.is_mine else ()
        elif job.prompt.status == PromptStatus.PENDING:
            yield messages.status(remaining)
        elif not story.ended:
            if story.is_mine or story.is_nobodys:
                yield from self._end(job, story)
            yield messages.status(remaining)
            # Last of all: by now the rows are there from which the history is read.
            if story.is_mine:
                yield story.is_over()
            story.ended = True

    def _end(self, job: ComfyUIJob, story: JobStory) -> Iterator[Message]:
        [found] = comfyui_calls.read(self._services.database, jobs.of_prompts, [job.prompt.id])
        outputs = comfyui_calls.outputs_of(self._services, found)
        pictures: dict[str, list[bytes]] = {}
        for node, path in history.over_the_socket(found.made) if story.is_mine else ():
            pictures.setdefault(node, []).append(self._services.media_root.find(path).read_bytes())
        end = history.told(job, found.graph, outputs)[-1]
        yield from story.ends(end, outputs, pictures, with_metadata=self.with_metadata)

    def _progress(self, story: JobStory, said: dict[str, Any]) -> Iterator[Message]:
        yield from story.goes_on(float(said["value"]), float(said["max"]), str(said["stage"]))

    def _preview(self, story: JobStory, url: str) -> Iterator[Message]:
        kind, _, coded = url.removeprefix("data:").partition(";base64,")
        try:
            picture = base64.b64decode(coded, validate=True)
        except binascii.Error as error:
            raise ValueError(str(error)) from error
        # A job that no client has has no metadata either, as ComfyUI does.
        yield from story.shows(picture, kind, with_metadata=self.with_metadata and story.is_mine)

    def _known(self, number: int) -> JobStory | None:
        """The story of a prompt that this socket is told of; None for any other."""
        if number not in self._stories:
            found = self._services.database.reading(jobs.of_prompts, [number])
            if not found or not found[0].is_there:
                self._remember(number, None)
            else:
                self._story(found[0])
        story = self._stories[number]
        return story if story is not None and (story.is_mine or story.is_nobodys) else None

    def _story(self, job: ComfyUIJob) -> JobStory:
        story = self._stories.get(job.prompt.id)
        if story is None:
            mine = job.client_id is not None and job.client_id == self._client_id
            graph = comfyui_calls.graph_of(self._services.database, job)
            story = JobStory(job.job_id, graph, is_mine=mine, is_nobodys=job.client_id is None)
            self._remember(job.prompt.id, story)
        return story

    def _remember(self, number: int, story: JobStory | None) -> None:
        self._stories[number] = story
        self._stories.move_to_end(number)
        while len(self._stories) > MOST_STORIES:
            self._stories.popitem(last=False)
