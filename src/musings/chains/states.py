"""Runs as they are at one moment: read in one transaction, the state worked out of what is there."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from musings.chains import reading
from musings.chains.definition import Chain
from musings.chains.progress import RunProgress, progress_of
from musings.store.chains import answers, runs, steps, versions
from musings.store.chains.runs import ChainRun


@dataclass(frozen=True)
class RunState:
    """A run, the version of the chain that it was started with, and how far it is."""

    run: ChainRun
    chain: Chain
    progress: RunProgress


def of(connection: Connection, run_id: int) -> RunState:
    """One. Raises ``NotFoundError``."""
    return of_runs(connection, [runs.get(connection, run_id)])[0]


def of_runs(connection: Connection, found: Sequence[ChainRun]) -> list[RunState]:
    """Several, in a few queries however many there are."""
    ids = [each.id for each in found]
    chains = {
        each: reading.of_content(versions.get(connection, each).content) for each in {run.chain_hash for run in found}
    }
    made = steps.of_runs(connection, ids)
    # Most chains ask nothing, and a worker looks at them for each of their prompts.
    asks = any(step.gate is not None for chain in chains.values() for step in chain.steps)
    answered = answers.of_runs(connection, ids) if asks else {}
    return [
        RunState(run, chain, progress_of(chain, run, made[run.id], answered.get(run.id, {})))
        for run in found
        for chain in (chains[run.chain_hash],)
    ]
