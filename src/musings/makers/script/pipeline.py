"""The script pipeline: a SaveAsScript export, or a script with a sidecar, run with ComfyUI's own Python.

Each run gets a folder of its own and one output file, in a process group that dies with the attempt. Scripts load
ComfyUI and its models into the graphics card themselves, so only one runs at a time on this machine. With a keeper
an export runs in its warm process instead, with the same words.
"""

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from comfyui_workflows.script_literals import FOLDER, Literals, rewritten
from musings import process
from musings.config.media import ComfyUISettings
from musings.errors import AttemptError, CommandError, PassingFault, UserFault
from musings.forms.seeds import seeded
from musings.late import importing
from musings.makers.base import Context
from musings.makers.comfyui import loading
from musings.makers.comfyui.library import WorkflowFile
from musings.makers.recipe import OF_FILES, Recipe
from musings.makers.script import calling, environment, leavings, transcript
from musings.makers.script.local import local_problems
from musings.makers.script.warm.keeper import COLD, Export, Hooks, Keeper, Unserved
from musings.models import Job, Json, MadeFile, Outcome

TAIL_BYTES = 100_000
TAIL_CHARACTERS = 6_000
"""Of each stream of a script that was stopped: both have room in a row."""

Follow = Callable[[bytes], None]

GRAPHICS_CARD = "graphics card"


