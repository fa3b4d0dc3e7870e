"""The sketch pipeline: real files with no model, no GPU and no network (ADR 5), always labelled as a sketch."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from musings import process
from musings.errors import AttemptError, ChildKilled, CommandError, PassingFault, UserFault
from musings.forms.seeds import SEED_MAXIMUM, seed_at
from musings.late import importing
from musings.makers.base import Context
from musings.makers.recipe import Recipe
from musings.models import ArtifactType, Job, Json, Kind, MadeFile, Outcome, Writing
from musings_sketch import film, music, painting, speech, verse
from musings_sketch.errors import CutShort, Killed, LibraryError, ProgramError, SketchError, SpeechError
from musings_sketch.speech.chapters import facts
from musings_sketch.speech.program import Run

ENGINE = "sketch"
SAMPLE_RATE = 44_100


class SketchPipeline:
    name = ENGINE

    def run(self, job: Job, context: Context) -> Outcome:
        try:
            return _MAKERS[job.kind](job, context)
        except SketchError as error:
            raise translated(error) from error


def translated(error: SketchError) -> AttemptError:
    """The engine's error as ours, with its words, hint and log; a library that came with us is to be had from us."""
    if isinstance(error, CutShort):
        return (ChildKilled if isinstance(error, Killed) else PassingFault)(str(error), log=error.log)
    # A speech program may fail by chance; anything else of the engine would fail the same way again.
    kind = AttemptError if isinstance(error, SpeechError) else UserFault
    hint = _INSTALL[error.found] if isinstance(error, LibraryError) else error.hint
    return kind(str(error), hint=hint, log=error.log)


_INSTALL = {
    False: "Install Musings again: ./musings up does it in a checkout.",
    True: "Install Musings again; if that does not help, report it with the log.",
}


def _pictures(job: Job, context: Context) -> Outcome:
    with importing():
        from musings.media import pictures

    count = int(job.parameters["count"])
    files = []
    for number in range(count):
        # From the prompt's own seed on, so that a count of three repeats as the same three.
        seed = seed_at(int(job.parameters["seed"]), number, 0, SEED_MAXIMUM)
        size = int(job.parameters["width"]), int(job.parameters["height"])
        image = painting.paint(
            job.text, seed, *size, check=context.check, progress=_part(context, number, count, "painting")
        )
        path = job.directory / f"{number + 1:04}.png"
        recipe = _recipe(job, seed)
        pictures.write_png(image, path, _tags(recipe))
        files.append(MadeFile(path, ArtifactType.IMAGE, recipe.as_metadata(), is_ours=True))
    return Outcome(tuple(files), ENGINE)


def _film(job: Job, context: Context) -> Outcome:
    with importing():
        from musings.media import films

    width, height, fps = (int(job.parameters[name]) for name in ("width", "height", "fps"))
    seed, path = int(job.parameters["seed"]), job.directory / "0001.mp4"
    recipe = _recipe(job, seed)
    frames = film.frames(
        job.text,
        seed,
        (width, height),
        round(float(job.parameters["duration"]) * fps),
        fps,
        check=context.check,
        progress=_part(context, 0, 1, "filming"),
    )
    films.write_film(frames, (width, height), fps, path, _tags(recipe))
    return Outcome((MadeFile(path, ArtifactType.VIDEO, recipe.as_metadata(), is_ours=True),), ENGINE)


def _song(job: Job, context: Context) -> Outcome:
    with importing():
        from musings.media import sounds

    duration = job.parameters.get("duration")
    score = music.compose(job.text, int(job.parameters["seed"]), None if duration is None else float(duration))
    samples = music.render(
        score, sample_rate=SAMPLE_RATE, check=context.check, progress=_part(context, 0, 1, "playing")
    )
    path = job.directory / "0001.flac"
    recipe = replace(_recipe(job, int(job.parameters["seed"])), music=score.facts())
    sounds.write_flac(samples, SAMPLE_RATE, path, _tags(recipe))
    return Outcome((MadeFile(path, ArtifactType.AUDIO, recipe.as_metadata(), is_ours=True),), ENGINE)


