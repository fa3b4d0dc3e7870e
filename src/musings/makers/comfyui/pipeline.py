"""The ComfyUI pipeline: a workflow posted to a server, its outputs fetched over HTTP.

What runs outside is written down before it runs (``whereabouts``), with one id for each of ``count``, so that the
attempt after a crash joins those jobs instead of running them again. A job whose server stays away is run on another
one; where none can, the prompt waits. A job that brings its servers down again and again is given up.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from comfyui_workflows.at_the_run import Chosen
from comfyui_workflows.bounds import seed_bounds
from comfyui_workflows.checking import partner_nodes, suited
from comfyui_workflows.form import fill
from comfyui_workflows.json_types import Object
from musings.backoff import backoff
from musings.errors import (
    MusingsError,
    PassingFault,
    ServerAway,
    ServerCrash,
    Stalled,
    Unavailable,
    UnreachableError,
    UserFault,
)
from musings.forms.seeds import seeded
from musings.late import importing
from musings.makers.base import Context
from musings.makers.comfyui import loading
from musings.makers.comfyui.client import ComfyServer, NoAnswer
from musings.makers.comfyui.errors import workflow_faults
from musings.makers.comfyui.fetching import Fetched
from musings.makers.comfyui.library import WorkflowFile
from musings.makers.comfyui.outputs import OutputText
from musings.makers.comfyui.pool import Busy, ServerPool
from musings.makers.comfyui.resolving import resolved
from musings.makers.comfyui.run import JobResult, run_graph
from musings.makers.comfyui.verdict import busted
from musings.makers.comfyui.watching import JobHooks, JobLimits
from musings.makers.comfyui.whereabouts import Whereabouts
from musings.makers.recipe import ABSENT, OF_FILES, Recipe
from musings.media import decoder
from musings.models import ArtifactType, Job, Json, MadeFile, Outcome

# Most jobs are long: waiting on this thread for more would only hide that the prompt waits.
PATIENCE_SECONDS = 2.0
AGAIN_SECONDS = 5.0
# Once may be chance and twice bad luck; after three the next server would go down as well.
MOST_CRASHES = 3
# Where servers went down with others as well, which then completed, something else ends them: a person, the system,
# another program. A prompt that does it too would be found by this many.
MOST_CRASHES_AMONG_OTHERS = 9
# Before a job is sent again with which a server went down twice: others run meanwhile, and show whether it is the job.
TURN_SECONDS, LONGEST_TURN_SECONDS = 2.0, 30.0

BETWEEN_TEXTS = "\n\n"

T = TypeVar("T")


class ComfyUIPipeline:
    """``pool`` is shared by all prompts of a worker."""

    name = "comfyui"

    def __init__(
        self, workflow: WorkflowFile, pool: ServerPool, *, stall_seconds: float, unreachable_seconds: float
    ) -> None:
        self._workflow = workflow
        self._pool = pool
        self._limits = JobLimits(stall_seconds=stall_seconds, unreachable_seconds=unreachable_seconds)

    def run(self, job: Job, context: Context) -> Outcome:
        graph = self._workflow.graph
        if self._workflow.problem is not None or graph is None:
            raise UserFault(f"The workflow {self._workflow.name} cannot be used: {self._workflow.problem}")
        known = Whereabouts.read(job.resume)
        with self._leased(known, graph, context) as server:
            try:
                # What was on another server is carried along as left behind, in the same write that names the new job.
                return self._run_on(server, graph, known.moved_to(server.url), job, context)
            except NoAnswer as error:  # of a server that answers other questions this is no absence
                fault = PassingFault if self._pool.answers(server.url) else ServerAway
                raise fault(str(error), hint=error.hint) from error
            except ServerAway as error:
                # ``lasting``: the patience for this server is used up, while another one could begin at once.
                if error.lasting and self._pool.others_answer(server.url):
                    error.retry_after = 0.0  # there is somewhere to go
                raise

    def _run_on(self, server: ComfyServer, graph: Object, where: Whereabouts, job: Job, context: Context) -> Outcome:
        with importing():
            from musings.media.kinds import kind_of

        context.log(f"workflow {self._workflow.name} ({self._workflow.hash[:12]}) on {server.url}")
        # Only now that this server has the place: before, the job might still have been joined there.
        for url, ids in where.left:
            self._pool.leave(url, ids)
            context.log(f"moved here from {url}: what is left of {', '.join(ids)} there is taken away when it answers")
        loaded = loading.upload(server, job.inputs)
        for field, name in loaded.items():
            context.log(f"uploaded {job.parameters.get(field)} to {server.url} as {name}")
        # Where the graph makes several at once, running it several times would multiply them.
        rounds = 1 if self._workflow.counts_itself else int(job.parameters.get("count") or 1)
        at_work = _AtWork(server, where, context, rounds)
        # It starts while the server works.
        decoder.prepare()
        files: list[MadeFile] = []
        texts: list[OutputText] = []
        # Half a megabyte for hints and bounds: without it the job runs all the same.
        info = _quietly(server.object_info)
        for number in range(rounds):
            values = self._values(job, number, info, context)
            with workflow_faults():
                filled = fill(graph, self._workflow.form, {**values, **loaded})
            now = datetime.now().astimezone()
            chosen: Chosen = {}
            if not self._workflow.literal:  # whose braces and percent signs are meant as they are
                filled, chosen = resolved(filled, info, self._workflow.form, job, values, number, now)
            if chosen:
                context.log(f"resolved for this run: {chosen}")
            filled = suited(self._prepared(filled, job, number), info or {})
            # A folder for each round: the files of every round begin with 0001.
            folder = job.directory / f"{number + 1:02}" if rounds > 1 else job.directory
            folder.mkdir(exist_ok=True)
            result = self._one(at_work, filled, number, folder)
            recipe = self._recipe(server, job, values, result, chosen)
            files += [
                MadeFile(each.path, kind_of(each.path), self._of_file(recipe, each).as_metadata())
                for each in result.files
            ]
            # A node that keeps its text in a file shows it besides.
            kept = {each.source.node for each in result.files if kind_of(each.path) is ArtifactType.TEXT}
            texts += [text for text in result.texts if text.node not in kept]
        if texts:
            path = job.directory / "text.txt"
            path.write_text(BETWEEN_TEXTS.join(each.text for each in texts), encoding="utf-8", errors="replace")
            told: dict[str, Json] = {"workflow": self._workflow.name, "backend": server.url}
            if self._workflow.literal:  # whoever asks for the outputs of a node has to find its text again
                told["comfyui_texts"] = [[each.node, each.key, len(each.text)] for each in texts]
            files.append(MadeFile(path, ArtifactType.TEXT, told))
        return Outcome(tuple(files), server.url)

    @contextmanager
    def _leased(self, known: Whereabouts, graph: Object, context: Context) -> Iterator[ComfyServer]:
        """A place on the server where the job is, else on the best one; no free server is no fault of the prompt."""
        configured = {server.url for server in self._pool.servers}
        # The job itself decides where to go: a second server would do all its work again.
        if known.url is not None and known.url in configured and self._is_there(known.url):
            with self._pool.lease_of(known.url) as server:
                yield server
            return
        # It has stayed away for longer than the patience: anything but that one.
        avoid = {known.url} if known.url is not None else set()
        with _waiting(self._lease(graph, context, avoid)) as server:
            # Asked only after another server was found: otherwise the prompt waits, and nothing is sent twice.
            if known.ids:
                self._refuse_to_pay_twice(known, graph, server)
            yield server

    def _is_there(self, url: str) -> bool:
        """Whether the server with our job answers; False when it has stayed away, so that the job may move.

        Raises ``Unavailable`` before: it may be back in a moment, and then nothing has to be done twice.
        """
        if self._pool.answers(url):
            return True
        patience = self._limits.refused_seconds if self._pool.others_answer(url) else None
        if self._pool.stays_away(url, self._limits.unreachable_seconds, refused_seconds=patience):
            return False
        # Soon: a server that restarts is often back within seconds.
        again = min(AGAIN_SECONDS, self._limits.unreachable_seconds)
        woken = self._pool.wake(url)  # it may have gone to sleep with the job
        raise Unavailable(
            f"The ComfyUI at {url}, which has this job, does not answer{'' if woken is None else f': {woken}'}.",
            hint="It is asked again in a moment.",
            retry_after=again,
            waits_for="comfyui",
        )

    @contextmanager
    def _lease(self, graph: Object, context: Context, avoid: set[str]) -> Iterator[ComfyServer]:
        def check() -> None:
            context.check()
            # Shown here, because a prompt that waits for a place looks as if it did nothing.
            context.progress(0, 1, "waiting for a free server")

        # Half of what is left: a wait must not use up the time in which the job has to run.
        patience = min(PATIENCE_SECONDS, context.remaining / 2)
        with self._pool.lease(graph, seconds=patience, check=check, avoid=avoid) as server:
            yield server

    def _refuse_to_pay_twice(self, known: Whereabouts, graph: Object, server: ComfyServer) -> None:
        """A job that may have cost money already is not begun on another server without asking."""
        if paid := partner_nodes(graph, server.object_info()):
            raise Unavailable(
                f"The ComfyUI at {known.url}, which has this job, does not answer. Its partner node "
                f"({', '.join(paid)}) may have been charged already, so the job is not begun again on another server.",
                hint=f"Start {known.url} again and it goes on; or retry the prompt to run, and pay for, it anew.",
                waits_for="comfyui",
            )

    def _one(self, at_work: "_AtWork", graph: Object, number: int, folder: Path) -> JobResult:
        with importing():
            from musings.media.kinds import decodable

        # Ids beyond those known belong to rounds that the earlier attempt did not reach.
        server, resume = at_work.server, number < len(at_work.where.ids)
        info = _quietly(server.object_info)
        paid = partner_nodes(graph, info or {})
        try:
            result = run_graph(
                server,
                graph,
                prompt_id=at_work.where.ids[number] if resume else str(uuid.uuid4()),
                target=folder,
                resume=resume,
                # A paid job is never moved, however many servers are free.
                hooks=at_work.hooks(number, elsewhere=lambda: not paid and self._pool.others_answer(server.url)),
                limits=self._limits,
                verify=partial(decodable, check=at_work.context.check),
                object_info=info,
                paid=paid,
            )
        except Stalled:
            # A stuck job may begin to run later; its result would be dropped, so that it is taken away.
            if not paid:
                self._pool.leave(server.url, at_work.give_up())
            raise
        at_work.context.log(f"job {result.prompt_id} done in {result.seconds:.1f} s, {len(result.files)} files")
        return result

    def _values(self, job: Job, number: int, info: Object | None, context: Context) -> dict[str, Json]:
        """The parameters with the words in their place and, from the second on, a seed of their own.

        ``info`` is what the server that runs it tells of its classes: its bounds may be narrower than the form knew.
        """
        values: dict[str, Json] = dict(job.parameters)
        form = self._workflow.form
        if form.prompt_field is not None:
            values[form.prompt_field.name] = job.text
        if not self._workflow.counts_itself:
            values.pop("count", None)
        # It says which artifact is made again, and is no value of the form.
        values.pop("reproduces", None)
        graph = self._workflow.graph or {}
        values = seeded(
            {field.name: values[field.name] for field in form.fields if field.name in values},
            form.fields,
            drawn=job.drawn,
            number=number,
            bounds=lambda field: seed_bounds(graph, info, form, field),
        )
        used = {name: values[name] for name in job.drawn & values.keys()}
        # Once, for the first round: the others' seeds follow from it.
        if number == 0 and any(job.parameters.get(name) != seed for name, seed in used.items()):
            context.uses({**job.parameters, **used})
        return values

    def _prepared(self, graph: Object, job: Job, number: int) -> Object:
        """The graph as it is posted: with a nonce where an identical one must not be answered from the cache."""
        # A repetition has the same graph; from the cache it would come without having been made.
        if job.instructions.reproduces is None:
            return graph
        seeded = tuple(node for node, data in graph.items() if {"seed", "noise_seed"} & set(data.get("inputs", {})))
        return busted(graph, seeded, f"{job.prompt_id}-{job.attempt}-{number}")

    def _of_file(self, recipe: Recipe, file: Fetched) -> Recipe:
        named = replace(recipe, node=file.source.node)
        # Clients of ComfyUI's protocol look for what a node made where that node puts it: ``images``, ``gifs``.
        return replace(named, comfyui_output=file.source.key) if self._workflow.literal else named

    def _recipe(
        self, server: ComfyServer, job: Job, values: Mapping[str, Json], result: JobResult, chosen: Chosen
    ) -> Recipe:
        form, shown = self._workflow.form, self._workflow.shown
        negative = form.by_role("negative_prompt")
        seed = form.by_role("seed")
        return Recipe(
            prompt=job.text if self._workflow.takes_text else shown.get("prompt"),
            negative_prompt=values.get(negative.name) if negative else shown.get("negative_prompt"),
            seed=values.get(seed.name) if seed else shown.get("seed"),
            parameters=dict(values),
            resolved=chosen or ABSENT,
            workflow=self._workflow.name,
            workflow_hash=self._workflow.hash,
            backend=server.url,
            engine=self.name,
            comfyui_version=_quietly(server.version),
            comfyui_prompt_id=result.prompt_id,
            execution_time=round(result.seconds, 3),
            cached=result.cached,
            order=OF_FILES,
        )


class _AtWork:
    """The rounds of one attempt on one server: where its jobs are, and what they tell."""

    def __init__(self, server: ComfyServer, where: Whereabouts, context: Context, rounds: int) -> None:
        self.server = server
        self.where = where
        self.context = context
        self._rounds = rounds
        self._crashes = 0

    def hooks(self, number: int, *, elsewhere: Callable[[], bool]) -> JobHooks:
        context, rounds = self.context, self._rounds

        def submitting(own_id: str) -> None:
            # Only the ids up to this round: a resubmission replaces the id of its own round.
            self.where = self.where.with_ids([*self.where.ids[:number], own_id])
            context.started(self.where.written())

        def progress(value: float, maximum: float, stage: str) -> None:
            share = value / maximum if maximum > 0 else 0.0
            words = f"{stage} ({number + 1} of {rounds})" if rounds > 1 else stage
            # The share of all rounds: a bar that begins anew with each would tell nothing.
            done, whole = (number + share, float(rounds)) if rounds > 1 else (value, maximum)
            context.progress(done, whole, words)

        return JobHooks(
            check=context.check,
            on_submitting=submitting,
            on_joined=lambda: context.step("outside"),
            on_fetching=lambda: context.step("fetching"),
            on_crash=self._crashed,
            before_again=self._let_others_first,
            elsewhere=elsewhere,
            on_progress=progress,
            on_preview=context.preview,
            log=context.log,
        )

    def give_up(self) -> tuple[str, ...]:
        """The server is there and does not get on: the next attempt must not join these jobs. Returns their ids."""
        ids, self.where = self.where.ids, self.where.nowhere()
        # Written down at once: a worker that dies now must not make the next one join a stuck job.
        self.context.started(self.where.written())
        return ids

    def _crashed(self) -> None:
        # Counted in the database over all attempts and servers.
        self._crashes = crashes = self.context.crashed()
        if crashes >= (MOST_CRASHES_AMONG_OTHERS if self.context.others_crashed() else MOST_CRASHES):
            raise ServerCrash(
                f"This job brought ComfyUI down {_TIMES.get(crashes, f'{crashes} times')}: it went away or "
                f"restarted {crashes} times while running this job, at last the one at {self.server.url}.",
                hint="Look at ComfyUI's log; too little memory is the usual reason. Ask for less, then retry.",
            )

    def _let_others_first(self) -> None:
        if self._crashes < MOST_CRASHES - 1:
            return
        self.give_up()  # the server has forgotten it: nothing is to be joined
        raise Unavailable(
            f"The ComfyUI at {self.server.url} went down {self._crashes} times while it ran this job.",
            hint="It is tried again in a moment; others run meanwhile, to see whether it is this job.",
            retry_after=backoff(self._crashes - 1, TURN_SECONDS, LONGEST_TURN_SECONDS),
        )


_TIMES = {3: "three times"}


@contextmanager
def _waiting(lease: AbstractContextManager[ComfyServer]) -> Iterator[ComfyServer]:
    """A lease whose taking, not whose use, turns "no server is free" into waiting that counts as no attempt."""
    try:
        # Entered by hand, because only an error of taking the place is changed, and not one of its use.
        server = lease.__enter__()
    except Busy as error:
        hint = "It starts as soon as a place is free."
        raise Unavailable(str(error), hint=hint, retry_after=AGAIN_SECONDS, waits_for="place") from error
    except (PassingFault, UnreachableError) as error:
        hint = error.hint or "Start ComfyUI, or correct its address in the configuration; it goes on when one answers."
        raise Unavailable(str(error), hint=hint, waits_for="comfyui") from error
    try:
        yield server
    except BaseException as error:
        if not lease.__exit__(type(error), error, error.__traceback__):
            raise
    else:
        lease.__exit__(None, None, None)


def _quietly(ask: Callable[[], T]) -> T | None:
    """What a server says of itself; nothing when it will not say."""
    try:
        return ask()
    except MusingsError:
        return None
