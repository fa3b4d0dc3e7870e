"""Running a finished prompt again with the recipe that was recorded, and saying whether the result is the same."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, select

from musings.errors import ConflictError
from musings.models import Kind, NewArtifact, NewPrompt, Prompt
from musings.store import rows
from musings.store.gallery import artifacts, prompts
from musings.store.queue.states import AttemptStatus
from musings.store.tables import attempts


def recipe_of(connection: Connection, prompt_id: int) -> NewPrompt:
    """A new prompt with the recorded words, values, seed and workflow of a completed one.

    Raises ``NotFoundError``, and ``ConflictError`` for a prompt that has made nothing yet.
    """
    original = prompts.get(connection, prompt_id)
    row = connection.execute(
        select(attempts.c.parameters, attempts.c.workflow_hash)
        .where(attempts.c.prompt_id == prompt_id, attempts.c.status == AttemptStatus.COMPLETED)
        .order_by(attempts.c.attempt.desc())
        .limit(1)
    ).first()
    if row is None or row.parameters is None:
        raise ConflictError(
            f"Prompt {prompt_id} has no recorded recipe: it has not been completed by this version.",
            hint="Submit it anew instead.",
        )
    instructions = replace(
        original.instructions,
        reproduces=prompt_id,
        resolved=_resolved(connection, prompt_id) or original.instructions.resolved,
        parameters=None,
    )
    if original.kind is not Kind.TEXT and original.output_reference is not None:
        instructions = replace(instructions, document=original.output_reference)
    kept = {key: value for key, value in original.metadata.items() if key != "parameters"}
    return NewPrompt(
        prompt_text=original.prompt_text,
        prompt_type=original.prompt_type,
        priority=original.priority,
        metadata={**kept, "reproduces": prompt_id},  # for people: what counts are the instructions
        workflow=original.workflow or _made_with(connection, prompt_id, row.workflow_hash),
        parameters={k: v for k, v in rows.json_object(row.parameters).items() if v is not None},
        config_name=original.config_name,
        max_attempts=original.max_attempts or 3,
        workflow_hash=row.workflow_hash,
        instructions=instructions,
    )


def _resolved(connection: Connection, prompt_id: int) -> list[Any] | None:
    """What was put in place of dynamic prompts and patterns, for each round of a prompt; None where nothing was."""
    rounds: dict[str, Any] = {}
    for artifact in artifacts.of_prompts(connection, [prompt_id]):
        # Each round is a job of its own.
        rounds.setdefault(str(artifact.metadata.get("comfyui_prompt_id")), artifact.metadata.get("resolved"))
    return list(rounds.values()) if any(rounds.values()) else None


def report(connection: Connection, prompt: Prompt, made: Sequence[NewArtifact]) -> dict[str, Any] | None:
    """What ``artifact_metadata`` says of a prompt that runs an earlier recipe again; None for any other."""
    found = compared(connection, prompt, made)
    return {"reproduction": found} if found else None


def compared(connection: Connection, prompt: Prompt, made: Sequence[NewArtifact]) -> dict[str, Any] | None:
    """How what was made compares with what the recipe made first; None for a prompt that reproduces nothing.

    Files are compared by their bytes, and pictures that differ in bytes by their pixels, in the order they were made.
    """
    original = prompt.instructions.reproduces
    if original is None:
        return None
    before = [each.metadata for each in artifacts.of_prompts(connection, [original])]
    after = [each.metadata for each in made]
    pairs = list(zip(before, after, strict=False))
    same_bytes = [a.get("sha256") is not None and a.get("sha256") == b.get("sha256") for a, b in pairs]
    same_look = [
        a.get("pixels_sha256") is not None and a.get("pixels_sha256") == b.get("pixels_sha256") for a, b in pairs
    ]
    complete = bool(pairs) and len(before) == len(after)
    return {
        "of": original,
        "identical": complete and all(x or y for x, y in zip(same_bytes, same_look, strict=True)),
        "same_bytes": complete and all(same_bytes),
        "compared": len(pairs),
        "expected": len(before),
    }


def _made_with(connection: Connection, prompt_id: int, workflow_hash: str | None) -> str | None:
    """The workflow that served a prompt which named none, where another may serve by now; a file has its hash."""
    if workflow_hash is not None:
        return None
    told = (each.metadata.get("workflow") for each in artifacts.of_prompts(connection, [prompt_id]))
    return next((name for name in told if isinstance(name, str)), None)
