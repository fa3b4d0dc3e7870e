"""Each workflow file as it was seen last and before that."""

import json

from musings.models import WorkflowVersion
from musings.store.database import Database
from musings.store.gallery import workflows, workflows_seen


def version(text: str, sidecar: str | None = None, name: str = "fox") -> WorkflowVersion:
    content = {"file": f"{name}.json", "text": text, "sidecar": sidecar}
    return WorkflowVersion(f"hash of {text} {sidecar}", name, "comfyui", json.dumps(content))


def test_what_was_seen_last_becomes_what_was_before(database: Database) -> None:
    first = database.writing(workflows_seen.note, version("one"))
    assert (first.hash, first.before) == ("hash of one None", None)
    assert database.writing(workflows_seen.note, version("one")) == first
    second = database.writing(workflows_seen.note, version("two"))
    assert (second.hash, second.before) == ("hash of two None", "hash of one None")
    assert second.changed_at >= first.changed_at
    database.writing(workflows_seen.note, version("else", name="owl"))
    seen = database.reading(workflows_seen.read)
    assert {name: each.hash for name, each in seen.items()} == {"fox": second.hash, "owl": "hash of else None"}
    # Kept with its content, because the file on the disk is another one by now.
    assert database.reading(workflows.find, "hash of one None") == version("one")


def test_a_sidecar_means_the_version_that_it_was_first_seen_with(database: Database) -> None:
    assert database.reading(workflows_seen.meant_by_sidecar, "fox") is None
    for text in ("one", "two", "three"):
        database.writing(workflows_seen.note, version(text, "about one"))
    assert database.reading(workflows_seen.meant_by_sidecar, "fox") == version("one", "about one")
    database.writing(workflows_seen.note, version("three", "about three"))
    assert database.reading(workflows_seen.meant_by_sidecar, "fox") == version("three", "about three")


def test_a_file_that_was_only_used_by_prompts_is_known_by_what_they_used(database: Database) -> None:
    for each in (version("old", "about it"), version("else", name="owl")):
        database.writing(workflows.keep, each)
    seen = database.writing(workflows_seen.note, version("new", "about it"))
    assert (seen.before, seen.sidecar_since) == ("hash of old about it", "hash of old about it")
    # What was used as it is has not changed since.
    assert database.writing(workflows_seen.note, version("else", name="owl")).before is None
