"""The parameters of a run: what was given, checked against what the chain says of each. Pure."""

from musings.chains.definition import Chain, ChainParameter
from musings.errors import Fault, InvalidInputError
from musings.models import Json, JsonObject
from musings.requests.intake import TEXT_BYTES, check_words


def values_of(chain: Chain, given: JsonObject) -> dict[str, Json]:
    """The parameters of a run: what was given, checked, and the defaults. Raises ``InvalidInputError``."""
    faults = [
        Fault(
            f"parameters.{name[:60]}",
            f"the chain has none of that name; it has: {', '.join(chain.parameters) or 'none'}",
        )
        for name in given
        if name not in chain.parameters
    ]
    values: dict[str, Json] = {}
    for name, parameter in chain.parameters.items():
        try:
            values[name] = _value(parameter, given[name]) if given.get(name) is not None else parameter.default
        except ValueError as error:
            faults.append(Fault(f"parameters.{name}", str(error)))
    if faults:
        raise InvalidInputError(faults)
    return values


def _value(parameter: ChainParameter, given: Json) -> Json:
    """Raises ``ValueError`` in words. The terminal gives words, which become what the default is."""
    wanted = type(parameter.default)
    value = given
    if isinstance(given, str) and wanted is not str:
        value = _read(given, wanted)
    elif wanted is float and isinstance(given, int) and not isinstance(given, bool):
        value = float(given)
    if type(value) is not wanted:
        raise ValueError(f"must be {_CALLED[wanted]}, not {str(given)[:60]!r}")
    if isinstance(value, str):
        if len(value.encode("utf-8", "replace")) > TEXT_BYTES:
            raise ValueError(f"is longer than {TEXT_BYTES:,} bytes")
        check_words("parameters", value)
    if parameter.choices and value not in parameter.choices:
        raise ValueError(f"must be one of {', '.join(map(str, parameter.choices))}")
    if isinstance(value, int | float):
        if parameter.minimum is not None and value < parameter.minimum:
            raise ValueError(f"{value} is below the least, {parameter.minimum}")
        if parameter.maximum is not None and value > parameter.maximum:
            raise ValueError(f"{value} is above the most, {parameter.maximum}")
    return value


def _read(given: str, wanted: type) -> Json:
    if wanted is bool:
        return {"true": True, "false": False, "yes": True, "no": False}.get(given.strip().lower(), given)
    try:
        return wanted(given)
    except ValueError:
        return given


_CALLED = {str: "a text", bool: "true or false", int: "a whole number", float: "a number"}
