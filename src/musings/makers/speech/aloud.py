"""A writing, read aloud: its words in the place of the prompt's, whatever speaks them."""

import re
from dataclasses import replace

from musings.forms.seeds import LARGEST_INTEGER
from musings.makers.base import Chosen, Context, Pipeline, Workflow
from musings.models import FormField, Job, Kind, Outcome, Prompt, StoredWriting

WRITING = FormField(
    "writing_id",
    "int",
    "Writing",
    minimum=1,
    maximum=LARGEST_INTEGER,
    advanced=True,
    help="The number of a writing to read aloud, instead of the text.",
)
"""A field of every voice's form."""

_MARKS = re.compile(r"^[ \t]*(?:#{1,6}[ \t]+|>[ \t]?|[-*_]{3,}[ \t]*$)", re.MULTILINE)
_EMPHASIS = re.compile(
    # What is stressed holds no sign that could begin another stress, or a text of such signs would take for ever.
    r"(?<!\w)(?:(?P<stars>\*{1,3}+)(?=\S)(?P<a>(?:[^*\n]|(?<=\w)\*(?=\w))++)(?<=\S)(?P=stars)"
    r"|(?P<lines>_{1,3}+)(?=\S)(?P<b>(?:[^_\n]|(?<=\w)_(?=\w))++)(?<=\S)(?P=lines)"
    r"|(?<!`)(?P<ticks>`++)(?=\S)(?P<c>[^`\n]++)(?<=\S)(?P=ticks))(?!\w)"
)
_DEEPEST_EMPHASIS = 3


class AloudDecorator:
    """What goes around every voice: its form has one field more, and a writing may take the place of the words."""

    def shown(self, workflow: Workflow) -> Workflow:
        return replace(workflow, form=(*workflow.form, WRITING)) if workflow.kind is Kind.VOICE else workflow

    def around(self, chosen: Chosen, kind: Kind, prompt: Prompt) -> Chosen:  # noqa: ARG002 (the Protocol's)
        if kind is not Kind.VOICE or not chosen.form or WRITING in chosen.form:
            return chosen
        return replace(chosen, pipeline=ReadAloud(chosen.pipeline), form=(*chosen.form, WRITING))


class ReadAloud:
    """``inner`` speaks the writing of the job."""

    def __init__(self, inner: Pipeline) -> None:
        self.name = inner.name
        self._inner = inner

    def run(self, job: Job, context: Context) -> Outcome:
        parameters = {name: value for name, value in job.parameters.items() if name != WRITING.name}
        if job.writing is None:
            return self._inner.run(replace(job, parameters=parameters), context)
        context.log(f"reading writing {job.writing.id} aloud: {job.writing.title}")
        made = self._inner.run(replace(job, text=spoken(job.writing), parameters=parameters), context)
        facts = {"writing_id": job.writing.id, "title": job.writing.title, "original_prompt": job.text}
        files = tuple(replace(each, metadata={**each.metadata, **facts}) for each in made.files)
        return replace(made, files=files)


def spoken(writing: StoredWriting) -> str:
    """A writing as it is read: the title, a pause, the text without the signs of Markdown."""
    text = _MARKS.sub("", writing.content or "")
    for _ in range(_DEEPEST_EMPHASIS):  # from the inside outwards
        text = _EMPHASIS.sub(lambda found: found["a"] or found["b"] or found["c"], text)
    title = (writing.title or "").strip()
    ended = title if not title or title[-1] in ".!?…" else f"{title}."
    return f"{ended}\n\n{text.strip()}".strip()
