"""Chains as they are shown: every step with its kind, every parameter with its default, and the whole definition."""

from musings.chains import library, reading
from musings.chains.library import ChainSource, ListedChain
from musings.views.chains import chain_detail, chain_meta


def test_a_chain_without_words_has_its_name_for_a_title() -> None:
    chain = reading.from_object({"name": "bare", "steps": [{"name": "a", "type": "song", "prompt": "x"}]})
    shown = chain_meta(ListedChain(chain, "hash", ChainSource.OWN))
    assert (shown.title, shown.steps[0].title, shown.steps[0].kind, shown.steps[0].prompt_type) == (
        "bare", "a", "text", "song",
    )  # fmt: skip
    assert shown.steps[0].ask is None


def test_the_definition_that_is_shown_is_the_chain() -> None:
    for found in library.shipped():
        assert reading.from_object(chain_detail(found).definition) == found.chain
