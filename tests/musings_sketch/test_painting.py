"""The painter: the same bytes for the same words, and pictures that do what the words say."""

import hashlib
import os
import subprocess
import sys
import time
from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from musings.errors import Cancelled
from musings_sketch.painting import SCENES, paint, paint_plan
from musings_sketch.painting.media import MEDIA
from musings_sketch.painting.planning import PicturePlan, plan
from musings_sketch.painting.things.draw import FIGURES
from musings_sketch.words import Thing, read

TEXT = "a quiet evening"


def pixels(image: Image.Image) -> npt.NDArray[np.float64]:
    return np.asarray(image, np.float64)


def difference(one: Image.Image, other: Image.Image) -> float:
    """Mean absolute difference, 0..255."""
    return float(np.abs(pixels(one) - pixels(other)).mean())


def warmth(image: Image.Image) -> float:
    red, _, blue = pixels(image).mean(axis=(0, 1))
    return float(red - blue)


def planned(scene: str, medium: str = "plain", *things: Thing) -> PicturePlan:
    made = plan(TEXT, 1)
    return replace(made, scene=scene, medium=medium, reading=replace(made.reading, things=things))


def show(what: PicturePlan, side: int = 96) -> Image.Image:
    return paint_plan(what, TEXT, 1, side, side)


@cache
def shown_scene(scene: str) -> Image.Image:
    return show(planned(scene))


def at_noon(scene: str) -> PicturePlan:
    return replace(planned(scene), reading=replace(read("noon"), things=()))


@cache
def shown_at_noon(scene: str) -> Image.Image:
    return show(at_noon(scene))


def digest(image: Image.Image) -> str:
    return hashlib.sha256(image.tobytes()).hexdigest()


@pytest.mark.parametrize("text", ["two red boats at sunset", "", "🌙", "日本の夜", "x", "a\0b"])
def test_the_same_words_and_seed_give_the_same_bytes(text: str) -> None:
    assert paint(text, 7, 80, 64).tobytes() == paint(text, 7, 80, 64).tobytes()


def test_the_bytes_do_not_hang_on_the_process() -> None:
    program = (
        "import hashlib; from musings_sketch.painting import paint;"
        "print(hashlib.sha256(paint('a fox in the rain', 3, 64, 64).tobytes()).hexdigest())"
    )
    path = os.pathsep.join(entry for entry in sys.path if entry)
    found = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONPATH": path, "PYTHONHASHSEED": seed, "OMP_NUM_THREADS": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert found == {digest(paint("a fox in the rain", 3, 64, 64))}


@pytest.mark.parametrize(("width", "height"), [(64, 64), (64, 200), (333, 65), (512, 384)])
def test_every_size_is_the_size_asked_for(width: int, height: int) -> None:
    image = paint("mountains and a lake", 1, width, height)
    assert (image.size, image.mode) == ((width, height), "RGB")


@pytest.mark.parametrize(("width", "height"), [(63, 64), (64, 2049), (0, 64), (-5, 100)])
def test_a_size_outside_the_limits_is_refused(width: int, height: int) -> None:
    with pytest.raises(ValueError, match="64 to 2048"):
        paint("x", 1, width, height)


@pytest.mark.parametrize("scene", SCENES)
def test_every_scene_is_a_picture_and_changes_with_the_seed(scene: str) -> None:
    first = shown_scene(scene)
    second = paint_plan(planned(scene), TEXT, 2, 96, 96)
    assert pixels(first).std() > 12
    assert difference(first, second) > 5


def test_scenes_differ_from_each_other() -> None:
    shown = [shown_scene(scene).resize((32, 32)) for scene in SCENES]
    assert min(difference(one, other) for at, one in enumerate(shown) for other in shown[:at]) > 6


@pytest.mark.parametrize("medium", MEDIA)
def test_every_medium_leaves_the_picture_recognisable(medium: str) -> None:
    plain, made = shown_scene("sea"), show(planned("sea", medium))
    if medium != "plain":
        assert difference(plain, made) > 1
    small = [pixels(image.convert("L").resize((6, 6), Image.Resampling.BOX)).ravel() for image in (plain, made)]
    assert np.corrcoef(small[0], small[1])[0, 1] > 0.5


@pytest.fixture(scope="module")
def empty_lake() -> Image.Image:
    return show(planned("lake"), 128)


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_every_figure_is_drawn_when_it_is_named(name: str, empty_lake: Image.Image) -> None:
    shown = show(planned("lake", "plain", Thing(name, name)), 128)
    changed = np.abs(pixels(shown) - pixels(empty_lake)).max(axis=2) > 12
    assert changed.sum() >= 12


@pytest.mark.parametrize(
    "name", ["moon", "sun", "stars", "aurora", "rainbow", "comet", "lightning", "cloud", "village", "waterfall"]
)
def test_sky_and_land_are_changed_by_what_is_named(name: str) -> None:
    scene = "lake" if name == "waterfall" else "desert"
    named = replace(at_noon(scene), reading=replace(at_noon(scene).reading, things=(Thing(name, name),)))
    changed = np.abs(pixels(show(named)) - pixels(shown_at_noon(scene))).max(axis=2) > 8
    assert changed.sum() > 12


