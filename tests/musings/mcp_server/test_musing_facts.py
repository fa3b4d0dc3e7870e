"""What is said of a musing in each of its states."""

import pytest
from mcp.types import TextContent

from musings.mcp_server.musing_facts import MOST_QUOTED, asked_words, facts_of_chain, of_musing
from musings.remote.answers import (
    RemoteArtifact,
    RemoteChain,
    RemoteChainPart,
    RemoteMusing,
    RemotePrompt,
    RemoteStep,
    RemoteWriting,
)


@pytest.mark.parametrize(
    ("status", "error", "said"),
    [
        ("running", False, "goes on by itself"),
        ("asking", False, "waits for a person at verse"),
        ("paused", False, "is paused"),
        ("completed", False, "is completed"),
        ("failed", True, "is failed. no such voice"),
        ("cancelled", True, "is cancelled"),
    ],
)
def test_what_is_said_of_each_state(status: str, error: bool, said: str) -> None:
    step = RemoteStep(name="verse", ask="approve" if status == "asking" else None)
    problem = "no such voice" if status == "failed" else None
    result = of_musing(RemoteMusing(id=3, status=status, steps=[step], problem=problem))
    assert bool(result.is_error) is error
    first = result.content[0]
    assert isinstance(first, TextContent)
    assert said in first.text


def test_a_question_has_the_texts_that_it_is_about() -> None:
    made = RemotePrompt(id=1, status="completed", writing=RemoteWriting(id=1, content="x" * (MOST_QUOTED + 9)))
    words = asked_words(RemoteStep(name="verse", ask="edit", question="Is this it?", prompts=[made]))
    assert words.startswith("verse: Is this it?")
    assert len(words) < MOST_QUOTED + 50
    picture = RemotePrompt(id=7, status="completed", artifacts=[RemoteArtifact(id=4, prompt_id=7, file_path="a.png")])
    words = asked_words(RemoteStep(name="picture", title="The picture", ask="choose", prompts=[picture]))
    assert words == "picture: May the results of The picture be used?\n\n1. prompt 7"


def test_each_file_of_each_step_is_a_link() -> None:
    picture = RemotePrompt(id=7, status="completed", artifacts=[RemoteArtifact(id=4, prompt_id=7, file_path="a.png")])
    result = of_musing(RemoteMusing(id=3, status="completed", steps=[RemoteStep(name="picture", prompts=[picture])]))
    assert [each.type for each in result.content] == ["text", "resource_link"]


def test_a_chain_says_where_it_may_ask() -> None:
    steps = [RemoteChainPart(name="verse", kind="text", ask="edit"), RemoteChainPart(name="song", kind="music")]
    found = facts_of_chain(RemoteChain(name="c", steps=steps, parameters=[RemoteChainPart(name="n", default=3)]))
    assert (found.steps, found.asks, found.parameters) == (["verse (text)", "song (music)"], ["verse"], {"n": 3})
