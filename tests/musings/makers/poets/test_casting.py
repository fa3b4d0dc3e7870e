"""Who writes, who reads, who has the last word."""

import pytest

from musings.config.language import AgentSettings
from musings.makers.poets.assignment import Agent, Role
from musings.makers.poets.casting import DEFAULT_AGENTS, approves, team

MODELS = {"local1": "big", "local2": "poetic", "local3": "talkative"}


def cast(agents: list[AgentSettings], form: str = "poem") -> tuple[Agent, ...]:
    return team(agents, MODELS, form=form, temperature=0.8)


def test_the_default_team() -> None:
    found = cast([])
    assert [(agent.name, agent.role, agent.model) for agent in found] == [
        ("Anthony", Role.WRITER, "poetic"),
        ("Cindy", Role.READER, "talkative"),
        ("ContentManager", Role.EDITOR, "big"),
    ]
    assert [agent.name for agent in cast([], "dialogue")] == ["Cindy", "Anthony", "ContentManager"]


def test_what_the_configuration_says_is_kept() -> None:
    mine = [
        AgentSettings(name="Muse", system_message="You love rain.", config_assignment="local3", temperature=0.0),
        AgentSettings(name="Owl", system_message="You doubt.", role="editor"),
    ]
    muse, owl = cast(mine)
    assert muse.system_message.startswith("You love rain.\n\n")
    assert "whole poem" in muse.system_message
    assert (muse.model, muse.temperature, owl.temperature) == ("talkative", 0.0, 0.8)
    assert "APPROVED" in owl.system_message


@pytest.mark.parametrize(
    ("names", "roles"),
    [
        (["Solo"], ["writer"]),
        (["ContentManager"], ["writer"]),
        (["A", "B"], ["writer", "editor"]),
        (["A", "B", "C"], ["writer", "reader", "editor"]),
        (["Manager", "A", "B", "C"], ["writer", "reader", "reader", "editor"]),
        (["Manager", "Editor"], ["writer", "editor"]),
    ],
)
def test_every_team_has_one_writer_first(names: list[str], roles: list[str]) -> None:
    found = cast([AgentSettings(name=name) for name in names])
    assert [agent.role for agent in found] == roles
    assert sorted(agent.name for agent in found) == sorted(names)


def test_the_default_agents_have_words_of_their_own() -> None:
    assert [agent.name for agent in DEFAULT_AGENTS] == ["ContentManager", "Anthony", "Cindy"]
    assert all(len(agent.system_message) > 100 for agent in DEFAULT_AGENTS)


@pytest.mark.parametrize("text", ["APPROVED", "**Approved.**", "Good.\n\nAPPROVED\n", "TERMINATE", "approved!"])
def test_the_stop_word_alone_on_a_line_ends_the_work(text: str) -> None:
    assert approves(text)


@pytest.mark.parametrize("text", ["", "NOT APPROVED", "I cannot say APPROVED yet.", "unapproved"])
def test_the_stop_word_in_a_sentence_does_not(text: str) -> None:
    assert not approves(text)
