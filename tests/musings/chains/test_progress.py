"""How far a run is and what is due in it, as a function of its prompts: fan-out, conditions, gates, failures."""

from dataclasses import replace

from musings.chains import reading
from musings.chains.progress import RunProgress, RunStatus, StepState, named_by, progress_of
from musings.store import times
from musings.store.chains.runs import ChainRun
from musings.store.chains.steps import StepOutcome, StepRow
from tests.musings.chains.studio import TWO

RUN = ChainRun(5, "two", "hash", "a fox", {}, 5, times.now(), None, None, 1, 0, 0)
DONE = StepRow(5, "poem", 1, 1, StepOutcome.PROMPT, 3, status="completed", text="a\n\nb", title="T", mood="calm")


def progress(*rows: StepRow, toml: str = TWO, run: ChainRun = RUN, **answers: dict[str, object]) -> RunProgress:
    return progress_of(reading.from_toml(toml), run, rows, answers)


def states(found: RunProgress) -> list[StepState]:
    return [each.state for each in found.steps]


def test_the_first_step_is_due_at_once() -> None:
    found = progress()
    [due] = found.steps[0].due
    assert (due.text, due.number, due.count) == ("a fox", 1, 1)
    assert (found.status, states(found)) == (RunStatus.RUNNING, [StepState.RUNNING, StepState.WAITING])


def test_the_second_is_due_when_the_first_is_done_and_not_twice() -> None:
    found = progress(DONE)
    assert [each.text for each in found.steps[1].due] == ["T: a\n\nb"]
    picture = replace(DONE, step="picture", prompt_id=4, status="pending")
    assert not progress(DONE, picture).steps[1].is_due
    assert progress(DONE, replace(picture, status="completed")).status is RunStatus.COMPLETED


def test_a_failed_prompt_says_what_to_do() -> None:
    found = progress(replace(DONE, status="failed", error="No paint."))
    assert found.status is RunStatus.FAILED
    assert found.problem == "poem: Prompt 3: No paint. `musings musing retry 5 --step poem` makes it anew and goes on."


def test_statuses_of_people() -> None:
    pending = replace(DONE, status="pending")
    assert progress(pending, run=replace(RUN, paused_at=times.now())).status is RunStatus.PAUSED
    stopped = replace(RUN, cancelled_at=times.now())
    assert progress(replace(DONE, status="processing"), run=stopped).status is RunStatus.RUNNING
    assert progress(replace(DONE, status="cancelled"), run=stopped).status is RunStatus.CANCELLED
    late = progress(DONE, run=stopped)
    assert (late.status, states(late)) == (RunStatus.CANCELLED, [StepState.COMPLETED, StepState.CANCELLED])
    assert progress(replace(DONE, status="cancelled")).status is RunStatus.CANCELLED


FAN = TWO.replace('kind = "image"', 'kind = "image"\neach = "poem.stanzas"\ntimes = 2').replace(
    "{{poem.title}}: {{poem.text}}", "{{item}} ({{number}})"
)


def test_a_fan_out_makes_one_for_each_and_so_many_times() -> None:
    due = progress(DONE, toml=FAN).steps[1].due
    assert [each.text for each in due] == ["a (1)", "a (2)", "b (3)", "b (4)"]
    assert {each.count for each in due} == {4}


def test_what_is_missing_of_a_fan_out_is_due_alone() -> None:
    rows = [replace(DONE, step="picture", number=n, count=4, prompt_id=10 + n) for n in (1, 2, 4)]
    assert [each.number for each in progress(DONE, *rows, toml=FAN).steps[1].due] == [3]


def test_too_many_is_refused_and_none_is_skipped() -> None:
    assert progress(DONE, toml=FAN.replace("times = 2", "times = 2\nmost = 3")).steps[1].refusal == (
        "It would make 4, and at most 3 are allowed (most)."
    )
    assert progress(replace(DONE, text=" "), toml=FAN).steps[1].skip


def test_times_may_be_a_placeholder_and_must_be_a_number() -> None:
    toml = 'parameters.n.default = "x"\n' + TWO.replace('kind = "image"', 'kind = "image"\ntimes = "{{parameters.n}}"')
    refused = progress(DONE, toml=toml, run=replace(RUN, parameters={"n": "x"})).steps[1]
    assert refused.refusal == "times is 'x', and must be a whole number from 1 up."
    many = progress(DONE, toml=toml, run=replace(RUN, parameters={"n": 3})).steps[1]
    assert len(many.due) == 3


