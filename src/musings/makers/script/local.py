"""The ComfyUI on this machine that scripts load: is it there?"""

import shutil

from musings.config.media import ComfyUISettings


def local_problems(comfyui: ComfyUISettings, *, needs_comfyui: bool = True) -> list[str]:
    """Why scripts cannot run on this machine; empty when they can. One of another make needs the Python alone."""
    problems = []
    if not needs_comfyui:
        pass
    elif comfyui.directory is None:
        problems.append("media.comfyui.directory is not set: name the folder that holds ComfyUI's main.py.")
    elif not any((comfyui.directory / name).is_file() for name in ("main.py", "nodes.py")):
        problems.append(f"media.comfyui.directory is {comfyui.directory}, which holds no ComfyUI.")
    # Looked up as the system would start it: a name alone is found on the path.
    if shutil.which(str(comfyui.python)) is None:
        problems.append(f"media.comfyui.python is {comfyui.python}, which is no program: name ComfyUI's Python.")
    return problems
