"""Names of results lead nowhere else, whatever a row holds."""

import pytest

from musings.files.result_names import result_name, writing_name


@pytest.mark.parametrize(
    ("file_path", "name"),
    [
        ("image/12_20261122T101500/0001.png", "12-7-0001.png"),
        ("../../etc/passwd", "12-7-passwd"),
        ("..", "12-7-.."),
        ("a\\..\\evil.exe", "12-7-evil.exe"),
        ("", "12-7-file"),
        ("/", "12-7-file"),
        ("a/new\nline\x00.png", "12-7-new_line_.png"),
        ("x" * 300 + ".png", "12-7-" + "x" * 146 + ".png"),
    ],
)
def test_a_name_is_plain(file_path: str, name: str) -> None:
    assert result_name(12, 7, file_path) == name
    assert "/" not in name


def test_the_name_of_a_text() -> None:
    assert writing_name(12) == "12-writing.md"