WHEN = TWO.replace('kind = "image"', 'kind = "image"\nwhen = [{ value = "{{poem.mood}}", equals = "wild" }]')


def test_a_condition_that_does_not_hold_skips_the_step_and_what_needs_it() -> None:
    more = WHEN + '[[steps]]\nname = "film"\nkind = "video"\nprompt = "x {{picture.seed}}"\n'
    either = more + '[[steps]]\nname = "song"\nkind = "music"\nprompt = "{{picture.seed or poem.mood}}"\n'
    found = progress(DONE, toml=either)
    assert found.steps[1].skip
    assert found.status is RunStatus.RUNNING
    skipped = StepRow(5, "picture", 1, 1, StepOutcome.SKIPPED)
    found = progress(DONE, skipped, toml=either)
    assert found.steps[1].state is StepState.SKIPPED
    assert found.steps[2].skip
    assert [each.text for each in found.steps[3].due] == ["calm"]
    all_skipped = progress(DONE, skipped, replace(skipped, step="film"), toml=more)
    assert all_skipped.status is RunStatus.COMPLETED


GATED = TWO.replace('prompt = "{{idea}}"', 'prompt = "{{idea}}"\ngate = { ask = "edit", question = "Good?" }')


def test_a_gate_asks_and_later_steps_use_what_was_edited() -> None:
    found = progress(DONE, toml=GATED)
    assert (found.status, states(found)) == (RunStatus.ASKING, [StepState.ASKING, StepState.WAITING])
    edited = progress(DONE, toml=GATED, poem={"action": "edit", "edits": {"1": "new"}, "numbers": []})
    assert [each.text for each in edited.steps[1].due] == ["T: new"]
    declined = progress(DONE, toml=GATED, poem={"action": "decline"})
    assert (declined.status, "declined" in str(declined.problem)) == (RunStatus.FAILED, True)


def test_a_deleted_result_matters_only_while_it_is_needed() -> None:
    gone = replace(DONE, deleted=True)
    needed = progress(gone)
    assert (needed.status, needed.steps[0].state) == (RunStatus.FAILED, StepState.FAILED)
    assert "Bring it back from the trash, or `musings musing retry 5 --step poem`" in str(needed.problem)
    picture = replace(DONE, step="picture", prompt_id=4)
    assert progress(gone, picture).status is RunStatus.COMPLETED


def test_a_prompt_that_was_deleted_before_it_was_done_is_a_failure() -> None:
    found = progress(replace(DONE, deleted=True, status="pending"))
    assert (found.status, "deleted before it was done" in str(found.problem)) == (RunStatus.FAILED, True)
    lost = progress(replace(DONE, deleted=True, status="processing", prompt_id=None))
    assert "A prompt that is gone was deleted" in str(lost.problem)


def test_one_that_failed_does_not_stop_those_beside_it() -> None:
    toml = TWO.replace("{{poem.title}}: {{poem.text}}", "{{idea}}")
    failed, running = replace(DONE, status="failed"), replace(DONE, step="picture", prompt_id=4, status="pending")
    assert progress(failed, running, toml=toml).status is RunStatus.RUNNING
    assert progress(failed, replace(running, status="completed"), toml=toml).status is RunStatus.FAILED


def test_a_step_names_what_it_waits_for() -> None:
    chain = reading.from_toml(
        'name = "a"\n[[steps]]\nname = "b"\nkind = "text"\nprompt = "x"\n'
        '[[steps]]\nname = "c"\nkind = "text"\nprompt = "x"\nafter = ["b"]\n'
        '[[steps]]\nname = "d"\nkind = "text"\nprompt = "x"\neach = "c.lines"\n'
        'gate = { ask = "rule", rule = [{ value = "{{b.mood}}", equals = "x" }] }\n'
    )
    assert [named_by(each) & {"b", "c"} for each in chain.steps] == [set(), {"b"}, {"b", "c"}]
    assert progress_of(chain, RUN, (), {}).step("c") is not None
