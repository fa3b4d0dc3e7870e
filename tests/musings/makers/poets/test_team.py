"""The real AutoGen client and team against a scripted server over HTTP: every fault ends within its limits."""

import logging

import anyio
import pytest

from musings.config.language import AgentSettings
from musings.errors import AttemptError, Cancelled, PassingFault, UserFault
from musings.makers.poets.assignment import Role, Transcript
from musings.makers.poets.casting import team
from musings.makers.poets.drafts import best
from musings.makers.poets.server import LanguageServer
from musings.makers.poets.team import AutoGenTeam, identifiers
from tests.fakes.llm import FakeLLM, Reply, a_good_team, in_order, speaker, system
from tests.musings.makers.poets.conftest import SLOTS, Assign, Watcher

DRAFT = "Title: The Lamp\n\nSalt on the rail,\na gull that will not land."


@pytest.fixture(autouse=True)
def _loop_is_quiet(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    """asyncio's debug mode tells of tasks and transports that nobody closed; the records are looked at below."""
    monkeypatch.setenv("PYTHONASYNCIODEBUG", "1")


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    loud = [record for record in caplog.records if record.levelno >= logging.WARNING]
    return [record.getMessage() for record in loud if "Executing" not in record.getMessage()]


def run(
    llm: FakeLLM, server: LanguageServer, assign: Assign, watcher: Watcher | None = None, **limits: float
) -> Transcript:
    return AutoGenTeam().run(assign(**limits), server, watcher or Watcher())


def test_a_round_ends_when_the_editor_approves(
    llm: FakeLLM, server: LanguageServer, assign: Assign, caplog: pytest.LogCaptureFixture
) -> None:
    watcher = Watcher()
    found = run(llm, server, assign, watcher)

    assert [(turn.agent, turn.role, turn.text) for turn in found.turns] == [
        ("Anthony", Role.WRITER, DRAFT),
        ("Cindy", Role.READER, "The second line is good."),
        ("ContentManager", Role.EDITOR, "APPROVED"),
    ]
    assert found.approved
    assert found.ended == "the editor approved"
    assert found.tokens == sum(len(turn.text.split()) for turn in found.turns)
    assert tuple(watcher.turns) == found.turns
    assert watcher.stages[0].startswith("Anthony writes, ")
    assert watcher.excerpts[0] == DRAFT[: len(watcher.excerpts[0])] != ""
    assert complaints(caplog) == []


def test_names_messages_slots_and_temperatures_of_the_configuration_arrive(
    llm: FakeLLM, server: LanguageServer, assign: Assign
) -> None:
    mine = [
        AgentSettings(name="Rainer M.", system_message="You are Rainer, who loves roses.", config_assignment="local3"),
        AgentSettings(name="Élan", system_message="You are Élan.", role="editor", temperature=0.1),
    ]
    found = run(llm, server, assign, agents=team(mine, SLOTS, form="poem", temperature=0.7))  # type: ignore[arg-type]

    assert [turn.agent for turn in found.turns] == ["Rainer M.", "Élan"]
    assert [chat.body["model"] for chat in llm.chats] == ["talkative", "big"]
    assert [chat.body["temperature"] for chat in llm.chats] == [0.7, 0.1]
    assert [speaker(chat) for chat in llm.chats] == ["Rainer", "Élan"]
    assert "who loves roses" in system(llm.chats[0])
    assert all(chat.body["seed"] == (2**40 + 7) % 2**31 for chat in llm.chats)
    assert all("name" not in message for chat in llm.chats for message in chat.body["messages"])
    assert "Rainer_M_ said:" in str(llm.chats[1].body["messages"][-1]["content"])


def test_without_the_stop_word_the_turns_end_it_and_the_best_draft_is_kept(
    llm: FakeLLM, server: LanguageServer, assign: Assign
) -> None:
    drafts = iter(f"Title: Lamp {number}\n\nSalt on the rail,\nonce more." for number in range(1, 9))
    llm.script = lambda seen: Reply(next(drafts) if "are the writer" in system(seen) else "NOT APPROVED, go on.")

    found = run(llm, server, assign, turns=8)

    assert (len(found.turns), found.approved, found.ended) == (8, False, "the limit of 8 turns")
    kept = best(found.turns)
    assert kept is not None
    assert kept.text.startswith("Title: Lamp 3")


def test_a_team_of_one_writes_once(llm: FakeLLM, server: LanguageServer, assign: Assign) -> None:
    alone = team([AgentSettings(name="Solo")], SLOTS, form="poem", temperature=0.7)
    found = run(llm, server, assign, agents=alone)  # type: ignore[arg-type]
    assert [turn.agent for turn in found.turns] == ["Solo"]
    assert len(llm.chats) == 1


def test_an_endless_talker_is_cut_at_the_tokens(
    llm: FakeLLM, server: LanguageServer, assign: Assign, caplog: pytest.LogCaptureFixture
) -> None:
    llm.script = in_order([Reply("and the sea and the sea\n", endless=True)])

    found = run(llm, server, assign, tokens=300)

    assert found.ended == "the limit of 300 tokens"
    [turn] = found.turns
    assert turn.cut
    assert 300 <= turn.tokens < 400
    assert best(found.turns) is turn
    assert llm.hung_up.wait(2)
    assert llm.chats[0].body["max_tokens"] == 300
    assert complaints(caplog) == []


def test_the_wall_clock_ends_a_slow_team(llm: FakeLLM, server: LanguageServer, assign: Assign) -> None:
    llm.script = in_order([DRAFT, Reply("Slowly, slowly, slowly", delay=0.2, endless=True)])

    def clock() -> float:
        """An hour passes when the second answer has begun."""
        return 3600.0 if len(llm.chats) > 1 else 0.0

    found = AutoGenTeam(clock=clock).run(assign(seconds=3599), server, Watcher())

    assert found.ended == "the limit of 3599 s"
    assert llm.hung_up.wait(10)
    kept = best(found.turns)
    assert kept is not None
    assert kept.text == DRAFT


def test_a_cancelled_run_stops_at_once_and_hangs_up(
    llm: FakeLLM, server: LanguageServer, assign: Assign, caplog: pytest.LogCaptureFixture
) -> None:
    llm.script = in_order([Reply("on and on ", delay=0.05, endless=True)])
    watcher = Watcher(stop=Cancelled("Cancelled."))
    watcher.stop_when = lambda: len(watcher.stages) > 1

    with pytest.raises(Cancelled):
        run(llm, server, assign, watcher, tokens=10**6, seconds=3600)  # nothing else would end it

    assert llm.hung_up.wait(10)
    assert len(llm.chats) == 1
    assert complaints(caplog) == []


def test_a_silent_server_is_left_after_its_time(llm: FakeLLM, assign: Assign) -> None:
    llm.script = in_order([Reply("late", delay=30)])
    server = LanguageServer("lms", llm.address, timeout_seconds=0.3, max_retries=0)
    with pytest.raises(PassingFault, match=r"LM Studio at .* said nothing for 0\.3 s"):
        run(llm, server, assign)


FAULTS: dict[str, tuple[list[Reply | str], type[AttemptError] | None, str]] = {
    "too many once": ([Reply(status=429, headers=(("Retry-After", "0"),)), DRAFT, "APPROVED"], None, ""),
    "broken once": ([Reply(status=500, headers=(("retry-after-ms", "1"),)), DRAFT, "APPROVED"], None, ""),
    "too many for long": (
        [Reply("slow down", status=429, headers=(("Retry-After", "90"), ("x-should-retry", "false")))],
        PassingFault,
        "is overloaded (HTTP 429): slow down",
    ),
    "broken": (
        [Reply("CUDA error", status=500, headers=(("x-should-retry", "false"),))],
        PassingFault,
        "failed (HTTP 500): CUDA error",
    ),
    "no such model": (
        [Reply("model 'x' not found", status=404)],
        UserFault,
        "does not have the model: model 'x' not found",
    ),
    "bad request": ([Reply("context length exceeded", status=400)], UserFault, "cannot take the request (HTTP 400)"),
    "bad key": ([Reply("who are you", status=401)], UserFault, "refuses the key (HTTP 401): who are you"),
    "cut off": ([Reply(DRAFT, cut=True)], PassingFault, "broke off in the middle of an answer"),
    "malformed": ([Reply("Salt ", garbage=True)], PassingFault, "something that is no JSON"),
    "error in the stream": (
        [Reply(body='data: {"error": {"message": "model crashed"}}\n\n')],
        PassingFault,
        "broke off in the middle of an answer (model crashed)",
    ),
    "no JSON at all": ([Reply(body="<html>It works!</html>")], None, ""),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_ends_as_it_should(
    llm: FakeLLM,
    server: LanguageServer,
    assign: Assign,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    replies, kind, words = FAULTS[name]
    llm.script = in_order(replies)
    slept: list[float] = []
    sleep = anyio.sleep

    async def noted(seconds: float) -> None:
        slept.append(seconds)
        await sleep(seconds)

    monkeypatch.setattr(anyio, "sleep", noted)  # how the client of OpenAI waits before it tries again

    if kind is None:
        found = run(llm, server, assign, turns=3)
        assert len(found.turns) == 3
    else:
        with pytest.raises(AttemptError) as caught:
            run(llm, server, assign)
        assert type(caught.value) is kind
        assert words in str(caught.value)
        assert getattr(caught.value, "retry_after", None) == (90 if "long" in name else None)

    assert sum(slept) < 5
    assert len(slept) == (1 if "once" in name else 0)
    assert complaints(caplog) == []


def test_nobody_there_is_a_passing_fault(llm: FakeLLM, server: LanguageServer, assign: Assign) -> None:
    gone = LanguageServer("oll", "http://127.0.0.1:1/v1", max_retries=0)
    with pytest.raises(PassingFault, match=r"Ollama at http://127\.0\.0\.1:1/v1 does not answer"):
        run(llm, gone, assign)


def test_a_server_that_counts_no_tokens_is_estimated(llm: FakeLLM, server: LanguageServer, assign: Assign) -> None:
    llm.script = lambda seen: Reply(a_good_team()(seen).text, usage=False)
    found = run(llm, server, assign)
    assert [turn.tokens for turn in found.turns] == [-(-len(turn.text) // 4) for turn in found.turns]


def test_reasoning_is_not_shown_to_the_others(llm: FakeLLM, server: LanguageServer, assign: Assign) -> None:
    good = a_good_team()
    llm.script = lambda seen: Reply("<think>secret</think>" + good(seen).text, reasoning="secret as well")
    found = run(llm, server, assign)
    assert found.turns[0].text == DRAFT
    assert "secret" not in str([chat.body["messages"] for chat in llm.chats])


def test_an_empty_answer_is_survived(llm: FakeLLM, server: LanguageServer, assign: Assign) -> None:
    llm.script = in_order([""])
    found = run(llm, server, assign, turns=2)
    assert best(found.turns) is None


def test_names_become_identifiers() -> None:
    assert identifiers(["Content Manager", "Content-Manager", "9", "", "Élan"]) == [
        "Content_Manager",
        "Content_Manager_2",
        "_9",
        "agent",
        "Élan",
    ]
