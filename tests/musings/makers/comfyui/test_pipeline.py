"""The ComfyUI pipeline: one attempt on real HTTP, what it writes down, and where it goes when a server is away."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from fake_comfyui.server import FakeComfy
from musings.config.settings import Settings
from musings.errors import PassingFault, ServerCrash, Unavailable, UserFault
from musings.makers.base import Wanted
from musings.makers.comfyui.entry import ComfyUIMaker
from musings.makers.comfyui.pipeline import MOST_CRASHES
from musings.makers.comfyui.whereabouts import Whereabouts
from musings.models import Instructions, Job, Json, Kind, Outcome
from tests.conftest import MakeSettings
from tests.musings.makers.comfyui.graphs import painting, picture, spoken
from tests.musings.makers.contexts import Told

NOWHERE = "http://127.0.0.1:9"
Ran = Callable[..., Outcome]


@pytest.fixture
def ran(make_settings: MakeSettings, tmp_path: Path) -> Iterator[Ran]:
    """Run a graph once, as an attempt of a prompt would."""
    with ExitStack() as stack:

        def run(
            context: Told,
            *urls: str,
            graph: object = None,
            resume: str | None = None,
            reproduces: int | None = None,
            **parameters: Json,
        ) -> Outcome:
            settings: Settings = make_settings(media={"comfyui": {"hosts": list(urls), "unreachable_seconds": 1}})
            settings.media.workflows.mkdir(exist_ok=True)
            (settings.media.workflows / "fox.json").write_text(json.dumps(graph or painting()))
            maker = ComfyUIMaker(settings)
            stack.callback(maker.close)
            chosen = maker.choose(Wanted(Kind.IMAGE, "fox"))
            assert chosen is not None
            folder = tmp_path / "job"
            folder.mkdir(exist_ok=True)
            job = Job(
                1, 1, Kind.IMAGE, "image", "a violet fox", parameters, folder,
                resume=resume, instructions=Instructions(reproduces=reproduces),
            )  # fmt: skip
            return chosen.pipeline.run(job, context)

        yield run


def test_the_words_and_values_of_the_prompt_are_in_what_is_made(fake: FakeComfy, ran: Ran) -> None:
    told = Told()
    outcome = ran(told, fake.url, seed=7)
    [made] = outcome.files
    assert made.path.is_file()
    assert outcome.backend == fake.url
    recipe = made.metadata
    assert (recipe["prompt"], recipe["seed"], recipe["workflow"]) == ("a violet fox", 7, "fox")
    assert recipe["comfyui_prompt_id"] in told.outside[-1]
    assert "fetching" in told.steps


def test_its_job_is_written_down_before_it_is_sent(fake: FakeComfy, ran: Ran) -> None:
    told = Told()
    seen: list[int] = []
    told.started = lambda external_id: seen.append(sum(fake.counts.posts.values()))  # type: ignore[method-assign]
    ran(told, fake.url)
    assert seen == [0]


def test_a_job_of_an_earlier_attempt_is_joined_and_not_run_again(fake: FakeComfy, ran: Ran) -> None:
    first = Told()
    ran(first, fake.url)
    before = sum(fake.counts.executions.values())
    again = Told()
    ran(again, fake.url, resume=first.outside[-1])
    assert sum(fake.counts.executions.values()) == before
    assert "outside" in again.steps


def test_a_graph_that_makes_several_at_once_is_run_once(fake: FakeComfy, ran: Ran) -> None:
    told = Told()
    outcome = ran(told, fake.url, seed=7, count=3)
    assert [made.path.name for made in outcome.files] == ["0001.png", "0002.png", "0003.png"]
    assert len(Whereabouts.read(told.outside[-1]).ids) == 1
    assert sum(fake.counts.executions.values()) == 1


def test_a_repetition_is_made_and_not_taken_from_the_cache(fake: FakeComfy, ran: Ran) -> None:
    ran(Told(), fake.url, seed=7)
    cached = ran(Told(), fake.url, seed=7)
    made = ran(Told(), fake.url, seed=7, reproduces=1)
    assert cached.files[0].metadata["cached"] is True
    assert made.files[0].metadata["cached"] is False


def test_texts_are_kept_beside_files(fake: FakeComfy, ran: Ran, tmp_path: Path) -> None:
    graph = picture() | {f"t{key}": _shifted(each) for key, each in spoken("a word").items()}
    outcome = ran(Told(), fake.url, graph=graph)
    assert (tmp_path / "job" / "text.txt").read_text() == "a violet fox"
    assert len(outcome.files) == 2


def _shifted(data: dict[str, object]) -> dict[str, object]:
    inputs = data["inputs"]
    assert isinstance(inputs, dict)
    moved = {name: [f"t{each[0]}", each[1]] if isinstance(each, list) else each for name, each in inputs.items()}
    return {**data, "inputs": moved}


def test_without_a_server_the_prompt_waits_and_is_told_what_for(ran: Ran) -> None:
    with pytest.raises(Unavailable) as caught:
        ran(Told(seconds=0.1), NOWHERE)
    assert caught.value.waits_for == "comfyui"
    assert caught.value.hint


def test_a_job_whose_server_does_not_answer_is_asked_for_again_before_it_moves(fake: FakeComfy, ran: Ran) -> None:
    with pytest.raises(Unavailable, match="which has this job, does not answer") as caught:
        ran(Told(), NOWHERE, fake.url, resume=f"comfy|{NOWHERE}|job-1")
    assert caught.value.retry_after is not None
    assert sum(fake.counts.posts.values()) == 0, "nothing is sent twice"


def test_a_job_of_a_server_that_is_configured_no_more_begins_anew_and_is_left_there(fake: FakeComfy, ran: Ran) -> None:
    told = Told()
    ran(told, fake.url, resume="comfy|http://gone:1|job-1")
    where = Whereabouts.read(told.outside[-1])
    assert where.url == fake.url
    assert where.left == (("http://gone:1", ("job-1",)),)
    assert any("moved here from http://gone:1" in line for line in told.lines)


def test_a_workflow_that_cannot_be_used_is_the_users_fault(fake: FakeComfy, ran: Ran) -> None:
    graph = painting()
    graph["4"]["inputs"]["ckpt_name"] = "nowhere.safetensors"
    with pytest.raises(UserFault, match="nowhere"):
        ran(Told(), fake.url, graph=graph)


def test_a_job_that_brings_servers_down_again_and_again_is_given_up(fake: FakeComfy, ran: Ran) -> None:
    """Counted over all attempts and servers: after three the next one would go down as well."""
    fake.faults.on("restart-mid-job")
    told = Told(crashes=MOST_CRASHES - 1)
    with pytest.raises((ServerCrash, PassingFault)) as caught:
        ran(told, fake.url)
    assert isinstance(caught.value, ServerCrash)
    assert "three times" in str(caught.value)
