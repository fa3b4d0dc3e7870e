"""Reads the options of a script that takes ``--prompt TEXT --output DIR``, so that it runs without a sidecar. Pure.

Every ``add_argument`` is read from the source; nothing is imported or run. Options that we know by name, and others
that can only be a number, a choice or a switch, become fields. Free texts that we do not know may be paths of this
machine, so a page does not offer them: a sidecar can.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from comfyui_workflows.form import Form, unique
from comfyui_workflows.form_field import FormField
from comfyui_workflows.json_types import Json
from comfyui_workflows.sidecar import Command, Passed
from comfyui_workflows.value_types import LONG_ROLES, type_of

# In the order of how likely they are meant: a script may have several.
PROMPTS = ("prompt", "text", "prompt_text", "positive_prompt", "input_text", "words")
OUTPUTS = ("output", "output_dir", "output_directory", "output_folder", "output_path", "out", "out_dir", "outdir")
OUTPUT_FILES = ("output_file", "outfile", "out_file", "output_filename")
ROLES = {
    **{role: role for role in ("negative_prompt", "seed", "width", "height", "steps", "cfg", "count", "duration")},
    **{role: role for role in ("tags", "lyrics", "voice", "language", "speed", "denoise", "sampler", "scheduler")},
    **dict.fromkeys(("negative", "neg_prompt"), "negative_prompt"),
    **dict.fromkeys(("num_steps", "num_inference_steps", "inference_steps", "sampling_steps"), "steps"),
    **dict.fromkeys(("cfg_scale", "guidance", "guidance_scale"), "cfg"),
    **dict.fromkeys(
        (
            "num_images",
            "n_images",
            "batch_size",
            "num_samples",
            "number",
            "amount",
            "quantity",
            "batch",
            "batch_count",
            "num_outputs",
            "num_pictures",
            "n_samples",
            "copies",
            "n",
            "num",
        ),
        "count",
    ),
    **dict.fromkeys(("seconds", "audio_duration"), "duration"),
}
TEXTS = ("negative_prompt", "tags", "lyrics", "voice", "language", "sampler", "scheduler")
"""What may be a free text: none of them is a path."""

# Hidden at first on a page: few people set them, and every prompt draws its own seed.
ADVANCED = ("seed", "steps", "cfg", "denoise", "sampler", "scheduler")
# A browser counts exactly only up to this seed; more than 64 at once is a slip of the finger.
BOUNDS: Mapping[str, tuple[float, float]] = {"seed": (0, 2**53 - 1), "count": (1, 64)}
SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".wav", ".mp3", ".flac", ".ogg", ".opus", ".mp4", ".webm", ".gif")
TYPES = {"int": "int", "float": "float", "str": "text"}


@dataclass(frozen=True)
class ArgparseOption:
    """One ``add_argument``. ``type`` is the name given as its type, ``action`` that of its action."""

    flag: str
    default: Json
    type: str | None
    choices: tuple[str, ...]
    action: str
    required: bool
    help: str
    plain: bool

    @property
    def name(self) -> str:
        return _name_of(self.flag)


def unread_because(tree: ast.Module) -> str:
    """What keeps a script's options from being used, for one that :func:`read_own` does not read."""
    # What it imports tells how it reads its options.
    imported = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        for name in (
            [each.name for each in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    # These build their options while they run.
    if maker := next((each for each in ("click", "typer", "fire", "docopt", "absl") if each in imported), None):
        return f"its options are made by {maker}, which cannot be read without running it"
    if _has_commands(tree):
        return "it takes its options behind a subcommand"
    options = list(_options(tree))
    if _first(options, PROMPTS) is None or _first(options, (*OUTPUTS, *OUTPUT_FILES)) is None:
        return "--prompt and --output are not both among its options"
    wanted = [
        option.flag for option in options if option.required and option.name not in (*PROMPTS, *OUTPUTS, *OUTPUT_FILES)
    ]
    return f"it requires {', '.join(wanted)}, and some of that no form can give"


def _has_commands(tree: ast.Module) -> bool:
    return any(isinstance(node, ast.Attribute) and node.attr == "add_subparsers" for node in ast.walk(tree))


def read_own(tree: ast.Module) -> tuple[Form, Command] | None:
    """The form of a script and how to call it; None when it has not both a prompt and an output among its options."""
    # Behind a subcommand each has options of its own: the first word would have to be guessed.
    if _has_commands(tree):
        return None
    options = list(_options(tree))
    prompt = _first(options, PROMPTS)
    output = _first(options, (*OUTPUTS, *OUTPUT_FILES))
    if prompt is None or output is None:
        return None
    fields = [FormField("prompt", "longtext", "Prompt", role="prompt", help=prompt.help)]
    passed: list[Passed] = []
    for option in options:
        # A role goes to one option only: the second ``--steps`` is another matter.
        field = None if option in (prompt, output) else _field(option, {each.role for each in fields if each.role})
        if field is not None:
            # Names must be unique, because values are given by name.
            field = replace(field, name=unique(field.name, (each.name for each in fields)))
            fields.append(field)
            passed.append(_passed(option, field.name))
        # Without a value for it the script would refuse to start.
        elif option.required and option not in (prompt, output):
            return None
    place = "{output}" + (f"/{file}" if (file := _file_of(output)) else "")
    # ``name=value`` as one word: a text that begins with dashes is then no option.
    arguments = (f"{prompt.flag}={{prompt}}", f"{output.flag}={place}")
    return Form(tuple(fields)), Command(arguments, "either", {}, tuple(passed))


def _options(tree: ast.Module) -> Iterator[ArgparseOption]:
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            continue
        if call.func.attr != "add_argument":
            continue
        flags = [word.value for word in call.args if isinstance(word, ast.Constant) and isinstance(word.value, str)]
        # The long form: a short one may mean anything in another script.
        long = next((flag for flag in flags if flag.startswith("--") and len(flag) > 2), None)
        if long is not None:
            yield _option(long, {word.arg: word.value for word in call.keywords if word.arg})


def _option(flag: str, words: Mapping[str, ast.expr]) -> ArgparseOption:
    choices, default, said = _literal(words.get("choices")), _literal(words.get("default")), _literal(words.get("help"))
    kind = words.get("type")
    type_name = kind.id if isinstance(kind, ast.Name) else kind.attr if isinstance(kind, ast.Attribute) else None
    action = words.get("action")
    # An action may be a class: only its last name is known.
    action_name = _literal(action) if isinstance(action, ast.Constant) else ast.unparse(action) if action else "store"
    return ArgparseOption(
        flag=flag,
        default=default if isinstance(default, str | int | float | bool) else None,
        type=type_name,
        choices=tuple(str(each) for each in choices) if isinstance(choices, list | tuple) else (),
        action=str(action_name).rpartition(".")[2],
        required=_literal(words.get("required")) is True,
        # argparse writes a percent sign of a help text as two.
        help=said.replace("%%", "%") if isinstance(said, str) else "",
        # Several values for one option are no single field.
        plain="nargs" not in words
        and (kind is None or type_name is not None)
        and not ("choices" in words and not choices),
    )


def _name_of(flag: str) -> str:
    return flag.lstrip("-").replace("-", "_").lower()


def _literal(value: ast.expr | None) -> Json:
    try:
        return None if value is None else ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, RecursionError):
        return None


def _first(options: list[ArgparseOption], names: tuple[str, ...]) -> ArgparseOption | None:
    """The option with the first of these names that takes one text."""
    for name in names:
        for option in options:
            # A text with choices is no free text for a prompt.
            if option.name == name and option.action == "store" and option.plain and not option.choices:
                return option
    return None


def _field(option: ArgparseOption, taken: set[str]) -> FormField | None:
    """The field of an option, or None for one that is not offered."""
    role = ROLES.get(option.name)
    role = None if role in taken else role
    kind = _kind(option, role)
    if kind is None:
        return None
    low, high = BOUNDS.get(role or "", (None, None)) if kind == "int" else (None, None)
    default = option.default
    # Every prompt draws its own seed; a default would make all results alike.
    if role == "seed" or (kind in ("int", "float") and not _is_number(default)):
        default = None
    if kind in ("choice", "text", "longtext") and default is not None:
        default = str(default)
    return FormField(
        # The role as the name, where it is known: the same field is then called alike on all forms.
        name=role or option.name,
        type=kind,
        label=(role or option.name).replace("_", " ").capitalize(),
        default=bool(default) if kind == "bool" else default,
        minimum=low,
        maximum=high,
        choices=option.choices if kind == "choice" else (),
        help=option.help,
        role=role,
        required=option.required and default is None and role != "seed",
        advanced=role is None or role in ADVANCED,
    )


def _kind(option: ArgparseOption, role: str | None) -> str | None:
    if option.action in ("store_true", "store_false", "BooleanOptionalAction"):
        return "bool"
    if option.action != "store" or not option.plain:
        return None
    if option.choices:
        return "choice"
    if option.type in ("int", "float"):
        return option.type
    # Without a type argparse takes texts; a number as the default says what is meant.
    if option.type is None and (_is_number(option.default) or role in BOUNDS):
        return type_of(option.default, None, name=option.name, class_type="", role=role)
    # Free texts only where they cannot be a path of this machine.
    if role in TEXTS and option.type in (None, "str"):
        return "longtext" if role in LONG_ROLES else "text"
    return None


def _passed(option: ArgparseOption, field: str) -> Passed:
    if option.action in ("store_true", "store_false"):
        return Passed(field, option.flag, on=option.flag)
    if option.action == "BooleanOptionalAction":
        # Both words are needed: such a switch may be on by default.
        return Passed(field, option.flag, on=option.flag, off=f"--no-{option.flag.removeprefix('--')}")
    return Passed(field, option.flag)


def _file_of(output: ArgparseOption) -> str | None:
    """The name of the one file that an output wants to be, or None for a folder."""
    given = str(output.default or "").lower()
    suffix = next((each for each in SUFFIXES if given.endswith(each)), None)
    if suffix is None and output.name in OUTPUT_FILES:
        # A file is wanted but not which: a picture is the most likely.
        suffix = SUFFIXES[0]
    return None if suffix is None else f"output{suffix}"


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
