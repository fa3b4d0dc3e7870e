"""The files and texts that a job left."""

import pytest

from musings.makers.comfyui.outputs import OutputFile, OutputText, files_of, node_order, texts_of


def file(name: str, **more: object) -> dict[str, object]:
    return {"filename": name, "subfolder": "", "type": "output", **more}


def test_files_come_from_every_key_and_every_depth_in_node_order() -> None:
    outputs = {
        "10": {"images": [file("ten.png")], "animated": [True]},
        "9": {"gifs": [file("nine.mp4", format="video/h264-mp4", frame_rate=8)]},
        "57:6": {"strange": [[file("deep.glb")], None, 3]},
        "2": {"audio": [file("two.flac", subfolder="a/b")]},
    }
    assert [found.filename for found in files_of(outputs)] == ["two.flac", "nine.mp4", "ten.png", "deep.glb"]
    assert files_of(outputs)[0] == OutputFile("2", "audio", "two.flac", "a/b", "output")
    assert texts_of(outputs) == (OutputText("57:6", "strange", "3"),)


def test_a_file_named_twice_counts_once() -> None:
    assert len(files_of({"1": {"images": [file("a.png"), file("a.png")]}})) == 1


def test_strings_and_nulls_in_lists_are_no_files() -> None:
    outputs = {"1": {"result": ["3d/x.glb", None, None]}, "2": None, "3": {"x": {"filename": 7}}}
    assert files_of(outputs) == ()
    assert [text.text for text in texts_of(outputs)] == ["3d/x.glb"]


def test_temporary_files_count_only_when_nothing_is_saved() -> None:
    temp = file("t.png", type="temp")
    assert [found.filename for found in files_of({"1": {"images": [temp]}})] == ["t.png"]
    assert [found.filename for found in files_of({"1": {"images": [temp]}, "2": {"a": [file("o.png")]}})] == ["o.png"]
    assert files_of({"1": {"images": [file("i.png", type="input")]}}) == ()


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("a.PNG", ".png"),
        ("a", ".bin"),
        ("a.tar.gz", ".gz"),
        ("a.p/g", ".bin"),
        ("a.longlonglong", ".bin"),
        ("é.ö", ".bin"),
    ],
)
def test_suffixes(name: str, suffix: str) -> None:
    assert OutputFile("1", "images", name).suffix == suffix


def test_node_ids_sort_as_numbers() -> None:
    assert sorted(["10", "9", "57:6", "57:10", "a b"], key=node_order) == ["9", "10", "57:6", "57:10", "a b"]


def test_any_node_id_has_its_place() -> None:
    """``²`` is a digit and no number; a number of thousands of digits is none that Python reads."""
    assert sorted(["²", "9" * 5_000, "", "a", "2", "\ud800"], key=node_order)[0] == "2"


def test_what_is_shown_of_a_name_is_short_and_can_be_printed() -> None:
    assert OutputFile("1", "images", "a.png", "b").shown == "output/b/a.png"
    for name in ("a\0b", "\ud800", "\x1b[31m", "a\r\nb", "x" * 10_000):
        assert OutputFile("1", "images", name).shown.isprintable()
        assert len(OutputFile("1", "images", name).shown) < 250


def test_lists_in_lists_are_read_to_any_depth() -> None:
    value: object = file("a.png")
    for _ in range(5_000):
        value = [value]
    assert [found.filename for found in files_of({"1": {"x": value}})] == ["a.png"]
