"""The plan's audio pipeline: ``run(prompt, config)`` makes one music or voice prompt at once, without the queue.

Needs the checkout's own Python (``../.venv/bin/python``). ``--queue`` does the same with retries, recovery and rows.
"""

from collections.abc import Mapping
from typing import Any

from media.utils import FOLDER
from musings.models import KIND_OF_TYPE, Kind
from musings.worker.standalone import PlanArtifact, make, settings_of


def run(prompt: Mapping[str, Any], config: Mapping[str, Any]) -> list[PlanArtifact]:
    """Make the sound of ``prompt``, a row of ``prompts``, as the ``media`` section ``config`` says.

    Returns ``[("audio", file_path, preview_path, metadata_json), …]``: files are in place, paths are relative to the
    media root, and ``record_prompt_artifacts`` may take them. A row of type voice or speech is spoken, any other is
    music. Raises ``musings.errors.MusingsError``.
    """
    spoken = KIND_OF_TYPE.get(str(prompt.get("prompt_type"))) is Kind.VOICE
    return make(Kind.VOICE if spoken else Kind.MUSIC, prompt, settings_of(config, FOLDER))
