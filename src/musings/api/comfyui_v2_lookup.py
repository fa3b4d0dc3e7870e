"""What the callers of Comfy API v2 name: jobs, what they sent and what was made, as far as they may see it."""

from collections.abc import Sequence
from dataclasses import replace

from musings.api.comfyui_calls import ReadComfyUIJob, read
from musings.api.comfyui_files import TYPES, NamedFile
from musings.api.comfyui_v2 import V2Call
from musings.comfyui_api.v2_jobs import ToldJob
from musings.comfyui_api.v2_references import AssetReference, missing, output_id
from musings.comfyui_api.v2_refusals import V2Refusal
from musings.errors import NotFoundError
from musings.models import Artifact
from musings.store.gallery import artifacts, comfyui_assets, lists
from musings.store.queue import comfyui_jobs as jobs
from musings.store.queue import comfyui_labels

NO_JOB = "There is no such job."


def named(call: V2Call, job_id: str) -> ToldJob:
    """A job by its id, or ``V2Refusal`` (404)."""
    found = read(call.services.database, jobs.named, job_id)
    if not found:
        raise V2Refusal(404, "not_found", NO_JOB)
    return told_of(call, found)[0]


def told_of(call: V2Call, found: Sequence[ReadComfyUIJob]) -> list[ToldJob]:
    """Jobs with what stands in other tables about them."""
    with call.services.database.read() as connection:
        places = lists.positions(connection, [each.job.prompt for each in found])
        labels = comfyui_labels.of_prompts(connection, [each.job.prompt.id for each in found])
    return [
        ToldJob(each.job, each.graph, each.made, places.get(each.job.prompt.id), labels.get(each.job.prompt.id, {}))
        for each in found
    ]


def listed(call: V2Call, found: Sequence[jobs.ComfyUIJob]) -> list[ToldJob]:
    """Jobs for a list, which tells of no graph: a hundred of them may be two hundred megabytes."""
    labels = call.services.database.reading(comfyui_labels.of_prompts, [each.prompt.id for each in found])
    return [ToldJob(each, {}, labels=labels.get(each.prompt.id, {})) for each in found]


def renewed(call: V2Call, told: ToldJob) -> ToldJob | None:
    """A job as it is by now, whose graph need not be read again; None where it is there no more."""
    with call.services.database.read() as connection:
        found = jobs.named(connection, told.job.job_id)
        prompts = [each.prompt for each in found]
        made = artifacts.of_prompts(connection, [each.id for each in prompts])
        places = lists.positions(connection, prompts)
    return replace(told, job=found[0], made=made, position=places.get(prompts[0].id)) if found else None


def of_job(call: V2Call, job: jobs.ComfyUIJob) -> ToldJob:
    """A job that was just found or made."""
    return told_of(call, read(call.services.database, jobs.of_prompts, [job.prompt.id]))[0]


def sent_asset(call: V2Call, asset_id: str) -> comfyui_assets.KeptAsset | None:
    """A file that was sent, by the id of its record; None where there is none that the caller may name."""
    found = call.services.database.reading(comfyui_assets.find, asset_id)
    if found is None or not (call.may_read or (call.owner is not None and found.owner == call.owner)):
        return None
    return found


def made_output(call: V2Call, asset_id: str) -> tuple[Artifact, int] | None:
    """What a job made, by the id of an output, and which of its texts is meant; None where there is none."""
    meant = output_id(asset_id)
    if meant is None or not call.may_read:
        return None
    try:
        return call.services.database.reading(artifacts.get, meant.artifact), meant.part
    except NotFoundError:
        return None


def file_for(call: V2Call, reference: AssetReference) -> tuple[NamedFile, str]:
    """The file that a graph names as an asset, and a plain name for it. Raises ``V2Refusal`` (422)."""
    sent = sent_asset(call, reference.asset_id)
    if sent is not None:
        # Who names it again wants it to stay.
        call.services.database.writing(comfyui_assets.use, sent.id)
        upload = sent.upload
        name = (sent.file_path or upload.file_path).replace("\\", "/").rpartition("/")[2]
        return NamedFile(upload.ref, upload.file_path, upload.artifact_type, upload.sha256), name
    made = made_output(call, reference.asset_id)
    if made is None:
        raise missing(reference.node, reference.input, "is not here (it was never sent, was removed, or has expired)")
    artifact, _ = made
    if artifact.artifact_type not in TYPES:
        raise missing(reference.node, reference.input, "is no picture, sound or film")
    name = artifact.file_path.rpartition("/")[2]
    return NamedFile(f"artifact:{artifact.id}", artifact.file_path, artifact.artifact_type), name
