"""Dynamic prompts and the patterns of file names, resolved for one run as ComfyUI's page would when it queues.

The same words and the same seed choose the same, so that an attempt after a crash, and a prompt with a given seed, is
told truly what was sent. What was chosen is kept with each artifact (``resolved``), and a prompt that runs a recipe
again is given it.
"""

import random
from datetime import datetime

from comfyui_workflows.at_the_run import Chosen, resolve
from comfyui_workflows.form import Form
from comfyui_workflows.graph import Graph
from comfyui_workflows.json_types import Object
from musings.models import Job, JsonObject


def resolved(
    graph: Object, object_info: Object | None, form: Form, job: Job, values: JsonObject, number: int, now: datetime
) -> tuple[Graph, Chosen]:
    """The graph of the ``number``-th round (from 0) as it is sent, and what was put in place of what.

    ``values`` are those that fill the form in this round; ``now`` is the local time.
    """
    seed = form.by_role("seed")
    given = values.get(seed.name) if seed is not None else None
    # Without a seed the prompt itself tells rounds and prompts apart.
    key = f"{job.prompt_id} {number}" if given is None else f"seed {given}"
    before = job.instructions.resolved or ()
    recorded = before[number] if number < len(before) and isinstance(before[number], dict) else None
    return resolve(graph, object_info, random.Random(key).randrange, now, recorded)  # noqa: S311 (no secret)
