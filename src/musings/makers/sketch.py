"""The sketch pipeline: real files with no model, no GPU and no network (DESIGN D14), always labelled as a sketch."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace

from musings.forms.seeds import SEED_MAXIMUM, seed_at
from musings.late import importing
from musings.makers.base import Context
from musings.makers.recipe import Recipe
from musings.models import ArtifactType, Job, Json, Kind, MadeFile, Outcome, Writing
from musings_sketch import music, painting, verse, voice

ENGINE = "sketch"
SAMPLE_RATE = 44_100


class SketchPipeline:
    name = ENGINE

    def run(self, job: Job, context: Context) -> Outcome:
        return _MAKERS[job.kind](job, context)


def _pictures(job: Job, context: Context) -> Outcome:
    with importing():
        from musings.media import pictures

    count = int(job.parameters["count"])
    files = []
    for number in range(count):
        seed = seed_at(int(job.parameters["seed"]), number, 0, SEED_MAXIMUM)
        size = int(job.parameters["width"]), int(job.parameters["height"])
        image = painting.paint(
            job.text, seed, *size, check=context.check, progress=_part(context, number, count, "painting")
        )
        path = job.directory / f"{number + 1:04}.png"
        recipe = _recipe(job, seed)
        pictures.write_png(image, path, _tags(recipe))
        files.append(MadeFile(path, ArtifactType.IMAGE, recipe.as_metadata()))
    return Outcome(tuple(files), ENGINE)


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
    return Outcome((MadeFile(path, ArtifactType.AUDIO, recipe.as_metadata()),), ENGINE)


def _speech(job: Job, context: Context) -> Outcome:
    path = job.directory / "0001.flac"
    recipe = _recipe(job, int(job.parameters["seed"]))
    voice.speak(
        job.text,
        path,
        voice=_voice(str(job.parameters["voice"]), job.parameters["language"]),
        speed=int(job.parameters["speed"]),
        pitch=int(job.parameters["pitch"]),
        tags=_tags(recipe),
        check=context.check,
        progress=_part(context, 0, 1, "speaking"),
        on_start=lambda who: context.started(f"process:{who}"),
    )
    return Outcome((MadeFile(path, ArtifactType.AUDIO, recipe.as_metadata()),), ENGINE)


def _voice(voice: str, language: Json) -> str:
    """A language set by itself replaces that of the voice and keeps its variant: ``en+f3`` in ``fr`` is ``fr+f3``."""
    if not language:
        return voice
    _, plus, variant = voice.partition("+")
    return f"{language}{plus}{variant}"


def _verse(job: Job, context: Context) -> Outcome:
    form = job.parameters["form"] or verse.form_for(job.prompt_type, job.text)
    made = verse.write(job.text, int(job.parameters["seed"]), str(form))
    context.check()
    path = job.directory / "0001.md"
    path.write_text(markdown(made), encoding="utf-8")
    recipe = replace(_recipe(job, int(job.parameters["seed"])), title=made.title, form=str(form))
    return Outcome((MadeFile(path, ArtifactType.TEXT, recipe.as_metadata()),), ENGINE, writing=made)


_MAKERS: Mapping[Kind, Callable[[Job, Context], Outcome]] = {
    Kind.TEXT: _verse,
    Kind.IMAGE: _pictures,
    Kind.MUSIC: _song,
    Kind.VOICE: _speech,
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
    """A recipe as the text fields of a PNG or a FLAC."""
    return {
        key: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for key, value in recipe.as_metadata().items()
    }


def _part(context: Context, number: int, count: int, stage: str) -> Callable[[float], None]:
    name = f"{stage} {number + 1} of {count}" if count > 1 else stage
    return lambda share: context.progress(number + share, count, name)
