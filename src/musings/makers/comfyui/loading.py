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

# A folder of our own, so that the owner can clear it without looking at each name.
FOLDER = "musings"


def upload(server: ComfyServer, inputs: Mapping[str, Path]) -> dict[str, str]:
    """Upload the file of each field; returns what its Load node takes as its value."""
    # Uploaded each time: the server's folder cannot be looked into.
    return {field: server.upload(path, name=name_of(path), subfolder=FOLDER) for field, path in inputs.items()}


def copy(comfyui: Path, flags: Sequence[str], inputs: Mapping[str, Path]) -> dict[str, str]:
    """Copy the file of each field into the input folder of a ComfyUI that is started with these flags."""
    folder = base_of(comfyui, flags) / "input" / FOLDER
    named = {field: name_of(path) for field, path in inputs.items()}
    for field, path in inputs.items():
        target = folder / named[field]
        try:
            folder.mkdir(parents=True, exist_ok=True)
            # Same name, same content: no copy is needed.
            if not target.is_file():
                # Atomic: a script that starts meanwhile must not load half a picture.
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
    # Half of the hash: enough to tell any two files apart, and a name that fits on a page.
    return sha256_of(path)[:32] + path.suffix.lower()
