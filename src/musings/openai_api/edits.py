"""A picture or a film made from pictures: which workflow takes them, and in which of its fields each goes."""

from collections.abc import Mapping, Sequence

from musings.makers.base import Workflow
from musings.models import FormField, Kind
from musings.openai_api.refusals import ApiRefusal


def workflow_for(named: str | None, workflows: Sequence[Workflow], kind: Kind = Kind.IMAGE) -> Workflow:
    """The workflow that was named, or for None the first of the kind that takes a picture, its default before others.

    Raises ``ApiRefusal`` where that takes none.
    """
    mine = [each for each in workflows if each.kind is kind and named in (None, each.name)]
    # One that cannot run now serves only where nothing else does: its prompts wait.
    taking = sorted((each for each in mine if _places(each.form)), key=lambda each: not each.usable)
    if taking:
        return taking[0]
    said = (
        f"The workflow {named} takes no picture."
        if named is not None
        else f"No workflow here takes a picture{_MAKING[kind]}."
    )
    how = "Import one with a LoadImage node, or name one as the model."
    raise ApiRefusal(400, f"{said} {how}", param="model", code="model_not_supported")


_MAKING = {Kind.IMAGE: "", Kind.VIDEO: " and makes a film of it"}


def placed(form: Sequence[FormField], images: Sequence[str], mask: str | None) -> Mapping[str, str]:
    """The reference of each picture by the field that it goes into. Raises ``ApiRefusal`` where there are too many."""
    masks = [field.name for field in _places(form) if _is_mask(field)]
    places = [field.name for field in _places(form) if not _is_mask(field)] or masks
    if len(images) > len(places):
        words = f"image: this workflow takes {len(places)} of them, and {len(images)} were sent"
        raise ApiRefusal(400, words, param="image")
    if mask is not None and not masks:
        raise ApiRefusal(400, "mask: this workflow takes none", param="mask")
    found = dict(zip(places, images, strict=False))
    return found if mask is None else {**found, masks[0]: mask}


def _places(form: Sequence[FormField]) -> list[FormField]:
    return [field for field in form if field.type == "image"]


def _is_mask(field: FormField) -> bool:
    return "mask" in f"{field.name} {field.label}".lower()
