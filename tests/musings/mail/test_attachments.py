"""Which files fit into one mail."""

from musings.files.media_root import MediaRoot
from musings.mail.attachments import within
from musings.models import Artifact, ArtifactType
from tests.conftest import MakeSettings


def test_the_small_ones_fit_and_what_is_gone_does_not(make_settings: MakeSettings, media_root: MediaRoot) -> None:
    settings = make_settings(mail={"attach_megabytes": 0.001})
    sizes = {"a.txt": 600, "b.txt": 600, "c.txt": 300, "gone.txt": None}
    made = []
    for number, (name, size) in enumerate(sizes.items(), 1):
        if size is not None:
            (media_root.folder / name).write_bytes(b"x" * size)
        made.append(Artifact(number, 1, ArtifactType.OTHER, name, None, {}, None))
    attached, left_out = within(settings, made)
    assert [(each.file_path, len(content)) for each, content in attached] == [("a.txt", 600), ("c.txt", 300)]
    assert [each.file_path for each in left_out] == ["b.txt", "gone.txt"]
