"""From a file to a chain and its version: every fault is told, and the same content has the same hash."""

import pytest

from musings.chains import reading
from musings.errors import InvalidInputError
from tests.musings.chains.studio import TWO


def faults(toml: str) -> dict[str, str]:
    with pytest.raises(InvalidInputError) as caught:
        reading.from_toml(toml)
    return {each.where: each.message for each in caught.value.faults}


def test_the_version_of_a_chain_is_its_content_whatever_the_order() -> None:
    chain = reading.from_toml(TWO)
    turned = reading.from_object({"steps": reading.as_object(chain)["steps"], "name": "two"})
    version = reading.version_of(chain)
    assert reading.version_of(turned) == version
    assert reading.of_content(version.content) == chain
    assert len(version.hash) == 64
    assert reading.version_of(reading.from_toml(TWO.replace("poem.title", "poem.mood"))).hash != version.hash


def test_what_is_no_toml_says_where() -> None:
    assert "(at line 1, column 8)" in faults("name = x")["chain"]
    assert "longer than" in faults("# " + "x" * reading.MOST_BYTES)["chain"]


def test_an_unknown_key_is_named_with_the_nearest() -> None:
    found = faults(
        TWO.replace('type = "poem"', 'type = "poem"\npromt = "x"').replace('name = "two"', 'name = "two"\nstep = 1')
    )
    assert found["steps.1.promt"] == "there is no such key; did you mean prompt?"
    assert found["step"] == "there is no such key; did you mean steps?"


def test_a_wrong_shape_says_where_and_what() -> None:
    found = faults(TWO.replace('name = "two"', 'name = "Two!"').replace('prompt = "{{idea}}"', "prompt = 3"))
    assert "must match" in found["name"]
    assert "string" in found["steps.1.prompt"]
    assert faults("format = 2" + TWO)["format"]
    assert "is missing" in faults('name = "a"')["steps"]


def test_values_of_a_parameter_may_be_of_any_plain_kind() -> None:
    more = '\n[steps.parameters]\nseed = 3\nimage = "{{idea}}"\nsharp = true\ncfg = 1.5\n'
    assert dict(reading.from_toml(TWO + more).steps[1].parameters) == {
        "seed": 3,
        "image": "{{idea}}",
        "sharp": True,
        "cfg": 1.5,
    }
    assert list(faults(TWO + "\n[steps.parameters]\nseed = [1]\n")) == ["steps.2.parameters.seed"]


def test_faults_of_names_are_told_when_the_shape_is_right() -> None:
    assert list(faults(TWO.replace("poem.title", "poem.artifact"))) == ["steps.2.prompt"]


def test_what_json_cannot_carry_is_refused() -> None:
    step = {"name": "a", "kind": "text", "prompt": "x"}
    with pytest.raises(InvalidInputError, match=r"title: .*unicode"):
        reading.from_object({"name": "a", "title": "\ud800", "steps": [step]})
    with pytest.raises(InvalidInputError, match=r"steps.1.parameters.x: .*finite"):
        reading.from_object({"name": "a", "steps": [{**step, "parameters": {"x": float("nan")}}]})
