"""Which workflow a prompt gets, and what runs it."""

import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from musings.config.settings import Settings
from musings.errors import ConflictError, InvalidInputError, NotFoundError
from musings.makers.base import DefaultGround, MakerList
from musings.makers.choice import Makers
from musings.models import Kind, NewPrompt, Prompt
from musings.store.database import Database
from musings.store.queue import submission
from tests.conftest import MakeSettings
from tests.musings.makers.comfyui.graphs import painting
from tests.musings.makers.named import Named, Wrapped


def asked(database: Database, workflow: str | None) -> Prompt:
    return database.writing(submission.add, NewPrompt("a fox", "image", workflow=workflow))[0]


def test_the_first_that_chooses_wins_and_the_last_decorator_is_outermost(database: Database) -> None:
    makers = Makers(opened=MakerList((Named("a"), Named("b")), (Wrapped("1"), Wrapped("2"))))
    assert makers.choose(Kind.IMAGE, asked(database, "b")).pipeline.name == "b12"
    assert [each.title for each in makers.offered()] == ["a12", "b12"]
    with pytest.raises(InvalidInputError, match="there is no workflow 'c' for image prompts; there are: a, b"):
        makers.choose(Kind.IMAGE, asked(database, "c"))
    with pytest.raises(NotFoundError):
        makers.check("c")


def test_ranks_order_the_list_and_the_default_comes_first() -> None:
    makers = Makers(opened=MakerList((Named("a", rank=2), Named("b"), Named("c", {DefaultGround.BUILT_IN: 0}, rank=1))))
    assert [each.name for each in makers.offered()] == ["b", "c", "a"]
    assert [each.name for each in makers.workflows()] == ["c", "b", "a"]


def files(make_settings: MakeSettings, folder: Path) -> Settings:
    (folder / "media").mkdir(exist_ok=True)
    (folder / "media" / "fox.json").write_text(json.dumps(painting()))
    (folder / "media" / "broken.json").write_text("{")
    return make_settings(media={"comfyui": {"hosts": ["http://127.0.0.1:9"]}})


def test_a_prompt_is_submitted_with_the_file_as_it_is_now(make_settings: MakeSettings, tmp_path: Path) -> None:
    with closing(Makers(files(make_settings, tmp_path))) as makers:
        found = makers.resolve(Kind.IMAGE, "fox")
        assert found.version is not None
        assert json.loads(json.loads(found.version.content)["text"]) == painting()
        assert found.version.hash == makers.hashes()["fox"]
        assert makers.resolve(Kind.IMAGE, "sketch-image").version is None, "what is no file has none"


def test_a_named_file_that_cannot_be_read_is_refused(make_settings: MakeSettings, tmp_path: Path) -> None:
    with closing(Makers(files(make_settings, tmp_path))) as makers:
        with pytest.raises(InvalidInputError, match="broken cannot be used"):
            makers.resolve(Kind.IMAGE, "broken")
        with pytest.raises(InvalidInputError, match="there is no workflow 'hare'"):
            makers.form(Kind.IMAGE, "hare")


def test_what_may_become_the_default_can_be_used(make_settings: MakeSettings, tmp_path: Path) -> None:
    with closing(Makers(files(make_settings, tmp_path))) as makers:
        assert makers.check_default("fox").name == "fox"
        with pytest.raises(ConflictError, match="cannot be used"):
            makers.check_default("broken")
        with pytest.raises(NotFoundError):
            makers.check_default("hare")


def test_what_the_configuration_names_leaves_no_choice(make_settings: MakeSettings, tmp_path: Path) -> None:
    files(make_settings, tmp_path)
    settings = make_settings(media={"scripts": {"image": "media/fox.json"}})
    with closing(Makers(settings)) as makers:
        assert makers.fixed(Kind.IMAGE) == "fox"
        with pytest.raises(ConflictError, match=r"names fox for image prompts \(media.scripts.image\)"):
            makers.check_default("sketch-image")


def test_a_prompt_waits_for_the_slot_of_whoever_makes_it() -> None:
    makers = Makers(opened=MakerList((Named("a"), Named("b", {DefaultGround.BUILT_IN: 0}))))
    assert makers.makers(Kind.IMAGE) == {"a": "a", "b": "b", None: "b"}


def test_a_pinned_version_that_was_not_kept_is_told(database: Database) -> None:
    makers = Makers(opened=MakerList((Named("a"),)))
    prompt = replace(asked(database, "a"), workflow_hash="0" * 64)
    with pytest.raises(NotFoundError, match="000000000000… was not kept"):
        makers.choose(Kind.IMAGE, prompt)


def test_a_default_that_a_prompt_was_submitted_with_stays_its_own(database: Database) -> None:
    makers = Makers(opened=MakerList((Named("a", {DefaultGround.BUILT_IN: 0}), Named("b"))))
    waiting = asked(database, None)
    of_old = replace(waiting, instructions=replace(waiting.instructions, workflow="b"))
    gone = replace(waiting, instructions=replace(waiting.instructions, workflow="removed since"))
    assert [makers.choose(Kind.IMAGE, each).pipeline.name for each in (waiting, of_old, gone)] == ["a", "b", "a"]


def test_what_nobody_makes_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="nothing here makes music prompts"):
        Makers(opened=MakerList((Named("a"),))).default_of(Kind.MUSIC)
