"""On a lesser processor the last bit of a colour or a sample may differ, and nothing more."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np

PROGRAM = """
import sys, numpy as np
from musings_sketch.music import compose, render
from musings_sketch.painting import paint
texts = "a castle on a hill at sunset, oil painting", "hills in autumn, linocut", "a fox in the forest, etching"
pictures = [np.asarray(paint(text, 0, 128, 96), np.int16) for text in texts]
np.savez(sys.argv[1], pictures=pictures, sound=render(compose("smoky jazz", 1, 20), sample_rate=11025))
"""


def made(file: Path, **variables: str) -> tuple[np.ndarray, np.ndarray]:
    """The pictures and the sound of a process of its own, whose numpy is told what it may use."""
    paths = {"PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", PROGRAM, str(file)], env={**os.environ, **paths, **variables}, check=True)
    with np.load(file) as kept:
        return kept["pictures"], kept["sound"]


def test_a_lesser_processor_makes_nearly_the_same(tmp_path: Path) -> None:
    used = np.show_config(mode="dicts")["SIMD Extensions"]["found"]
    pictures, sound = made(tmp_path / "usual.npz")
    variables = {"NPY_DISABLE_CPU_FEATURES": " ".join(used), "OPENBLAS_CORETYPE": "Prescott"}
    lesser_pictures, lesser_sound = made(tmp_path / "lesser.npz", **variables)
    differs = np.abs(pictures - lesser_pictures)
    assert differs.max() <= 4
    assert (differs > 1).mean() < 0.001
    assert np.abs(sound - lesser_sound).max() < 1e-4