class ScriptPipeline:
    name = "script"

    def __init__(self, workflow: WorkflowFile, comfyui: ComfyUISettings, keeper: Keeper | None = None) -> None:
        self._workflow = workflow
        self._comfyui = comfyui
        self._keeper = keeper

    def run(self, job: Job, context: Context) -> Outcome:
        found = self._workflow
        if found.problem is not None:
            raise UserFault(f"The script {found.path.name} cannot be used: {found.problem}")
        # Looked at again: the folder may have gone since the prompt was chosen.
        problems = local_problems(self._comfyui, needs_comfyui=found.command is None)
        if problems:
            raise UserFault(f"The script {found.path.name} cannot run: {' '.join(problems)}")
        if not found.takes_text:
            context.log("this script takes no words: those of the prompt are not used")
        files: list[MadeFile] = []
        count = 1 if found.counts_itself else int(job.parameters.get("count") or 1)
        # One place for all rounds: the models would otherwise be pushed out between two of them.
        with context.alone(GRAPHICS_CARD, "waiting for the graphics card"):
            for number in range(count):
                files += self._once(job, context, number, count)
        return Outcome(tuple(files), f"script:{found.path.name}")

    def _once(self, job: Job, context: Context, number: int, count: int) -> list[MadeFile]:
        with importing():
            from musings.media.kinds import kind_of

        # A folder for each round, because scripts name their files alike.
        folder = job.directory / f"{number + 1:02}"
        folder.mkdir(exist_ok=True)
        values = self._values(job, number)
        # Two clocks: one for the duration, which no change of the time moves, and one to compare with files.
        started, since = time.monotonic(), time.time()
        context.progress(number, count, "loading the models")
        stdout = self._run({**values, **self._loaded(job)}, folder, context, _follower(context, number, count))
        seconds = time.monotonic() - started
        made = self._made(stdout, folder, since, context.check)
        recipe = self._recipe(job, values, seconds).as_metadata()
        return [MadeFile(path, kind_of(path), recipe) for path in made]

    def _run(self, values: Mapping[str, Json], folder: Path, context: Context, follow: Follow) -> str:
        """Run the script once, warm where that is possible; returns what it printed."""
        if self._keeper is not None:
            script = self._workflow.script
            if script is not None and script.literals is None and script.warmable:
                try:
                    return self._warmly(self._keeper, values, folder, context, follow)
                except Unserved as error:
                    context.log(f"no warm process can run this script: {error}. It runs cold")
            # A cold script needs the memory that the warm process holds.
            self._keeper.stop()  # its models would stand in the way of this script's own
        return self._coldly(values, folder, context, follow)

    def _warmly(
        self, keeper: Keeper, values: Mapping[str, Json], folder: Path, context: Context, follow: Follow
    ) -> str:
        found, comfyui = self._workflow, self._comfyui
        words = self._words(values, folder, keeper.home(folder.parent.parent), flags=())
        export = Export(
            found.path,
            found.hash,
            # Without ComfyUI's flags: the warm process was started with them.
            comfyui.python,
            flags=comfyui.arguments,
            cwd=comfyui.directory,
            environment=tuple(self._environment().items()),
        )
        tail = _Tail()
        hooks = Hooks(context.check, lambda who: context.started(f"process:{who}"), tail.with_(follow), context.log)
        context.log(f"running warm {process.shown(words)}")
        try:
            # The first two words start the script; the keeper's process needs only those after them.
            printed = keeper.run(export, words[2:], hooks)
        except CommandError as error:
            fault = _failure(error)
            if isinstance(fault, PassingFault):
                # Memory that is fragmented comes back only with a new process.
                keeper.stop()  # of memory there is more in a new process
            raise fault from error
        except AttemptError:
            # What it had printed is lost otherwise: no transcript of a stopped request comes.
            context.log(f"stopped\n--- stdout and stderr\n{tail.text}")
            raise
        context.log(f"ended\n--- stdout and stderr\n{printed}")
        self._check_folder(printed, context)
        return printed

    def _coldly(self, values: Mapping[str, Json], folder: Path, context: Context, follow: Follow) -> str:
        # Beside the run's folder and not in it: it is no output.
        private = folder.parent / ".comfyui"
        private.mkdir(exist_ok=True)
        words, cwd = self._cold_words(values, folder, private)
        context.log(f"running {process.shown(words)}")
        said, complained = _Tail(), _Tail()
        environment = self._environment_for(values, folder)

        def run() -> process.Completed:
            return process.run(
                words,
                cwd=cwd,
                env=environment,
                check=context.check,
                # Before anything else happens: the next worker kills by this identity what is left of us.
                on_start=lambda who: context.started(f"process:{who}"),
                on_stdout=said.with_(lambda piece: None),
                on_stderr=complained.with_(follow),
            )

        try:
            completed = _once_more(run, folder, context)
            # Kept for the log only: what counts is on the standard output whole.
            seconds, stdout = completed.seconds, completed.stdout
            context.log(f"ended after {seconds:.1f} s\n--- stdout\n{stdout}\n--- stderr\n{completed.stderr}")
            self._check_folder(stdout, context)
        except CommandError as error:
            raise _failure(error) from error
        except AttemptError:
            context.log(f"stopped\n--- stdout\n{said.text}\n--- stderr\n{complained.text}")
            raise
        # In every case: also a failed script may have left files in ComfyUI's folder.
        finally:
            self._collect(folder)
            shutil.rmtree(private, ignore_errors=True)
        return stdout

    @property
    def _literals(self) -> Literals | None:
        return self._workflow.script.literals if self._workflow.script is not None else None

    def _cold_words(
        self, values: Mapping[str, Json], folder: Path, private: Path
    ) -> tuple[tuple[str, ...], Path | None]:
        """The command line, and where it is run."""
        found, comfyui = self._workflow, self._comfyui
        if self._literals is None or found.script is None or comfyui.directory is None:
            words = self._words(values, folder, private, flags=comfyui.arguments)
            mended = found.script is not None and (found.script.forgets_manager or found.script.outdated)
            # Through a small starter that mends what some exports forget.
            return (words[0], str(COLD), *words[1:]) if mended else words, comfyui.directory
        # An export without options has its values in its text, so that a copy with others is run.
        copy = private / found.path.name
        copy.write_bytes(rewritten(self._literals, values, _run_name(folder)))
        flags = comfyui.arguments if found.script.takes_flags else ()
        words = (str(comfyui.python), str(COLD), str(copy), *flags)
        # Run beside ComfyUI, where such an export looks for it.
        return words, calling.home(comfyui.directory, private)

    def _collect(self, folder: Path) -> None:
        """Bring what an export without options saved into the run's folder, and leave nothing with ComfyUI."""
        directory = self._comfyui.directory
        if self._literals is None or directory is None:
            return
        # Its own folder below ComfyUI's output, so that other programs' files are never taken.
        there = loading.base_of(directory, self._comfyui.arguments) / "output" / FOLDER / _run_name(folder)
        for path in sorted(there.rglob("*")):
            if path.is_file() and not path.is_symlink():
                shutil.move(path, folder / path.name)
        shutil.rmtree(there, ignore_errors=True)

    def _words(
        self, values: Mapping[str, Json], folder: Path, private: Path, *, flags: Sequence[str]
    ) -> tuple[str, ...]:
        found, python = self._workflow, self._comfyui.python
        if found.command is not None:
            return calling.foreign_command(found.command, found.path, values, python=python, output=folder)
        assert found.script is not None  # noqa: S101 (the library says so: no command, no problem)
        directory = self._comfyui.directory
        assert directory is not None  # noqa: S101 (local_problems says so)
        return calling.command(
            found.script,
            found.path,
            values,
            python=python,
            comfyui_directory=calling.home(directory, private),
            output=calling.output_for(found.script, folder),
            flags=flags,
        )

    def _environment_for(self, values: Mapping[str, Json], folder: Path) -> dict[str, str]:
        command = self._workflow.command
        if command is None:
            return self._environment()
        given = calling.foreign_environment(command, self._workflow.path, values, output=folder)
        return {**self._environment(), **given}

    def _environment(self) -> dict[str, str]:
        return environment.for_script(os.environ, self._comfyui.environment)

    def _check_folder(self, stdout: str, context: Context) -> None:
        """An export takes any folder named ComfyUI that it finds: say so when it was another one.

        Asked while our link of that name is still there.
        """
        taken, wanted = transcript.found_comfyui(stdout), self._comfyui.directory
        # Only a warning: the result may be right all the same.
        if taken is not None and wanted is not None and Path(taken).resolve() != wanted.resolve():
            context.log(f"warning: the script used the ComfyUI in {taken}, not the one in {wanted}")

    def _made(self, stdout: str, folder: Path, since: float, check: Callable[[], None]) -> list[Path]:
        """What the run that began at ``since`` left."""
        with importing():
            from musings.media.kinds import decodable

        command, cwd = self._workflow.command, self._comfyui.directory
        report = "directory" if command is None else command.report
        # The sidecar says which: guessing could take a line of the log for a list of files.
        if report == "json":
            made = leavings.reported(stdout, folder, cwd)
        else:
            told = leavings.told_in(stdout, folder, cwd, since=since) if report == "either" else []
            made = told or leavings.found_in(folder)
        if not made:
            said = transcript.saved_files(stdout)
            where = f" It says it saved {', '.join(said)}." if said else ""
            # The user's fault: it would end the same way each time.
            raise UserFault(
                f"The script {self._workflow.path.name} ended well and left no file.{where}",
                hint="Its save node must heed --output: Save Image, Save Audio or Save Video."
                if command is None
                else "It must write below the folder that it is given as its output, or name its files there in JSON.",
            )
        for path in made:
            try:
                # Looked at now, while the attempt can still fail in words.
                decodable(path, check)
            except ValueError as error:
                raise UserFault(f"The script left a damaged file, {path.name}: {error}") from error
        return made

    def _values(self, job: Job, number: int) -> dict[str, Json]:
        form = self._workflow.form
        values: dict[str, Json] = {field.name: job.parameters.get(field.name) for field in form.fields}
        if form.prompt_field is not None:
            values[form.prompt_field.name] = job.text
        return seeded(values, form.fields, drawn=job.drawn, number=number)

    def _loaded(self, job: Job) -> dict[str, str]:
        """The files of the form: an export takes names in ComfyUI's input folder, any other script takes paths."""
        directory = self._comfyui.directory
        # Names in ComfyUI's own input folder are all that a Load node takes.
        if self._workflow.command is not None or directory is None:
            return {field: str(path) for field, path in job.inputs.items()}
        return loading.copy(directory, self._comfyui.arguments, job.inputs)

    def _recipe(self, job: Job, values: Mapping[str, Json], seconds: float) -> Recipe:
        form = self._workflow.form
        seed, negative = form.by_role("seed"), form.by_role("negative_prompt")
        return Recipe(
            prompt=job.text if self._workflow.takes_text else None,
            negative_prompt=values.get(negative.name) if negative else None,
            seed=values.get(seed.name) if seed else None,
            parameters=dict(values),
            workflow=self._workflow.name,
            workflow_hash=self._workflow.hash,
            backend=f"script:{self._workflow.path.name}",
            engine=self.name,
            execution_time=round(seconds, 3),
            order=OF_FILES,
        )


