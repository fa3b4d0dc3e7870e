"""The sketch engine as a maker: what it made in our terms, and its errors as ours."""

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest

from comfyui_workflows.envelopes import open_file
from comfyui_workflows.errors import OtherProgramError
from musings.errors import AttemptError, UserFault
from musings.makers.sketch import SketchPipeline, translated
from musings.makers.sketch_forms import SKETCH_FORMS
from musings.media.sounds import read_sound
from musings.media.videos import read_video
from musings.models import TYPES_OF_KIND, ArtifactType, Job, Json, JsonObject, Kind, Writing
from musings_sketch.errors import LibraryError, SketchError, SpeechError
from musings_sketch.verse import FORMS, form_for


class Still:
    """A context in which nobody watches and nobody asks for a stop."""

    remaining = 60.0

    def check(self) -> None: ...

    def progress(self, value: float, maximum: float, stage: str) -> None: ...

    def preview(self, picture: bytes, media_type: str) -> None: ...

    def excerpt(self, text: str) -> None: ...

    def keep_writing(self, writing: Writing) -> int:
        return 1

    def uses(self, parameters: JsonObject) -> None: ...

    def started(self, external_id: str) -> None: ...

    def alone(self, resource: str, stage: str) -> AbstractContextManager[None]:
        return nullcontext()

    def step(self, name: str) -> None: ...

    def crashed(self) -> int:
        return 0

    def others_crashed(self) -> bool:
        return False

    def log(self, text: str) -> None: ...


def job(directory: Path, kind: Kind, text: str, **parameters: Json) -> Job:
    return Job(1, 1, kind, TYPES_OF_KIND[kind][0], text, {"seed": 1, **parameters}, directory)


def test_every_text_type_has_a_form() -> None:
    assert {form_for(each) for each in TYPES_OF_KIND[Kind.TEXT]} <= set(FORMS)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("a haiku about rain", "haiku"),
        ("Write me a sonnet", "sonnet"),
        ("rhyming couplets on tea", "couplets"),
        ("rain", "free verse"),
    ],
)
def test_a_writing_says_who_wrote_it_in_which_form(tmp_path: Path, text: str, form: str) -> None:
    made = SketchPipeline().run(job(tmp_path, Kind.TEXT, text, form=None), Still())
    assert made.writing is not None
    assert made.writing.notes == f"A {form} by the built-in sketch engine."
    assert made.files[0].path.read_text("utf-8") == f"# {made.writing.title}\n\n{made.writing.content.rstrip()}\n"


def test_what_the_engine_refuses_is_a_fault_of_the_request(tmp_path: Path) -> None:
    with pytest.raises(UserFault, match="limerick") as caught:
        SketchPipeline().run(job(tmp_path, Kind.TEXT, "rain", form="limerick"), Still())
    assert "haiku" in caught.value.explained


def test_a_failed_speech_program_is_none() -> None:
    failed = translated(SpeechError("It failed.", log="stderr"))
    refused = translated(SketchError("No.", hint="Ask for less."))
    assert (type(failed), type(refused)) == (AttemptError, UserFault)
    assert (failed.log, refused.explained) == ("stderr", "No. Ask for less.")


@pytest.mark.parametrize(("found", "hint"), [(False, "./musings up"), (True, "report it with the log")])
def test_a_missing_library_is_to_be_had_from_us(found: bool, hint: str) -> None:
    fault = translated(LibraryError("It cannot be used.", hint="Install espeakng-loader.", found=found))
    assert isinstance(fault, UserFault)
    assert hint in fault.explained
    assert "Install Musings again" in fault.explained


def test_a_film_is_one_with_the_length_and_size_that_were_asked_for(tmp_path: Path) -> None:
    wanted = {"width": 128, "height": 64, "duration": 1.5, "fps": 12}
    [made] = SketchPipeline().run(job(tmp_path, Kind.VIDEO, "a fox in the snow", **wanted), Still()).files
    assert made.artifact_type is ArtifactType.VIDEO
    assert made.metadata["backend"] == "sketch"  # always labelled
    facts = read_video(made.path)
    assert (facts.width, facts.height, facts.duration, facts.fps) == (128, 64, 1.5, 12.0)
    with pytest.raises(OtherProgramError, match="the sketch engine") as caught:
        open_file("0001.mp4", made.path.read_bytes())
    assert caught.value.settings is not None
    told = {"prompt": "a fox in the snow", "seed": 1, "width": 128, "height": 64}
    assert caught.value.settings.values == told


def test_a_long_speech_says_where_its_paragraphs_begin(tmp_path: Path) -> None:
    text = "\n\n".join(
        f"{name} part. " + "It goes on and on, and nobody knows why. " * 12 for name in ("First", "Second")
    )
    wanted = {"voice": "en", "language": None, "speed": 165, "pitch": 50}
    [made] = SketchPipeline().run(job(tmp_path, Kind.VOICE, text, **wanted), Still()).files
    first, second = made.metadata["chapters"]
    assert (first["start"], first["title"].split()[0], second["title"].split()[0]) == (0.0, "First", "Second")
    assert second["start"] == pytest.approx(read_sound(made.path).duration / 2, abs=3)
    short = job(tmp_path / "short", Kind.VOICE, "Good evening.", **wanted)
    short.directory.mkdir()
    [made] = SketchPipeline().run(short, Still()).files
    assert "chapters" not in made.metadata


def test_every_kind_has_a_sketch_whose_form_says_what_it_takes() -> None:
    assert set(SKETCH_FORMS) == set(Kind)
    assert {each.role for each in SKETCH_FORMS[Kind.VIDEO]} >= {"width", "height", "duration", "seed"}


@pytest.mark.parametrize(
    ("kind", "parameters"),
    [
        (Kind.IMAGE, {"count": 1, "width": 64, "height": 64}),
        (Kind.VIDEO, {"width": 64, "height": 64, "fps": 4, "duration": 1}),
        (Kind.MUSIC, {"duration": 20}),
        (Kind.VOICE, {"voice": "en", "language": None, "speed": 160, "pitch": 50}),
    ],
)
def test_what_it_writes_is_ours_to_mark(tmp_path: Path, kind: Kind, parameters: JsonObject) -> None:
    made = SketchPipeline().run(job(tmp_path, kind, "a fox", **parameters), Still())
    assert all(file.is_ours and file.metadata["engine"] == "sketch" for file in made.files)
