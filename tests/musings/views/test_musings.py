"""Musings as they are shown, at a gate and after it."""

from musings.views import musings as views
from musings.views.present import prompt_responses
from tests.musings.chains.studio import TWO, Studio

GATED = TWO.replace(
    'prompt = "{{idea}}"', 'prompt = "{{idea}}"\ntimes = 2\ngate = { ask = "choose", question = "Which?" }'
)


def test_a_question_is_shown_while_it_is_asked(studio: Studio) -> None:
    run = studio.start(GATED)
    assert views.musing_meta(studio.state(run)).steps[0].ask is None
    studio.make()
    shown = views.musing_meta(studio.state(run))
    assert (shown.status, shown.steps[0].ask, shown.steps[0].question) == ("asking", "choose", "Which?")
    studio.answer(run, "poem", "choose", numbers=(2,))
    [poem, _] = views.musing_meta(studio.state(run)).steps
    assert (poem.ask, poem.chosen, poem.prompt_ids) == (None, [2], [1, 2])


def test_prompts_stand_in_the_order_of_their_numbers_and_a_missing_one_is_left_out(studio: Studio) -> None:
    run = studio.start(GATED)
    state = studio.state(run)
    shown = prompt_responses(studio.database, studio.prompts(run, "poem")[::-1], 3)
    assert [each.id for each in views.musing_detail(state, shown).steps[0].prompts] == [1, 2]
    assert views.musing_detail(state, shown[:1]).steps[0].prompt_ids == [1, 2]
    assert views.prompt_ids_of(state) == [1, 2]


def test_a_receipt_tells_nothing_of_what_is_in_it(studio: Studio) -> None:
    assert set(views.musing_receipt(studio.state(studio.start())).model_dump()) == {"id", "status", "created_at"}
