"""The plan's image pipeline: ``run(prompt, config)`` makes one image prompt at once, without the queue.

Needs the checkout's own Python (``../.venv/bin/python``). ``--queue`` does the same with retries, recovery and rows.
"""

from collections.abc import Mapping
from typing import Any

from media.utils import FOLDER
from musings.models import Kind
from musings.worker.standalone import PlanArtifact, make, settings_of


def run(prompt: Mapping[str, Any], config: Mapping[str, Any]) -> list[PlanArtifact]:
    """Make the pictures of ``prompt``, a row of ``prompts``, as the ``media`` section ``config`` says.

    Returns ``[("image", file_path, preview_path, metadata_json), …]``: files are in place, paths are relative to the
    media root, and ``record_prompt_artifacts`` may take them. Raises ``musings.errors.MusingsError``.
    """
    return make(Kind.IMAGE, prompt, settings_of(config, FOLDER))
