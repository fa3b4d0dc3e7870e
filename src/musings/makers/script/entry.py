"""Scripts in the list of makers: workflow files that run on this machine, with ComfyUI's own Python."""

from collections.abc import Iterable, Sequence

from musings.config.media import ComfyUISettings
from musings.config.settings import Settings
from musings.makers.base import BackendState, Checked, Lacking, Pipeline
from musings.makers.comfyui.file_maker import FileMaker, WorkflowFiles
from musings.makers.comfyui.library import WorkflowFile
from musings.makers.script.local import local_problems
from musings.makers.script.pipeline import ScriptPipeline
from musings.makers.script.warm.keeper import GIGABYTE, Keeper

HERE = "this machine"


class ScriptMaker(FileMaker):
    """Opened once for each process, because its keeper holds the processes that stay warm between prompts."""

    name = "script"
    backend_kind = "script"

    def __init__(self, settings: Settings, files: WorkflowFiles) -> None:
        super().__init__(files)
        self._comfyui = settings.media.comfyui
        # One for the process: two warm processes would load the models twice.
        self._keeper = _keeper(self._comfyui)

    def backends(self) -> list[BackendState]:
        """The local ComfyUI, where scripts would use one."""
        if self._comfyui.directory is None:
            return []
        problems = local_problems(self._comfyui)
        words = " ".join(problems) or None
        return [BackendState("script", str(self._comfyui.directory), not problems, None, None, words)]

    def close(self) -> None:
        # Its process would otherwise keep the graphics card's memory after our end.
        if self._keeper is not None:
            self._keeper.stop()

    def _pipeline(self, found: WorkflowFile) -> Pipeline:
        return ScriptPipeline(found, self._comfyui, self._keeper)

    def _check(self, found: WorkflowFile) -> Checked:
        problems = [Lacking(HERE, each) for each in self._local_problems(found)]
        return Checked(not problems, problems, [] if problems else [HERE])

    def _runnable(self, files: Sequence[WorkflowFile], *, wait: bool) -> Iterable[WorkflowFile]:  # noqa: ARG002
        # Looked at on this machine: no server has to be waited for.
        return (each for each in files if not self._local_problems(each))

    def _local_problems(self, found: WorkflowFile) -> list[str]:
        """One of another make needs no ComfyUI folder, but its Python."""
        return local_problems(self._comfyui, needs_comfyui=found.command is None)


def _keeper(comfyui: ComfyUISettings) -> Keeper | None:
    warm = comfyui.warm_scripts
    if not warm.enabled:
        return None
    return Keeper(idle_seconds=warm.idle_minutes * 60, most_bytes=warm.max_gigabytes * GIGABYTE)
