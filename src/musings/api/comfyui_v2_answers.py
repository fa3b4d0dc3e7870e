"""Assets as Comfy API v2 tells of them: what was sent, what a job made, and the texts of nodes."""

from pathlib import PurePosixPath
from typing import Any

from musings.api.comfyui_v2 import NO_ASSET, V2Call, media_type
from musings.comfyui_api import history, v2_jobs
from musings.comfyui_api.v2_jobs import ToldJob
from musings.comfyui_api.v2_refusals import V2Refusal
from musings.models import Artifact
from musings.store.gallery import comfyui_assets, prompts
from musings.store.queue import comfyui_jobs as jobs
from musings.store.times import now, rfc3339


def of_sent(call: V2Call, kept: comfyui_assets.KeptAsset) -> dict[str, Any]:
    """The ``Asset`` of what was sent."""
    return {
        "id": kept.id,
        "hash": None if kept.blake3 is None else f"blake3:{kept.blake3}",
        "size_bytes": kept.upload.bytes,
        "content_type": kept.upload.content_type,
        "file_path": kept.file_path,
        "created_at": rfc3339(kept.created_at),
        "url": call.addresses.content(kept.id),
        # The address asks for a key as any other, and lasts as long as what it leads to.
        "url_expires_at": rfc3339(kept.expires_at),
        "expires_at": rfc3339(kept.expires_at),
    }


def of_output(call: V2Call, asset_id: str, made: Artifact) -> dict[str, Any]:
    """The ``Asset`` of what a job made. Raises ``V2Refusal`` (404) for a text that its file does not have."""
    with call.services.database.read() as connection:
        job = next(iter(jobs.of_prompts(connection, [made.prompt_id])), None)
        prompt = job.prompt if job is not None else prompts.get(connection, made.prompt_id)
    expires = call.expires(prompt)
    shared = {
        "id": asset_id,
        # It would cost a reading of the whole file, which may be a film; the contract lets it be unknown.
        "hash": None,
        "content_type": media_type(made.file_path),
        "created_at": rfc3339(made.created_at or now()),
        "url": call.addresses.content(asset_id),
        "url_expires_at": rfc3339(expires),
        "expires_at": None if expires == v2_jobs.FOREVER else rfc3339(expires),
    }
    if job is None:  # of a prompt that came another way, whose files are as good
        size = made.metadata.get("bytes")
        return {**shared, "size_bytes": size or 0, "file_path": PurePosixPath(made.file_path).name, "job_id": None}
    told = v2_jobs.outputs(ToldJob(job, {}, [made]), call.addresses, call.read_text)
    found = next((each for each in told if each["id"] == asset_id), None)
    if found is None:
        raise V2Refusal(404, "not_found", NO_ASSET)
    return {**shared, "size_bytes": found["size_bytes"], "file_path": found["name"], "job_id": job.job_id}


def text_of(call: V2Call, made: Artifact, part: int) -> bytes:
    """One of the texts of nodes that stand in one file, counted from 1. Raises ``V2Refusal`` (404)."""
    said = made.metadata.get(history.TEXTS)
    found = list(v2_jobs.texts(said if isinstance(said, list) else (), call.read_text(made.file_path)))
    if not 0 < part <= len(found):
        raise V2Refusal(404, "not_found", NO_ASSET)
    return found[part - 1][1].encode()