def _run_name(folder: Path) -> str:
    """The run's own name, also beside those of other programs that use this ComfyUI."""
    # A hash: the path itself is too long, and would show where this installation is.
    return hashlib.sha256(str(folder.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:20]


def _follower(context: Context, number: int, count: int) -> Follow:
    """Progress from the bars on stderr."""
    bars = transcript.Bars()
    name = f"sampling {number + 1} of {count}" if count > 1 else "sampling"

    def follow(piece: bytes) -> None:
        step = bars.feed(piece)
        if step is not None:
            # Some bars report no maximum.
            context.progress(number + (step[0] / step[1] if step[1] else 0.0), count, name)

    return follow


class _Tail:
    """The end of what a script has printed until now, for when it does not come to its own end."""

    def __init__(self) -> None:
        self._kept = bytearray()

    def with_(self, follow: Follow) -> Follow:
        """``follow``, with every piece kept too."""

        def both(piece: bytes) -> None:
            self._kept += piece
            # Bounded: a script may print for hours.
            del self._kept[:-TAIL_BYTES]
            follow(piece)

        return both

    @property
    def text(self) -> str:
        """Its last lines; of a progress bar that was drawn over itself only the last state."""
        lines = self._kept.decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
        # A bar is drawn over itself with carriage returns: only its last state is worth reading.
        return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines)[-TAIL_CHARACTERS:]


def _once_more(run: Callable[[], process.Completed], folder: Path, context: Context) -> process.Completed:
    """Run a script; one that somebody killed is run again before that counts against the prompt."""
    try:
        return run()
    except CommandError as error:
        if error.code is None or error.code >= 0:
            raise
        context.log(f"{error} Once more")
    # What the killed one left must not be taken for a result.
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return run()


def _failure(error: CommandError) -> AttemptError:
    return transcript.failure(error.code, error.stdout, error.stderr)
