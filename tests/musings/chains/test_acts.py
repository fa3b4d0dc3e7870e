"""What people do to a run: cancel, pause, retry, answer; each without repeating what is done."""

import pytest

from musings.chains import acts
from musings.errors import ConflictError, NotFoundError
from musings.store.gallery import prompts, trash
from musings.store.queue import retries
from tests.musings.chains.studio import TWO, Studio
from tests.musings.store.adding import shell

GATED = TWO.replace('prompt = "{{idea}}"', 'prompt = "{{idea}}"\ngate = { ask = "edit" }')
FAN = TWO.replace('kind = "image"', 'kind = "image"\neach = "poem.lines"').replace(
    "{{poem.title}}: {{poem.text}}", "{{item}}"
)
BEST = FAN.replace('each = "poem.lines"', 'each = "poem.lines"\ngate = { ask = "choose" }') + (
    '[[steps]]\nname = "film"\nkind = "video"\nprompt = "{{picture.artifact}}, {{picture.count}}"\n'
)


class TestCancel:
    def test_nothing_more_is_made(self, studio: Studio) -> None:
        run = studio.start()
        studio.database.writing(acts.cancel, run)
        studio.database.writing(acts.cancel, run)
        assert studio.make() == 0
        assert (studio.status(run), studio.states(run)["poem"]) == ("cancelled", "cancelled")

    def test_what_runs_is_asked_to_stop_and_its_result_makes_nothing_due(self, studio: Studio) -> None:
        run = studio.start()
        prompt = studio.take()
        assert prompt is not None
        studio.database.writing(acts.cancel, run)
        assert studio.database.reading(prompts.get, prompt.id).cancel_requested
        assert studio.status(run) == "running"
        studio.end(prompt)
        assert studio.make() == 0
        assert studio.status(run) == "cancelled"

    def test_a_retry_goes_on(self, studio: Studio) -> None:
        run = studio.start()
        studio.database.writing(acts.cancel, run)
        studio.retry(run)
        studio.make()
        assert studio.status(run) == "completed"
        assert len(studio.prompts(run, "poem")) == 1

    def test_what_is_completed_is_refused(self, studio: Studio) -> None:
        run = studio.start()
        studio.make()
        with pytest.raises(ConflictError, match="completed"):
            studio.database.writing(acts.cancel, run)
        with pytest.raises(NotFoundError):
            studio.database.writing(acts.cancel, 99)


class TestPause:
    def test_its_prompts_wait_and_others_run(self, studio: Studio) -> None:
        run, other = studio.start(), studio.start()
        studio.database.writing(acts.pause, run)
        studio.database.writing(acts.pause, run)
        assert studio.make() == 2
        assert (studio.status(run), studio.status(other)) == ("paused", "completed")
        [poem] = studio.prompts(run, "poem")
        assert poem.waiting_reason == "Its musing is paused. Resume that to let it go on."

    def test_a_prompt_that_is_retried_by_itself_waits_too(self, studio: Studio) -> None:
        run = studio.start()
        studio.database.writing(acts.pause, run)
        studio.database.writing(retries.retry, studio.prompts(run, "poem")[0].id)
        assert studio.take() is None

    def test_what_runs_finishes_and_makes_nothing_due_until_it_goes_on(self, studio: Studio) -> None:
        run = studio.start()
        prompt = studio.take()
        assert prompt is not None
        studio.database.writing(acts.pause, run)
        studio.end(prompt)
        assert studio.make() == 0
        assert studio.states(run)["picture"] == "running"
        studio.database.writing(acts.resume, run)
        assert studio.make() == 1
        assert studio.status(run) == "completed"

    def test_what_has_ended_is_refused_and_a_resume_is_harmless(self, studio: Studio) -> None:
        run = studio.start()
        studio.make()
        with pytest.raises(ConflictError, match="nothing to pause"):
            studio.database.writing(acts.pause, run)
        studio.database.writing(acts.resume, run)
        with pytest.raises(NotFoundError):
            studio.database.writing(acts.resume, 99)

    def test_a_paused_one_can_be_cancelled_and_tried_again(self, studio: Studio) -> None:
        run = studio.start()
        studio.database.writing(acts.pause, run)
        studio.database.writing(acts.cancel, run)
        studio.retry(run)
        assert studio.make() == 2


