"""The form of a script, and how the script is called. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from comfyui_workflows.errors import UnreadableFileError
from comfyui_workflows.form import Form
from comfyui_workflows.form_field import FormField
from comfyui_workflows.save_as_script import WorkflowScript, read_script
from comfyui_workflows.sidecar import Command, Sidecar, changed

ROLES = ("prompt", "negative_prompt", "seed", "width", "height", "count", "duration", "steps", "cfg", "tags", "lyrics")
"""What a field that only a sidecar describes means where it is called so."""


@dataclass(frozen=True)
class ScriptTemplate:
    """``script`` is what was read of it, None where its sidecar says how to call it; ``command`` is None for an export
    of ComfyUI-SaveAsScript, whose options are in ``script``.
    """

    form: Form
    script: WorkflowScript | None = None
    command: Command | None = None


def form_of_script(
    name: str, content: str | bytes, sidecar: Sidecar | None = None, sidecar_name: str = ""
) -> ScriptTemplate:
    """A script that can be run: an export, or one of another make that says, or whose sidecar says, how to call it.

    ``content`` is its source; nothing of it is run. Raises ``UnreadableFileError`` for any other script,
    ``SidecarError`` for a sidecar that does not fit.
    """
    sidecar = sidecar or Sidecar()
    if sidecar.command is not None:
        return ScriptTemplate(Form(tuple(_described(sidecar, sidecar_name))), command=sidecar.command)
    script = read_script(name, content)
    if not script.exported and script.command is None:
        hint = f"Write {sidecar_name} beside it with a [command], or export it with SaveAsScript."
        words = f"was not made by ComfyUI-SaveAsScript, and {script.unread_because}"
        raise UnreadableFileError(f"{name} {words}.", hint=hint)
    tables = sidecar.fields or {}
    fields = tuple(
        changed(field, tables.get(field.name, {}), sidecar_name)
        for field in script.form.fields
        if not tables.get(field.name, {}).get("hidden")
    )
    return ScriptTemplate(replace(script.form, fields=fields), script, script.command)


def _described(sidecar: Sidecar, sidecar_name: str) -> Iterator[FormField]:
    """The fields of a script that only its sidecar describes."""
    for name, table in (sidecar.fields or {}).items():
        field = FormField(name, "text", name.replace("_", " ").capitalize(), role=name if name in ROLES else None)
        yield changed(field, table, sidecar_name)
