"""From files to the rows that will name them: facts, previews, sums, and nothing else left behind."""

import hashlib
import tracemalloc
from pathlib import Path

import pytest

from musings.errors import AttemptError, Cancelled
from musings.files.marking.xmp import mark_of
from musings.media.facts import EXCERPT_CHARACTERS, artifacts_of
from musings.models import ArtifactType, MadeFile, NewArtifact, Outcome
from tests.musings.files.marking.samples import perceived, sample, told_type
from tests.musings.media.drawn import slope
from tests.musings.media.recorded import film, sound

PLACE = "image/7_20260101T000000"


def found(directory: Path, *files: MadeFile) -> list[NewArtifact]:
    return artifacts_of(Outcome(files, "double"), directory, PLACE, lambda: None)


def test_a_picture_has_its_facts_beside_the_recipe(tmp_path: Path) -> None:
    slope(60, 30).save(tmp_path / "0001.png")
    [made] = found(tmp_path, MadeFile(tmp_path / "0001.png", ArtifactType.IMAGE, {"seed": 7}))
    assert made.file_path == f"{PLACE}/0001.png"
    assert made.preview_path == f"{PLACE}/previews/0001.png.webp"
    assert (made.metadata["seed"], made.metadata["width"], made.metadata["height"]) == (7, 60, 30)
    assert made.metadata["sha256"] == hashlib.sha256((tmp_path / "0001.png").read_bytes()).hexdigest()
    assert made.metadata["bytes"] == (tmp_path / "0001.png").stat().st_size
    assert made.metadata["thumbhash"]
    assert (tmp_path / "previews" / "0001.png.webp").is_file()


def test_a_sound_and_a_film(tmp_path: Path) -> None:
    sound(tmp_path / "a.wav", seconds=1.0)
    film(tmp_path / "b.mp4", frames=10)
    heard, seen = found(
        tmp_path, MadeFile(tmp_path / "a.wav", ArtifactType.AUDIO), MadeFile(tmp_path / "b.mp4", ArtifactType.VIDEO)
    )
    assert (heard.metadata["duration"], heard.metadata["sample_rate"], heard.metadata["channels"]) == (1.0, 48_000, 1)
    assert heard.metadata["loudness_lufs"] == pytest.approx(-9, abs=1)
    assert max(heard.metadata["peaks"]) == pytest.approx(0.5, abs=0.01)
    assert (seen.metadata["width"], seen.metadata["height"], seen.metadata["duration"]) == (64, 48, 1.0)
    assert all((tmp_path / str(each.preview_path).removeprefix(f"{PLACE}/")).is_file() for each in (heard, seen))


@pytest.mark.parametrize("content", [b"", "Ü🦊\n".encode() * 300, b"caf\xe9"])
def test_a_text_has_an_excerpt_and_no_preview(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(content)
    [made] = found(tmp_path, MadeFile(tmp_path / "a.md", ArtifactType.TEXT))
    words = content.decode("utf-8", "replace")
    assert made.preview_path is None
    assert (made.metadata["excerpt"], made.metadata["characters"]) == (words[:EXCERPT_CHARACTERS], len(words))


def test_scratch_files_go_and_named_ones_stay(tmp_path: Path) -> None:
    for name in ("kept/a.bin", "kept/scratch.tmp", "empty/x", "b.bin"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "link").symlink_to(tmp_path.parent)
    found(tmp_path, MadeFile(tmp_path / "kept" / "a.bin", ArtifactType.OTHER))
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")) == ["kept", "kept/a.bin"]
    assert tmp_path.parent.is_dir()


def test_the_files_own_facts_win_over_what_the_maker_said(tmp_path: Path) -> None:
    slope(20, 10).save(tmp_path / "a.png")
    [made] = found(tmp_path, MadeFile(tmp_path / "a.png", ArtifactType.IMAGE, {"width": 9999, "sha256": "no"}))
    assert made.metadata["width"] == 20
    assert made.metadata["sha256"] != "no"


def test_a_file_that_is_not_what_it_should_be_ends_the_attempt(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_text("no picture")
    with pytest.raises(AttemptError, match=r"a\.png"):
        found(tmp_path, MadeFile(tmp_path / "a.png", ArtifactType.IMAGE))


def test_it_can_be_stopped_before_each_file(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("x")

    def check() -> None:
        raise Cancelled("stop")

    with pytest.raises(Cancelled):
        artifacts_of(Outcome((MadeFile(tmp_path / "a.md", ArtifactType.TEXT),), "d"), tmp_path, PLACE, check)


def test_a_text_of_any_size_is_counted_in_pieces(tmp_path: Path) -> None:
    line = "Ü🦊 salt on the rail\r\n" * 50_000
    with (tmp_path / "a.txt").open("w", encoding="utf-8", newline="") as file:
        for _ in range(40):
            file.write(line)
    tracemalloc.start()
    [made] = found(tmp_path, MadeFile(tmp_path / "a.txt", ArtifactType.TEXT))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert made.metadata["characters"] == 40 * len(line.replace("\r", ""))
    assert peak < 20_000_000 < (tmp_path / "a.txt").stat().st_size


@pytest.mark.parametrize("name", ["a.png", "a.flac", "a.wav", "a.mp4"])
@pytest.mark.parametrize("engine", ["sketch", "speech"])
def test_a_file_of_ours_says_what_made_it_and_its_preview_too(tmp_path: Path, name: str, engine: str) -> None:
    suffix, path = name.partition(".")[2], tmp_path / name
    path.write_bytes(sample(suffix))
    kinds = {"png": ArtifactType.IMAGE, "mp4": ArtifactType.VIDEO}
    kind = kinds.get(suffix, ArtifactType.AUDIO)
    [made] = found(tmp_path, MadeFile(path, kind, {"engine": engine, "prompt": "a <fox>"}, is_ours=True))
    source = mark_of(engine).source.address
    assert told_type(path.read_bytes(), suffix) == source
    assert told_type((tmp_path / "previews" / f"{name}.webp").read_bytes(), "webp") == source
    assert b"fox" not in (tmp_path / "previews" / f"{name}.webp").read_bytes()
    assert perceived(path.read_bytes(), suffix) == perceived(sample(suffix), suffix)
    assert made.metadata["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_file_of_another_program_stays_as_it_came_and_its_preview_is_ours(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(sample("png"))
    found(tmp_path, MadeFile(tmp_path / "a.png", ArtifactType.IMAGE, {"engine": "comfyui"}))
    assert (tmp_path / "a.png").read_bytes() == sample("png")
    assert told_type((tmp_path / "previews" / "a.png.webp").read_bytes(), "webp") == mark_of("comfyui").source.address


def test_marks_can_be_switched_off(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(sample("png"))
    file = MadeFile(tmp_path / "a.png", ArtifactType.IMAGE, {"engine": "sketch"}, is_ours=True)
    artifacts_of(Outcome((file,), "double"), tmp_path, PLACE, lambda: None, marks=False)
    assert (tmp_path / "a.png").read_bytes() == sample("png")
    assert told_type((tmp_path / "previews" / "a.png.webp").read_bytes(), "webp") is None
