"""What a maker is: the protocol and its values, held against every maker there is."""

import inspect
from pathlib import Path

import pytest

from musings.makers import all as every
from musings.makers.base import Checked, Chosen, DefaultGround, Maker, MakerList, Wanted, Workflow
from musings.makers.simple import SimpleMaker
from musings.models import Kind, Outcome
from tests.conftest import MakeSettings
from tests.musings.makers.contexts import Told
from tests.musings.makers.named import Named


def methods(of: type) -> dict[str, inspect.Signature]:
    found = inspect.getmembers(of, inspect.isfunction)
    return {name: inspect.signature(each) for name, each in found if not name.startswith("_")}


def test_a_maker_without_an_answer_of_its_own_answers_everything() -> None:
    """Whoever adds a question to the protocol gives makers that have nothing to say of it an empty answer."""
    assert methods(Maker).keys() <= methods(SimpleMaker).keys() | {"workflows", "choose"}


def test_every_maker_takes_what_the_protocol_says(make_settings: MakeSettings) -> None:
    opened: MakerList = every.open_makers(make_settings())
    assert len(opened.makers) >= 4
    for maker in opened.makers:
        mine = methods(type(maker))
        for name, asked in methods(Maker).items():
            taken = list(mine[name].parameters.values())
            for given, wanted in zip(taken, asked.parameters.values(), strict=True):
                assert (given.name, given.kind) == (wanted.name, wanted.kind), (maker.name, name)
        maker.close()


def test_makers_have_names_of_their_own(make_settings: MakeSettings) -> None:
    opened = every.open_makers(make_settings())
    names = [maker.name for maker in opened.makers]
    assert len(set(names)) == len(names)
    for maker in opened.makers:
        assert all(each.source == maker.name for each in maker.workflows())
        maker.close()


def test_a_workflow_with_a_reason_cannot_be_used() -> None:
    plain = Workflow("a", Kind.IMAGE, "A", "", "me", ())
    assert plain.usable
    assert not Workflow("a", Kind.IMAGE, "A", "", "me", (), reason="its server is away").usable


def test_grounds_for_a_default_are_in_the_order_in_which_they_count() -> None:
    assert list(DefaultGround) == [
        DefaultGround.CONFIGURED,
        DefaultGround.SET_UP,
        DefaultGround.FOUND,
        DefaultGround.BUILT_IN,
    ]


def test_values_do_not_share_what_can_change(tmp_path: Path) -> None:
    one, other = Chosen(Named("a"), ()), Chosen(Named("a"), ())
    assert one.values is not other.values
    assert Checked(True, []).places is not Checked(True, []).places


def test_a_maker_can_be_run_without_a_worker(tmp_path: Path) -> None:
    """It sees a job and a context, and never the database."""
    chosen = Named("a").choose(Wanted(Kind.IMAGE, "a"))
    assert chosen is not None
    parameters = inspect.signature(chosen.pipeline.run).parameters
    assert list(parameters) == ["job", "context"]
    assert isinstance(Named("a").run(None, Told()), Outcome)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["b", None])
def test_what_is_not_ones_own_is_left_to_others(name: str | None) -> None:
    assert Named("a").choose(Wanted(Kind.IMAGE, name)) is None
