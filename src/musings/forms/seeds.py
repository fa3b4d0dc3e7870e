"""Seeds: within which bounds they are, and those of several from one."""

from collections.abc import Callable, Collection, Mapping, Sequence

from musings.errors import UserFault
from musings.models import FormField, Json

LARGEST_INTEGER = 2**53 - 1
"""The largest whole number that JavaScript holds exactly (``Number.MAX_SAFE_INTEGER``)."""
SEED_MAXIMUM = LARGEST_INTEGER

SEED = FormField(
    "seed",
    "int",
    "Seed",
    default=None,
    minimum=0,
    maximum=SEED_MAXIMUM,
    role="seed",
    advanced=True,
    help="The same words and seed give the same result. Empty: a new one.",
)

Bounds = tuple[int, int]


def seed_at(seed: int, number: int, low: int, high: int) -> int:
    """The seed of the ``number``-th of several, 0 the first: from ``seed`` on, and round from ``high`` to ``low``."""
    return low + (seed - low + number) % (high - low + 1)


def own_bounds(field: FormField) -> Bounds:
    """The least and the greatest seed of a field, as its form says."""
    high = SEED_MAXIMUM if field.maximum is None else int(field.maximum)
    return min(int(field.minimum or 0), high), high


def seeded(
    values: Mapping[str, Json],
    fields: Sequence[FormField],
    *,
    drawn: Collection[str],
    number: int,
    bounds: Callable[[FormField], Bounds] = own_bounds,
) -> dict[str, Json]:
    """The values with the seeds of the ``number``-th of several; ``bounds`` are those of the place that runs it.

    A seed that was ``drawn`` is brought into them, always to the same. Raises ``UserFault`` for one that somebody gave.
    """
    changed = dict(values)
    for field in fields:
        seed = values.get(field.name)
        if field.role != "seed" or not isinstance(seed, int) or isinstance(seed, bool):
            continue
        low, high = bounds(field)
        if not low <= seed <= high and field.name not in drawn:
            hint = "Leave it empty, or give one within these bounds."
            raise UserFault(
                f"The seed {seed} is not from {low} to {high}, which is what this workflow takes.", hint=hint
            )
        changed[field.name] = seed_at(seed, number, low, high)
    return changed
