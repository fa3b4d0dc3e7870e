"""Builds the command line of a script. Pure, but for the link that gives ComfyUI's folder the name scripts look for.

Source: how exports of SaveAsScript were observed to read their arguments: every value is parsed as JSON first, so a
text goes as one ``--name=`` argument with the JSON string in it; without ``--random-seed-type fixed`` the seed that
we pass is ignored; a second run of a queue writes over the first.
"""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from comfyui_workflows.save_as_script import SUFFIXES, WorkflowScript
from comfyui_workflows.sidecar import Command
from musings.errors import UserFault

MAX_ARGUMENT_BYTES = 128 * 1024 - 1
"""What Linux takes as one argument, its closing NUL left out."""


def command(
    script: WorkflowScript,
    path: Path,
    values: Mapping[str, object],
    *,
    python: Path,
    comfyui_directory: Path,
    output: Path,
    flags: Sequence[str] = (),
) -> tuple[str, ...]:
    """The exact words that run an export once.

    ``values`` are by field name; None leaves the script's default. ``comfyui_directory`` is from :func:`home`,
    ``output`` from :func:`output_for`; ``flags`` are ComfyUI's own, such as ``--cpu``. Raises ``UserFault`` for a
    value that is not on the form or too long for a command line.
    """
    given: dict[str, object] = {}
    for field, value in values.items():
        if field not in script.flags:
            known = ", ".join(script.flags) or "none"
            raise UserFault(f"{script.name} has no field {field!r}; it has: {known}.")
        if value is not None:
            given |= dict.fromkeys(script.flags[field], value)
    # Over what was given: these are set only where the form leaves them open.
    given |= dict(_mended(script, values))
    asked = [option for option in script.options if option.positional]
    # Positional values first: argparse assigns them by their order alone.
    words = [str(python), str(path), *(argument(each.name, given.pop(each.name, ""), bare=True) for each in asked)]
    words += [argument(name, value) for name, value in given.items()]
    # A queue of one: a second run would write over the first one's file.
    words += ["--queue-size=1", f"--comfyui-directory={comfyui_directory}", f"--output={output}"]
    # Without it the script draws a seed of its own and ignores ours.
    if "--random-seed-type" in script.own_options:
        words.append("--random-seed-type=fixed")
    # After ``--``: ComfyUI's own parser reads what our script's parser leaves.
    return (*words, "--", *flags) if flags and script.takes_flags else tuple(words)


def foreign_command(
    sidecar: Command, path: Path, values: Mapping[str, object], *, python: Path, output: Path
) -> tuple[str, ...]:
    """The words that run a script of another make, as its sidecar says. Values go as plain text."""
    words = [_put(word, path, values, output) for word in sidecar.arguments]
    words += [word for each in sidecar.passed if (word := each.word(values.get(each.field))) is not None]
    # None is no value: the word ``None`` would be taken for one.
    for word in words:
        _check_word(path, word)
    return (str(python), str(path), *words)


def foreign_environment(sidecar: Command, path: Path, values: Mapping[str, object], *, output: Path) -> dict[str, str]:
    """The variables that a script of another make is given. Raises ``UserFault`` as :func:`foreign_command`."""
    given = {name: _put(value, path, values, output) for name, value in sidecar.environment.items()}
    for name, value in given.items():
        _check_word(path, f"{name}={value}")
    return given


def _put(word: str, path: Path, values: Mapping[str, object], output: Path) -> str:
    known = {**values, "output": output}

    def put(found: re.Match[str]) -> str:
        name = found[1]
        if name not in known:
            raise UserFault(f"{path.name}: its sidecar wants {{{name}}}, and the form has no such field.")
        return "" if known[name] is None else str(known[name])

    return re.sub(r"\{([a-z_][a-z0-9_]*)\}", put, word)


def _check_word(path: Path, word: str) -> None:
    # The system cuts a word at a NUL, so that the script would see another value.
    if "\0" in word or len(word.encode("utf-8", "surrogatepass")) > MAX_ARGUMENT_BYTES:
        raise UserFault(f"{path.name}: a value is too long for a command line, or has a NUL in it.")


def argument(name: str, value: object, *, bare: bool = False) -> str:
    """One option as one word, its value alone with ``bare``. Raises ``UserFault`` for more than the system takes."""
    # ASCII first, because a script may run with any encoding; other characters take up to twelve bytes that way.
    for ascii_only in (True, False):
        word = f"{'' if bare else f'--{name}='}{json.dumps(value, ensure_ascii=ascii_only)}"
        try:
            if len(word.encode()) <= MAX_ARGUMENT_BYTES:
                return word
        # Half of a surrogate pair cannot be written at all.
        except UnicodeEncodeError:
            break
    raise UserFault(
        f"The value for {name} is too long for a command line.",
        hint="A workflow on a ComfyUI server takes texts of any length.",
    )


def output_for(script: WorkflowScript, directory: Path) -> Path:
    """What to pass as ``--output``: one file with the right suffix, or the folder when several kinds are saved."""
    known = [saver for saver in script.savers if saver in SUFFIXES]
    # One kind of file: the script takes the format from the suffix.
    return directory / f"output{SUFFIXES[known[0]]}" if len(known) == 1 else directory


def home(comfyui: Path, private: Path) -> Path:
    """A folder to pass as ``--comfyui-directory``, absolute.

    Scripts look in it, then in its parents, for an entry named exactly ``ComfyUI``. An install of another name is
    given that name by a link in ``private``, an existing folder; otherwise a neighbour would be taken silently.
    """
    comfyui = comfyui.absolute()
    if not (comfyui / "main.py").is_file() and not (comfyui / "nodes.py").is_file():
        raise UserFault(f"{comfyui} is not a ComfyUI folder: it has neither main.py nor nodes.py.")
    # Unless a ComfyUI lies inside it: the script would find that one first.
    if comfyui.name == "ComfyUI" and not (comfyui / "ComfyUI").exists():
        return comfyui
    link = private.absolute() / "ComfyUI"
    # The folder may be one of an earlier attempt.
    if link.is_symlink():
        link.unlink()
    link.symlink_to(comfyui, target_is_directory=True)
    return link.parent


def _mended(script: WorkflowScript, values: Mapping[str, object]) -> list[tuple[str, object]]:
    """Values without which a script fails: SaveVideo cannot choose a format by itself when run this way."""
    set_already = {name for field in values for name in script.flags.get(field, ())}
    return [
        (option.name, "mp4")
        for option in script.options
        if option.node.startswith("savevideo_") and option.input == "format" and option.default == "auto"
        if option.name not in set_already
    ]