class TestRetry:
    def test_only_what_failed_is_tried_again(self, studio: Studio) -> None:
        run = studio.start(FAN)
        fails = {"the fox comes in."}
        made = studio.make(but=lambda prompt: prompt.prompt_text in fails)
        assert (made, studio.status(run)) == (4, "failed")
        before = [each.id for each in studio.prompts(run, "picture")]
        studio.retry(run)
        assert studio.make() == 1
        assert [each.id for each in studio.prompts(run, "picture")] == before
        assert studio.status(run) == "completed"

    def test_a_prompt_that_is_retried_by_itself_lets_the_run_go_on(self, studio: Studio) -> None:
        run = studio.start()
        studio.make(but=lambda prompt: prompt.kind == "text")
        studio.database.writing(retries.retry, studio.prompts(run, "poem")[0].id)
        assert studio.make() == 2
        assert studio.status(run) == "completed"

    def test_what_was_deleted_for_good_is_made_anew(self, studio: Studio) -> None:
        run = studio.start(FAN)
        studio.make(but=lambda prompt: prompt.prompt_text == "And all is white.")
        shell(studio.database, "DELETE FROM prompts WHERE prompt_text = 'And all is white.'")
        studio.look()
        assert "was deleted before it was done" in str(studio.state(run).progress.problem)
        studio.retry(run, "picture")
        assert studio.make() == 1
        assert studio.words(run, "picture") == ["The fox goes out,", "the fox comes in.", "And all is white."]

    def test_a_poem_in_the_trash_can_come_back_or_be_made_anew(self, studio: Studio) -> None:
        run, other = studio.start(GATED), studio.start(GATED)
        studio.make()
        for each in (run, other):
            poem = studio.prompts(each, "poem")[0].id
            studio.database.writing(trash.discard, poem)
            assert "deleted before its gate was passed" in str(studio.state(each).progress.problem)
            if each == run:
                studio.database.writing(trash.restore, poem, 30)
                assert studio.status(each) == "asking"
        studio.retry(other)
        assert studio.make() == 1
        assert studio.status(other) == "asking"

    def test_a_step_is_made_anew_while_nothing_was_made_of_it(self, studio: Studio) -> None:
        run = studio.start(GATED)
        studio.make()
        [first] = studio.prompts(run, "poem")
        studio.retry(run, "poem")
        studio.make()
        [second] = studio.prompts(run, "poem")
        assert (second.id != first.id, studio.status(run)) == (True, "asking")
        studio.answer(run, "poem", "approve")
        studio.make()
        with pytest.raises(ConflictError, match="picture was made of it already"):
            studio.retry(run, "poem")
        studio.retry(run, "picture")
        assert studio.make() == 1

    def test_what_needs_no_retry_is_refused(self, studio: Studio) -> None:
        run = studio.start()
        with pytest.raises(ConflictError, match="nothing of it has failed"):
            studio.retry(run)
        with pytest.raises(ConflictError, match="there is nothing to make anew yet"):
            studio.retry(run, "picture")
        with pytest.raises(NotFoundError, match="no step 'x'") as caught:
            studio.retry(run, "x")
        assert caught.value.hint == "It has: poem, picture."


class TestGates:
    def test_an_edited_text_is_what_later_steps_use(self, studio: Studio) -> None:
        run = studio.start(GATED)
        assert studio.make() == 1
        studio.answer(run, "poem", "edit", {1: "A hare."})
        studio.make()
        assert studio.words(run, "picture") == ["Title 1: A hare."]

    def test_a_choice_keeps_some(self, studio: Studio) -> None:
        run = studio.start(BEST)
        assert studio.make() == 4
        assert studio.status(run) == "asking"
        studio.answer(run, "picture", "choose", numbers=(2,))
        studio.make()
        chosen = studio.step(run, "picture").results
        assert [each.number for each in chosen] == [2]
        assert studio.words(run, "film") == [f"artifact:{chosen[0].artifact}, 1"]

    def test_what_is_declined_is_made_anew_and_asked_anew(self, studio: Studio) -> None:
        run = studio.start(GATED)
        studio.make()
        studio.answer(run, "poem", "decline")
        assert studio.status(run) == "failed"
        studio.retry(run)
        assert (studio.make(), studio.status(run)) == (1, "asking")

    def test_an_answer_counts_once(self, studio: Studio) -> None:
        run = studio.start(GATED)
        with pytest.raises(ConflictError, match="asks nothing: it is running"):
            studio.answer(run, "poem", "approve")
        studio.make()
        studio.answer(run, "poem", "approve")
        with pytest.raises(ConflictError, match="asks nothing"):
            studio.answer(run, "poem", "decline")
        with pytest.raises(NotFoundError):
            studio.answer(run, "opera", "approve")


def test_the_priority_is_that_of_all_that_waits_and_comes(studio: Studio) -> None:
    run = studio.start()
    studio.database.writing(acts.set_priority, run, 2)
    assert studio.prompts(run, "poem")[0].priority == 2
    studio.make()
    assert studio.prompts(run, "picture")[0].priority == 2
    with pytest.raises(NotFoundError):
        studio.database.writing(acts.set_priority, 99, 2)
