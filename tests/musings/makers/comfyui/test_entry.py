"""ComfyUI servers in the list of makers: what they can run, what is left there, what a file is."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from fake_comfyui.server import FakeComfy
from musings.errors import InvalidInputError
from musings.makers.base import DefaultGround, Wanted
from musings.makers.comfyui.entry import ComfyUIMaker
from musings.makers.comfyui.pipeline import ComfyUIPipeline
from musings.models import Kind
from tests.conftest import MakeSettings
from tests.musings.makers.comfyui.graphs import node, painting, picture
from tests.waiting import until

NOWHERE = "http://127.0.0.1:9"
Opened = Callable[..., ComfyUIMaker]


@pytest.fixture
def opened(make_settings: MakeSettings) -> Iterator[Opened]:
    """The maker of some servers, with these files; closed at the end."""
    with ExitStack() as stack:

        def make(*urls: str, **files: object) -> ComfyUIMaker:
            settings = make_settings(media={"comfyui": {"hosts": list(urls), "unreachable_seconds": 1}})
            settings.media.workflows.mkdir(exist_ok=True)
            for name, graph in files.items():
                (settings.media.workflows / f"{name}.json").write_text(json.dumps(graph))
            made = ComfyUIMaker(settings)
            stack.callback(made.close)
            return made

        yield make


def test_a_graph_is_chosen_with_its_version(fake: FakeComfy, opened: Opened) -> None:
    chosen = opened(fake.url, fox=painting()).choose(Wanted(Kind.IMAGE, "fox"))
    assert chosen is not None
    assert isinstance(chosen.pipeline, ComfyUIPipeline)
    assert chosen.version is not None
    assert "seed" in {field.role for field in chosen.form}


def test_each_server_says_what_it_lacks(fake: FakeComfy, opened: Opened) -> None:
    lacking = painting() | {"20": node("NobodyHasThis")}
    maker = opened(fake.url, NOWHERE, fox=painting(), hare=lacking)
    fine, wrong = maker.check("fox"), maker.check("hare")
    assert fine is not None
    assert (fine.usable, fine.places) == (True, [fake.url])
    assert [each.where for each in fine.problems] == [NOWHERE]
    assert wrong is not None
    assert not wrong.usable
    assert {each.wanted for each in wrong.problems} >= {"NobodyHasThis"}


def test_servers_are_listed_with_how_they_are(fake: FakeComfy, opened: Opened) -> None:
    there, away = opened(fake.url, NOWHERE).backends()
    assert (there.url, there.reachable, there.queue_length) == (fake.url, True, 0)
    assert (away.url, away.reachable) == (NOWHERE, False)
    assert away.last_error


def test_places_are_those_of_the_servers(fake: FakeComfy, opened: Opened) -> None:
    assert opened(fake.url).places() == 1
    assert opened(fake.url, NOWHERE).places() == 2, "until somebody watches, nothing is known to be away"


def test_what_a_server_lacks_alone_is_no_default(fake: FakeComfy, opened: Opened) -> None:
    def proposed(maker: ComfyUIMaker) -> str | None:
        found = maker.propose(Kind.IMAGE, DefaultGround.FOUND, wait=True)
        return None if found is None else found.workflow

    assert proposed(opened(fake.url, fox=painting())) == "fox"
    wrong = painting()
    wrong["4"]["inputs"]["ckpt_name"] = "nowhere.safetensors"
    assert proposed(opened(fake.url, fox=wrong)) is None
    assert proposed(opened(fake.url, NOWHERE, fox=wrong)) == "fox", "each of several may lack something else"


def test_jobs_that_are_wanted_no_more_are_taken_away_when_the_server_answers(fake: FakeComfy, opened: Opened) -> None:
    maker = opened(fake.url)
    maker.watch(lambda: None)
    assert maker.leave(f"comfy|{fake.url}|job-1")
    until(lambda: not maker.has_left(f"comfy|{fake.url}|job-1"))
    assert maker.leave("comfy|http://gone:1|job-2")
    assert not maker.has_left("comfy|http://gone:1|job-2"), "a server that is configured no more"
    assert not maker.has_left("process:1:2")


def test_a_file_is_looked_at_without_being_kept(fake: FakeComfy, opened: Opened) -> None:
    maker = opened(fake.url)
    found = maker.inspect("fox.json", json.dumps(painting(text="a red fox")).encode())
    assert found is not None
    assert (found.workflow.name, found.checked.usable, found.words) == ("fox", True, "a red fox")
    assert found.version is not None
    assert maker.workflows() == []


def test_other_servers_may_be_asked_in_place_of_ours(fake: FakeComfy, opened: Opened) -> None:
    maker = opened(NOWHERE)
    content = json.dumps(picture()).encode()
    here, there = maker.inspect("a.json", content), maker.inspect("a.json", content, [fake.url])
    assert here is not None
    assert there is not None
    assert (here.checked.usable, there.checked.places) == (False, [fake.url])
    with pytest.raises(InvalidInputError, match="no address"):
        maker.inspect("a.json", content, ["http://[::1"])


def test_a_file_is_kept_and_moved_aside(fake: FakeComfy, opened: Opened) -> None:
    maker = opened(fake.url)
    assert maker.add("fox.json", json.dumps(painting()).encode()) == "fox"
    assert [each.name for each in maker.workflows()] == ["fox"]
    assert maker.remove("fox")
    assert maker.workflows() == []
