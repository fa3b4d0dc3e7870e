"""The ComfyUI pipeline: a workflow posted to a server, its outputs fetched over HTTP (DESIGN D12).

What runs outside is written down before it runs, as ``comfy|<server>|<id>,<id>…`` with one id for each of ``count``, so
that the attempt after a crash joins those jobs instead of running them again.
"""

import uuid
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypeVar

from musings.comfy.client import Server
from musings.comfy.form import fill
from musings.comfy.pool import Pool
from musings.comfy.protocol import Object
from musings.comfy.run import JobResult, run_graph
from musings.comfy.verdict import busted
from musings.comfy.watching import Hooks, Limits
from musings.errors import MusingsError, PassingFault, Unavailable, UnreachableError, UserFault
from musings.models import ArtifactType, Job, Json, MadeFile, Outcome
from musings.pipelines import loading
from musings.pipelines.base import Context
from musings.version import VERSION
from musings.workflows.library import WorkflowFile

MARK = "comfy"
SEED_MODULUS = 2**53
PATIENCE_SECONDS = 300.0

T = TypeVar("T")


class ComfyUIPipeline:
    """``pool`` is shared by all prompts of a worker."""

    name = "comfyui"

    def __init__(self, workflow: WorkflowFile, pool: Pool, *, stall_seconds: float) -> None:
        self._workflow = workflow
        self._pool = pool
        self._stall_seconds = stall_seconds

    def run(self, job: Job, context: Context) -> Outcome:
        graph = self._workflow.graph
        if self._workflow.problem is not None or graph is None:
            raise UserFault(f"The workflow {self._workflow.name} cannot be used: {self._workflow.problem}")
        known = _resumed(job.resume)
        with self._leased(known, graph, context) as server:
            return self._run_on(server, graph, known, job, context)

    def _run_on(
        self, server: Server, graph: Object, known: tuple[str, list[str]] | None, job: Job, context: Context
    ) -> Outcome:
        from musings.media.kinds import kind_of

        ids = known[1] if known is not None and known[0] == server.url else []
        loaded = loading.upload(server, job.inputs)
        for field, name in loaded.items():
            context.log(f"uploaded {job.parameters.get(field)} to {server.url} as {name}")
        rounds = 1 if self._workflow.counts_itself else int(job.parameters.get("count") or 1)
        files: list[MadeFile] = []
        texts: list[str] = []
        for number in range(rounds):
            values = self._values(job, number)
            filled = self._prepared(fill(graph, self._workflow.form, {**values, **loaded}), job, number)
            folder = job.directory / f"{number + 1:02}" if rounds > 1 else job.directory
            folder.mkdir(exist_ok=True)
            result = self._one(server, filled, ids, number, folder, context, rounds)
            recipe = self._recipe(server, job, values, result)
            files += [
                MadeFile(each.path, kind_of(each.path), {**recipe, "node": each.source.node}) for each in result.files
            ]
            texts += [text.text for text in result.texts]
        if texts:
            path = job.directory / "text.txt"
            path.write_text("\n\n".join(texts), encoding="utf-8")
            files.append(MadeFile(path, ArtifactType.TEXT, {"workflow": self._workflow.name, "backend": server.url}))
        return Outcome(tuple(files), server.url)

    def _leased(
        self, known: tuple[str, list[str]] | None, graph: Object, context: Context
    ) -> AbstractContextManager[Server]:
        """A place on the server where the job was, else on the best one; nobody free is no fault of the prompt."""
        if known is not None and known[0] in {server.url for server in self._pool.servers}:
            return self._pool.lease_of(known[0])

        def check() -> None:
            context.check()
            context.progress(0, 1, "waiting for a free server")

        patience = min(PATIENCE_SECONDS, context.remaining / 2)
        return _Waiting(self._pool.lease(graph, seconds=patience, check=check))

    def _one(
        self, server: Server, graph: Object, ids: list[str], number: int, folder: Path, context: Context, rounds: int
    ) -> JobResult:
        from musings.media.kinds import decodable

        resume = number < len(ids)
        prompt_id = ids[number] if resume else str(uuid.uuid4())

        def submitting(own_id: str) -> None:
            ids[number:] = [own_id]
            context.started("|".join((MARK, server.url, ",".join(ids))))

        def progress(value: float, maximum: float, stage: str) -> None:
            share = value / maximum if maximum > 0 else 0.0
            words = f"{stage} ({number + 1} of {rounds})" if rounds > 1 else stage
            done, whole = (number + share, float(rounds)) if rounds > 1 else (value, maximum)
            context.progress(done, whole, words)

        hooks = Hooks(
            check=context.check,
            on_submitting=submitting,
            on_progress=progress,
            on_preview=context.preview,
            log=context.log,
        )
        return run_graph(
            server,
            graph,
            prompt_id=prompt_id,
            target=folder,
            resume=resume,
            hooks=hooks,
            limits=Limits(stall_seconds=self._stall_seconds),
            verify=decodable,
            object_info=_quietly(server.object_info),
        )

    def _values(self, job: Job, number: int) -> dict[str, Json]:
        """The parameters with the words in their place and, from the second on, a seed of their own."""
        values: dict[str, Json] = dict(job.parameters)
        form = self._workflow.form
        if form.prompt_field is not None:
            values[form.prompt_field.name] = job.text
        if not self._workflow.counts_itself:
            values.pop("count", None)
        values.pop("reproduces", None)
        for field in form.fields:
            if field.role == "seed" and isinstance(values.get(field.name), int):
                values[field.name] = (values[field.name] + number) % SEED_MODULUS
        known = {field.name for field in form.fields}
        return {name: value for name, value in values.items() if name in known}

    def _prepared(self, graph: Object, job: Job, number: int) -> Object:
        """The graph as it is posted: with a nonce where an identical one must not be answered from the cache."""
        if "reproduces" not in job.instructions:
            return graph
        seeded = tuple(node for node, data in graph.items() if {"seed", "noise_seed"} & set(data.get("inputs", {})))
        return busted(graph, seeded, f"{job.prompt_id}-{job.attempt}-{number}")

    def _recipe(self, server: Server, job: Job, values: Mapping[str, Json], result: JobResult) -> dict[str, Json]:
        form = self._workflow.form
        negative = form.by_role("negative_prompt")
        seed = form.by_role("seed")
        return {
            "prompt": job.text,
            "negative_prompt": values.get(negative.name) if negative else None,
            "seed": values.get(seed.name) if seed else None,
            "parameters": dict(values),
            "workflow": self._workflow.name,
            "workflow_hash": self._workflow.hash,
            "backend": server.url,
            "engine": "comfyui",
            "comfyui_version": _quietly(server.version),
            "comfyui_prompt_id": result.prompt_id,
            "execution_time": round(result.seconds, 3),
            "cached": result.cached,
            "version": VERSION,
        }


class _Waiting:
    """A lease whose taking, not whose use, turns "nobody is free" into waiting that counts as no attempt."""

    def __init__(self, lease: AbstractContextManager[Server]) -> None:
        self._lease = lease

    def __enter__(self) -> Server:
        try:
            return self._lease.__enter__()
        except (PassingFault, UnreachableError) as error:
            raise Unavailable(str(error), hint=error.hint) from error

    def __exit__(self, *exc: object) -> bool | None:
        return self._lease.__exit__(*exc)  # type: ignore[arg-type]


def _resumed(external_id: str | None) -> tuple[str, list[str]] | None:
    parts = (external_id or "").split("|")
    if len(parts) != 3 or parts[0] != MARK:
        return None
    return parts[1], [each for each in parts[2].split(",") if each]


def _quietly(ask: Callable[[], T]) -> T | None:
    """What a server says of itself; nothing when it will not say."""
    try:
        return ask()
    except MusingsError:
        return None
