"""One input of a form. Imports nothing but the standard library, so that any program may show forms."""

from dataclasses import dataclass

from comfyui_workflows.json_types import Json


@dataclass(frozen=True)
class FormField:
    """One input of a form: what a person may set for a prompt, and within which bounds.

    ``type`` is one of ``text``, ``longtext``, ``int``, ``float``, ``bool``, ``choice``, ``image``, ``audio``,
    ``video``.
    ``role`` says what the field means whatever its name: ``prompt``, ``negative_prompt``, ``seed``, ``width``,
    ``height``, ``count``, ``duration`` (s), ``steps``, ``cfg``, ``voice``, ``language``, ``speed``, ``tags``,
    ``lyrics``, ``checkpoint``, ``diffusion_model``, ``lora``, ``vae``, ``sampler``, ``scheduler``, ``denoise``,
    ``aspect_ratio``, ``resolution``, ``clip_skip``.
    """

    name: str
    type: str
    label: str
    default: Json = None
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    choices: tuple[str, ...] = ()
    help: str = ""
    role: str | None = None
    required: bool = False
    advanced: bool = False
