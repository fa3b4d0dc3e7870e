"""Files as inputs: ``artifact:ID`` or ``upload:SHA256`` as the value of a field for a picture, a sound or a film.

The reference is checked when a prompt is submitted and followed when it runs, each time anew: what was deleted
meanwhile is missed by name.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from musings.errors import Fault, InvalidInputError, NotFoundError, PathError
from musings.forms.checking import REFERENCE
from musings.models import UPLOAD_REFERENCE, Artifact, ArtifactType, FormField, Json, Upload

TYPES: Mapping[str, ArtifactType] = {
    "image": ArtifactType.IMAGE,
    "audio": ArtifactType.AUDIO,
    "video": ArtifactType.VIDEO,
}
"""What kind of artifact a type of field takes."""

Find = Callable[[int], Artifact]
"""Returns an artifact or raises ``NotFoundError``."""

FindUpload = Callable[[str], Upload]
"""Returns an upload by its sha256 or raises ``NotFoundError``."""


def faults(
    form: Sequence[FormField], values: Mapping[str, Json], find: Find, find_upload: FindUpload | None = None
) -> list[Fault]:
    """What is wrong with the artifacts and the uploads that values name; uploads only with ``find_upload``."""
    found = []
    for field, named in _named(form, values):
        if isinstance(named, str) and find_upload is None:
            continue
        try:
            source = _found(named, find, find_upload)
        except NotFoundError as error:
            what = "artifact" if isinstance(named, int) else "upload"
            found.append(Fault(f"parameters.{field.name}", f"names no {what}: {error}"))
            continue
        if source.artifact_type != TYPES[field.type]:
            what = f"artifact {named}" if isinstance(named, int) else "that upload"
            message = f"must name {TYPES[field.type]}, and {what} is {source.artifact_type}"
            found.append(Fault(f"parameters.{field.name}", message))
    return found


def files(
    form: Sequence[FormField],
    values: Mapping[str, Json],
    find: Find,
    locate: Callable[[str], Path],
    find_upload: FindUpload | None = None,
) -> dict[str, Path]:
    """The file of each artifact and upload that values name, by the field's name. Raises ``InvalidInputError``."""
    wrong = faults(form, values, find, find_upload)
    found: dict[str, Path] = {}
    for field, named in () if wrong else _named(form, values):
        try:
            found[field.name] = locate(_found(named, find, find_upload).file_path)
        except PathError as error:
            what = f"artifact {named}" if isinstance(named, int) else f"upload {named[:12]}…"
            wrong.append(Fault(f"parameters.{field.name}", f"the file of {what} is gone: {error}"))
    if wrong:
        raise InvalidInputError(wrong)
    return found


def _found(named: int | str, find: Find, find_upload: FindUpload | None) -> Artifact | Upload:
    if isinstance(named, int):
        return find(named)
    if find_upload is None:
        raise NotFoundError("Uploads are not taken here.")
    return find_upload(named)


def _named(form: Sequence[FormField], values: Mapping[str, Json]) -> Iterator[tuple[FormField, int | str]]:
    for field in form:
        value = values.get(field.name)
        if field.type not in TYPES or not isinstance(value, str):
            continue
        if artifact := REFERENCE.fullmatch(value):
            yield field, int(artifact[1])
        elif upload := UPLOAD_REFERENCE.fullmatch(value):
            yield field, upload[1]
