"""The chains there are: those that come with Musings, and those that somebody stored."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files

from sqlalchemy import Connection

from musings.chains import reading
from musings.chains.definition import Chain
from musings.errors import Fault, InvalidInputError, NotFoundError
from musings.makers.choice import Makers
from musings.store.chains import versions


class ChainSource(StrEnum):
    """``shipped`` with the program, or ``own``: stored here."""

    SHIPPED = "shipped"
    OWN = "own"


@dataclass(frozen=True)
class ListedChain:
    """``hash`` names the version."""

    chain: Chain
    hash: str
    source: ChainSource


def listing(connection: Connection) -> list[ListedChain]:
    """All, in the order of their names; one that was stored stands in the place of a shipped one of its name."""
    own = [
        ListedChain(reading.of_content(each.content), each.hash, ChainSource.OWN)
        for each in versions.stored(connection)
    ]
    # Read anew each time: another process may have stored one.
    names = {each.chain.name for each in own}
    return sorted(
        [*own, *(each for each in shipped() if each.chain.name not in names)], key=lambda each: each.chain.name
    )


def named(connection: Connection, name: str) -> ListedChain:
    """The one of a name. Raises ``NotFoundError``."""
    found = listing(connection)
    listed = next((each for each in found if each.chain.name == name), None)
    if listed is None:
        known = ", ".join(each.chain.name for each in found)
        raise NotFoundError(f"There is no chain {name[:60]!r}.", hint=f"There are: {known}.")
    return listed


def store(connection: Connection, chain: Chain) -> ListedChain:
    """Keep a chain under its name, in the place of what had the name."""
    version = reading.version_of(chain)
    versions.store(connection, version)
    return ListedChain(chain, version.hash, ChainSource.OWN)


def keep(connection: Connection, listed: ListedChain) -> None:
    """Keep a version for a run of it, also of a chain that comes with Musings: the next release may change it."""
    versions.keep(connection, reading.version_of(listed.chain))


def remove(connection: Connection, name: str) -> None:
    """Forget a stored chain; runs of it go on. Raises ``NotFoundError``, also for a shipped one, which stays."""
    if any(each.chain.name == name for each in shipped()) and not any(
        each.name == name for each in versions.stored(connection)
    ):
        raise NotFoundError(f"The chain {name!r} comes with Musings and stays.", hint="Store one of its name instead.")
    versions.remove(connection, name)


@functools.cache
def shipped() -> Sequence[ListedChain]:
    """Those that come with Musings."""
    found = sorted(
        (each for each in files("musings.chains").joinpath("shipped").iterdir() if each.name.endswith(".toml")),
        key=lambda each: each.name,
    )
    chains = [reading.from_toml(each.read_text(encoding="utf-8")) for each in found]
    return tuple(ListedChain(each, reading.version_of(each).hash, ChainSource.SHIPPED) for each in chains)


def check_makers(chain: Chain, makers: Makers) -> None:
    """Refuse a chain whose workflows are not here, or have no such parameters. Raises ``InvalidInputError``."""
    faults = []
    for place, step in enumerate(chain.steps, start=1):
        try:
            form = makers.resolve(step.makes, step.workflow).form
        except InvalidInputError as error:
            faults += [Fault(f"steps.{place}.{each.where}", each.message) for each in error.faults]
            continue
        known = None if form is None else [field.name for field in form]
        faults += [
            Fault(
                f"steps.{place}.parameters.{name}", f"the workflow has no such parameter; there are: {', '.join(known)}"
            )
            for name in step.parameters
            if known is not None and name not in known
        ]
    if faults:
        raise InvalidInputError(faults)
