"""A text prompt that names a workflow file: what that makes is kept as a writing, as whatever the poets write is."""

from dataclasses import replace

from musings.errors import UserFault
from musings.makers.base import Chosen, Context, Pipeline, Workflow
from musings.makers.poets import drafts, reading
from musings.models import ArtifactType, Job, Kind, Outcome, Prompt, Writing


class WritingDecorator:
    """What goes around a text made by a workflow file."""

    def shown(self, workflow: Workflow) -> Workflow:
        return workflow

    def around(self, chosen: Chosen, kind: Kind, prompt: Prompt) -> Chosen:  # noqa: ARG002 (the Protocol's)
        if kind is not Kind.TEXT or chosen.version is None:
            return chosen
        return replace(chosen, pipeline=AsWriting(chosen.pipeline))


class AsWriting:
    """Runs ``inner``, and makes a writing of the texts that it leaves."""

    def __init__(self, inner: Pipeline) -> None:
        self.name = inner.name
        self._inner = inner

    def run(self, job: Job, context: Context) -> Outcome:
        """What ``inner`` makes, with the writing. Raises ``UserFault`` where it made no text."""
        made = self._inner.run(job, context)
        files = [each for each in made.files if each.artifact_type is ArtifactType.TEXT]
        texts = [each.path.read_text(encoding="utf-8", errors="replace").strip() for each in files]
        if not any(texts):
            raise UserFault(
                "The workflow ran, but it wrote no text.",
                hint="End it in a node that shows a text (Preview as Text), or ask for what it makes instead.",
            )
        title, text = drafts.read("\n\n".join(each for each in texts if each), job.text)
        writing = Writing(
            title=title,
            content=text,
            content_type=reading.content_type(text, job.prompt_type),
            mood=reading.mood(text),
            explicit_content=reading.is_explicit(text),
            notes=f"Written by the workflow {files[0].metadata.get('workflow', self.name)}.",
        )
        return replace(made, writing=writing)
