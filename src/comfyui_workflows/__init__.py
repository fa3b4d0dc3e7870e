"""ComfyUI's workflow files, without a ComfyUI: read, converted, made into forms, filled and checked.

Pure: values in, values out. Nothing is opened, asked or run, except by the command line (``python -m
comfyui_workflows``). Only the standard library is used.

- ``read_workflow`` a file with a workflow, in API or saved format, as a graph in API format;
- ``open_file`` what is in such a file, out of its wrapper or its picture;
- ``convert`` a saved workflow that is parsed already, ``as_queued`` the same with all that the page resolves resolved;
- ``resolve`` dynamic prompts and patterns in a graph, for one run;
- ``hints_of`` a saved file: what its author chose for App mode, and the labels that they gave;
- ``form_of`` a graph: what a person may set in it, where that goes, and what kind of thing it makes;
- ``fill`` a graph with values;
- ``check`` a graph against what a server has installed;
- ``changes`` of a form after a new export: what each field is called now;
- ``read_script`` an export of ComfyUI-SaveAsScript, or another script that takes ``--prompt`` and ``--output``;
- ``form_of_script`` such a script: what a person may set, and how it is called;
- ``read_sidecar`` a ``NAME.form.toml``, which corrects a form.

``object_info`` is always the answer of ``GET /object_info``, parsed. All of them raise a ``WorkflowError`` whose text
is for a person and whose ``hint`` says what to do.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from comfyui_workflows.app_mode import hints_of as hints_of
    from comfyui_workflows.at_the_run import resolve as resolve
    from comfyui_workflows.author_hints import AuthorHints as AuthorHints
    from comfyui_workflows.checking import GraphProblem as GraphProblem
    from comfyui_workflows.checking import ProblemKind as ProblemKind
    from comfyui_workflows.checking import adapters as adapters
    from comfyui_workflows.checking import check as check
    from comfyui_workflows.checking import suited as suited
    from comfyui_workflows.conversion import as_queued as as_queued
    from comfyui_workflows.conversion import convert as convert
    from comfyui_workflows.conversion import read_workflow as read_workflow
    from comfyui_workflows.envelopes import OpenedFile as OpenedFile
    from comfyui_workflows.envelopes import open_file as open_file
    from comfyui_workflows.errors import FormError as FormError
    from comfyui_workflows.errors import MissingNodesError as MissingNodesError
    from comfyui_workflows.errors import OtherProgramError as OtherProgramError
    from comfyui_workflows.errors import SidecarError as SidecarError
    from comfyui_workflows.errors import UnreadableFileError as UnreadableFileError
    from comfyui_workflows.errors import WorkflowError as WorkflowError
    from comfyui_workflows.form import Binding as Binding
    from comfyui_workflows.form import Form as Form
    from comfyui_workflows.form import fill as fill
    from comfyui_workflows.form_field import FormField as FormField
    from comfyui_workflows.generation_settings import GenerationSettings as GenerationSettings
    from comfyui_workflows.graph import workflow_hash as workflow_hash
    from comfyui_workflows.kinds import WorkflowKind as WorkflowKind
    from comfyui_workflows.rebinding import FormChanges as FormChanges
    from comfyui_workflows.rebinding import changes as changes
    from comfyui_workflows.save_as_script import WorkflowScript as WorkflowScript
    from comfyui_workflows.save_as_script import read_script as read_script
    from comfyui_workflows.script_form import ScriptTemplate as ScriptTemplate
    from comfyui_workflows.script_form import form_of_script as form_of_script
    from comfyui_workflows.sidecar import Sidecar as Sidecar
    from comfyui_workflows.sidecar import read_sidecar as read_sidecar
    from comfyui_workflows.template import WorkflowTemplate as WorkflowTemplate
    from comfyui_workflows.template import form_of as form_of

_MODULES = {
    "app_mode": ("hints_of",),
    "at_the_run": ("resolve",),
    "author_hints": ("AuthorHints",),
    "checking": ("GraphProblem", "ProblemKind", "adapters", "check", "suited"),
    "conversion": ("as_queued", "convert", "read_workflow"),
    "envelopes": ("OpenedFile", "open_file"),
    "errors": (
        *("FormError", "MissingNodesError", "OtherProgramError", "SidecarError"),
        *("UnreadableFileError", "WorkflowError"),
    ),
    "form": ("Binding", "Form", "fill"),
    "form_field": ("FormField",),
    "generation_settings": ("GenerationSettings",),
    "graph": ("workflow_hash",),
    "kinds": ("WorkflowKind",),
    "rebinding": ("FormChanges", "changes"),
    "save_as_script": ("WorkflowScript", "read_script"),
    "script_form": ("ScriptTemplate", "form_of_script"),
    "sidecar": ("Sidecar", "read_sidecar"),
    "template": ("WorkflowTemplate", "form_of"),
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names}
__all__ = sorted(_HOMES)


# A type checker reads the imports above, which never run; a program gets each name from here.
def __getattr__(name: str) -> Any:
    """Each name is imported when it is first used: a program that needs ``FormField`` alone loads no reader."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