@pytest.mark.parametrize("scene", [scene for scene in SCENES if scene != "underwater"])
def test_the_moon_hangs_where_the_light_is(scene: str) -> None:
    night = replace(planned(scene), reading=replace(read("night"), things=()))
    moonlit = replace(night, reading=replace(night.reading, things=(Thing("moon", "full moon"),)))
    without, with_moon = (pixels(show(each)).mean(axis=2) for each in (night, moonlit))
    change = np.abs(with_moon - without)
    x, y = (round(share * 96) for share in night.light)
    assert change[max(0, y - 5) : y + 6, max(0, x - 5) : x + 6].max() > 25


def test_no_moon_is_drawn_that_was_not_asked_for() -> None:
    texts = ("a lake at night", "a lake at night without a moon", "a dark city", "stars over the sea")
    assert not any("moon" in plan(text, seed).things for text in texts for seed in range(3))


def test_a_named_colour_paints_the_thing() -> None:
    red, blue = (
        show(planned("lake", "plain", Thing("balloon", "balloon", 1, colour)), 128) for colour in ("red", "blue")
    )
    changed = np.abs(pixels(red) - pixels(blue)).max(axis=2) > 40
    assert changed.sum() > 20
    assert (pixels(red)[changed][:, 0] > pixels(blue)[changed][:, 0] + 20).mean() > 0.8


def test_more_are_more() -> None:
    one, five = (show(planned("lake", "plain", Thing("boat", "boat", count)), 128) for count in (1, 5))
    empty = show(planned("lake"), 128)
    covered = [(np.abs(pixels(image) - pixels(empty)).max(axis=2) > 12).sum() for image in (one, five)]
    assert covered[1] > covered[0] * 1.3


def test_words_move_the_colours() -> None:
    def mean_warmth(text: str) -> float:
        return sum(warmth(paint(text, seed, 64, 64)) for seed in range(2)) / 2

    assert mean_warmth("a red sunset over the sea") > mean_warmth("a blue night over the sea") + 60


def test_words_move_the_light() -> None:
    def mean_light(text: str) -> float:
        return sum(float(pixels(paint(text, seed, 64, 64)).mean()) for seed in range(2)) / 2

    assert mean_light("joyful hills in the morning") > mean_light("dark hills at midnight") + 40


def test_a_green_forest_is_greener_than_an_autumn_one() -> None:
    def green(text: str) -> float:
        red, middle, _ = pixels(paint(text, 1, 96, 96)).mean(axis=(0, 1))
        return float(middle - red)

    assert green("green forest in summer") > green("autumn forest") + 5


def test_settings_and_things_choose_the_scene() -> None:
    wanted = {
        "waves on the ocean": "sea",
        "saturn": "space",
        "a camel": "desert",
        "roses and butterflies": "garden",
        "neon skyscrapers": "city",
        "jellyfish": "underwater",
    }
    assert {text: plan(text, 5).scene for text in wanted} == wanted


def test_named_media_are_used() -> None:
    assert {plan(f"{word} of a boat", 1).medium for word in ("watercolour", "aquarelle")} == {"watercolour"}
    assert plan("pixel art of a castle", 1).medium == "pixel"


def test_an_empty_scene_gets_a_small_thing_unless_it_was_refused() -> None:
    assert any(plan("the sea", seed).things for seed in range(6))
    assert not any("boat" in plan("the sea without a boat", seed).things for seed in range(12))


def test_unknown_words_still_steer() -> None:
    assert difference(paint("qwrzt", 1, 64, 64), paint("qwrzs", 1, 64, 64)) > 5


def test_progress_runs_from_nothing_to_all() -> None:
    told: list[float] = []
    paint("a lake", 1, 64, 64, progress=told.append)
    assert told == sorted(told)
    assert 0 <= told[0] < 0.2
    assert told[-1] == 1.0


@pytest.mark.parametrize("after", [0, 1, 5, 40])
def test_check_stops_the_work_at_once(after: int) -> None:
    calls = 0

    def check() -> None:
        nonlocal calls
        calls += 1
        if calls > after:
            raise Cancelled("stop")

    with pytest.raises(Cancelled):
        paint("a forest in the rain", 1, 128, 128, check=check)
    assert calls == after + 1


def test_check_is_called_all_the_time() -> None:
    """No stretch between two looks is longer than an eighth of the work, whatever the machine needs for it.

    Of three runs the shortest of each stretch counts: what else the machine does must not be taken for our work.
    """

    def stretches() -> list[float]:
        looks = [time.thread_time()]
        plan = planned("forest", "watercolour")
        paint_plan(plan, TEXT, 1, 512, 512, check=lambda: looks.append(time.thread_time()))
        return [after - before for before, after in pairwise(looks)]

    shortest = [min(runs) for runs in zip(stretches(), stretches(), stretches(), strict=True)]
    assert len(shortest) > 30
    assert max(shortest) < sum(shortest) / 8


@settings(max_examples=8, deadline=None)
@given(st.text(max_size=200), st.integers(0, 2**53 - 1))
def test_any_text_and_seed_can_be_painted(text: str, seed: int) -> None:
    assert paint(text, seed, 64, 64).size == (64, 64)


def test_a_very_long_prompt_can_be_painted() -> None:
    assert paint("the moon over the sea and " * 4000, 1, 64, 64).size == (64, 64)
