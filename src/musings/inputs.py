"""Artifacts as inputs: ``artifact:ID`` as the value of a field for a picture or a sound.

The reference is checked when a prompt is submitted and followed when it runs, each time anew: what was deleted
meanwhile is missed by name.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from musings.errors import Fault, InvalidInputError, NotFoundError, PathError
from musings.models import Artifact, ArtifactType, FormField, Json
from musings.pipelines.forms import REFERENCE

TYPES: Mapping[str, ArtifactType] = {"image": ArtifactType.IMAGE, "audio": ArtifactType.AUDIO}
"""What kind of artifact a type of field takes."""

Find = Callable[[int], Artifact]
"""Returns an artifact or raises ``NotFoundError``."""


def faults(form: Sequence[FormField], values: Mapping[str, Json], find: Find) -> list[Fault]:
    """What is wrong with the artifacts that values name."""
    found = []
    for field, number in _named(form, values):
        try:
            artifact = find(number)
        except NotFoundError as error:
            found.append(Fault(f"parameters.{field.name}", f"names no artifact: {error}"))
            continue
        if artifact.artifact_type != TYPES[field.type]:
            message = f"must name {TYPES[field.type]}, and artifact {number} is {artifact.artifact_type}"
            found.append(Fault(f"parameters.{field.name}", message))
    return found


def files(
    form: Sequence[FormField], values: Mapping[str, Json], find: Find, locate: Callable[[str], Path]
) -> dict[str, Path]:
    """The file of each artifact that values name, by the field's name. Raises ``InvalidInputError``."""
    wrong = faults(form, values, find)
    found: dict[str, Path] = {}
    for field, number in () if wrong else _named(form, values):
        try:
            found[field.name] = locate(find(number).file_path)
        except PathError as error:
            wrong.append(Fault(f"parameters.{field.name}", f"the file of artifact {number} is gone: {error}"))
    if wrong:
        raise InvalidInputError(wrong)
    return found


def _named(form: Sequence[FormField], values: Mapping[str, Json]) -> Iterator[tuple[FormField, int]]:
    for field in form:
        value = values.get(field.name)
        if field.type in TYPES and isinstance(value, str) and (named := REFERENCE.fullmatch(value)):
            yield field, int(named[1])
