"""`musings show`: one prompt with everything that belongs to it."""

from musings.models import ArtifactType, NewArtifact
from musings.store.database import Database
from musings.store.gallery import artifacts
from tests.musings.command_line import Run


def test_show(run: Run, database: Database) -> None:
    run("submit", "a fox", "--type", "image")
    made = NewArtifact(ArtifactType.IMAGE, "image/1_x/0001.png", None, {})
    database.writing(artifacts.record_prompt_artifacts, 1, [made])
    said = run("show", "1")
    assert said.code == 0
    assert said.out.startswith("Prompt 1, image, completed\n  a fox\n")
    assert "GeneratedMedia/image/1_x/0001.png" in said.out
    assert run("show", "1", "--json").json["artifacts"][0]["file_path"] == "image/1_x/0001.png"
    missing = run("show", "2")
    assert (missing.code, missing.out, missing.err) == (1, "", "musings: There is no prompt 2.\n")