def _speech(job: Job, context: Context) -> Outcome:
    with importing():
        from musings.media import encoding

    path = job.directory / "0001.flac"
    recipe = _recipe(job, int(job.parameters["seed"]))
    # As blocks and not as a whole: a long text would fill the memory.
    with speech.speak(
        job.text,
        voice=_voice(str(job.parameters["voice"]), job.parameters["language"]),
        speed=int(job.parameters["speed"]),
        pitch=int(job.parameters["pitch"]),
        scratch=job.directory,
        run=runner(lambda who: context.started(f"process:{who}")),
        check=context.check,
        progress=_part(context, 0, 1, "speaking"),
    ) as spoken:
        encoding.write_blocks(spoken.blocks, spoken.sample_rate, 1, path, _tags(recipe))
        # Known when the last block is written, so not among the tags at the head of the file.
        found = facts(spoken.chapters())
    return Outcome((MadeFile(path, ArtifactType.AUDIO, {**recipe.as_metadata(), **found}, is_ours=True),), ENGINE)


def runner(on_start: Callable[[str], None]) -> Run:
    """Runs the engine's programs through our own door; ``on_start`` is told each child's ``process.identity``."""

    def run(
        command: Sequence[str], *, stdin: bytes, check: Callable[[], None], on_stdout: Callable[[bytes], None]
    ) -> None:
        try:
            process.run(command, stdin=stdin, check=check, on_start=on_start, on_stdout=on_stdout)
        except CommandError as error:
            raise ProgramError(str(error), code=error.code, log=error.stderr) from error

    return run


def _voice(voice: str, language: Json) -> str:
    """A language set by itself replaces that of the voice and keeps its variant: ``en+f3`` in ``fr`` is ``fr+f3``."""
    if not language:
        return voice
    _, plus, variant = voice.partition("+")
    return f"{language}{plus}{variant}"


def _verse(job: Job, context: Context) -> Outcome:
    form = job.parameters["form"] or verse.form_for(job.prompt_type, job.text)
    made = _writing(verse.write(job.text, int(job.parameters["seed"]), str(form)))
    # After the writing, which takes milliseconds: there is nothing to interrupt before.
    context.check()
    path = job.directory / "0001.md"
    path.write_text(markdown(made), encoding="utf-8")
    recipe = replace(_recipe(job, int(job.parameters["seed"])), title=made.title, form=str(form))
    return Outcome((MadeFile(path, ArtifactType.TEXT, recipe.as_metadata()),), ENGINE, writing=made)


def _writing(text: verse.WrittenText) -> Writing:
    notes = f"A {text.form} by the built-in sketch engine."
    return Writing(text.title, text.content, text.content_type, mood=text.mood, notes=notes)


_MAKERS: Mapping[Kind, Callable[[Job, Context], Outcome]] = {
    Kind.TEXT: _verse,
    Kind.IMAGE: _pictures,
    Kind.MUSIC: _song,
    Kind.VOICE: _speech,
    Kind.VIDEO: _film,
}


def markdown(writing: Writing) -> str:
    """A writing as a file of its own."""
    return f"# {writing.title}\n\n{writing.content.rstrip()}\n"


def _recipe(job: Job, seed: int) -> Recipe:
    """What it takes to make the same thing again."""
    return Recipe(
        prompt=job.text,
        seed=seed,
        parameters={**job.parameters, "seed": seed},
        backend=ENGINE,
        engine=ENGINE,
        workflow=f"sketch-{job.kind}",
    )


def _tags(recipe: Recipe) -> dict[str, str]:
    """A recipe as the text fields of a PNG, a FLAC or an MP4."""
    return {
        key: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for key, value in recipe.as_metadata().items()
    }


def _part(context: Context, number: int, count: int, stage: str) -> Callable[[float], None]:
    name = f"{stage} {number + 1} of {count}" if count > 1 else stage
    return lambda share: context.progress(number + share, count, name)
