"""Brings files to where the Load nodes of ComfyUI find them: its input folder, here or on a server.

They stay there, under a name made of what is in them, so that the same file is there once however often it is used.
"""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from musings.errors import UserFault
from musings.files import atomic
from musings.files.digests import sha256_of
from musings.makers.comfyui.client import ComfyServer

FOLDER = "musings"


def upload(server: ComfyServer, inputs: Mapping[str, Path]) -> dict[str, str]:
    """Upload the file of each field; returns what its Load node takes as its value."""
    return {field: server.upload(path, name=name_of(path), subfolder=FOLDER) for field, path in inputs.items()}


def copy(comfyui: Path, flags: Sequence[str], inputs: Mapping[str, Path]) -> dict[str, str]:
    """Copy the file of each field into the input folder of a ComfyUI that is started with these flags."""
    folder = base_of(comfyui, flags) / "input" / FOLDER
    named = {field: name_of(path) for field, path in inputs.items()}
    for field, path in inputs.items():
        target = folder / named[field]
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if not target.is_file():
                with atomic.replacing(target) as part:
                    shutil.copyfile(path, part)
        except OSError as error:
            raise UserFault(
                f"The input for {field} cannot be copied to {folder}: {error.strerror}.",
                hint="Let this user write to ComfyUI's input folder.",
            ) from error
    return {field: f"{FOLDER}/{name}" for field, name in named.items()}


def base_of(comfyui: Path, flags: Sequence[str]) -> Path:
    """Where ComfyUI keeps its folders: beside its program, unless ``--base-directory`` says otherwise."""
    for place, flag in enumerate(flags):
        name, equals, value = flag.partition("=")
        if name == "--base-directory" and (equals or place + 1 < len(flags)):
            return comfyui / (value if equals else flags[place + 1])
    return comfyui


def name_of(path: Path) -> str:
    """A name for what is in a file, with the suffix that it has."""
    return sha256_of(path)[:32] + path.suffix.lower()
