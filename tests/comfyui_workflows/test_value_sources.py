"""Where the value of an input is written."""

from comfyui_workflows.node_inputs import Spot
from comfyui_workflows.reach import Reach
from comfyui_workflows.value_sources import MOST_HOPS, written_at
from tests.musings.makers.comfyui.graphs import Graph, node


def found(graph: Graph, name: str = "width") -> Spot | None:
    whole = {**graph, "save": node("SaveImage", images=["made", 0])}
    return written_at(whole, Reach(whole), "made", name)


def test_a_value_is_where_it_is_written() -> None:
    assert found({"made": node("Empty", width=64)}) == Spot("made", "width")
    assert found({"made": node("Empty", height=64)}) is None


def test_nodes_of_a_single_value_conversions_and_formulas_of_one_variable_are_followed() -> None:
    graph = {
        "made": node("Empty", width=["rounded", 1]),
        "rounded": node("ComfyMathExpression", expression="a & -8", **{"values.a": ["number", 0]}),
        "number": node("ComfyNumberConvert", value=["held", 0]),
        "held": node("PrimitiveInt", value=512),
    }
    assert found(graph) == Spot("held", "value")


def test_a_formula_of_two_values_and_the_size_of_a_picture_are_nobodys() -> None:
    product = node("ComfyMathExpression", expression="a * b", **{"values.a": ["x", 0], "values.b": ["y", 0]})
    values = {"x": node("PrimitiveInt", value=2), "y": node("PrimitiveInt", value=3)}
    assert found({"made": node("Empty", width=["p", 0]), "p": product, **values}) is None
    size = {"s": node("GetImageSize", image=["i", 0]), "i": node("LoadImage", image="a.png")}
    assert found({"made": node("Empty", width=["s", 0]), **size}) is None


def test_a_switch_is_followed_as_it_is_set() -> None:
    for state, there in ((True, "few"), (False, "many")):
        graph = {
            "made": node("KSampler", steps=["way", 0]),
            "way": node("ComfySwitchNode", switch=state, on_true=["few", 0], on_false=["many", 0]),
            "few": node("PrimitiveInt", value=4),
            "many": node("PrimitiveInt", value=20),
        }
        assert found(graph, "steps") == Spot(there, "value")


def test_circles_and_endless_chains_end() -> None:
    assert found({"made": node("A", width=["b", 0]), "b": node("B", value=["made", 0])}) is None
    far = {str(each): node("PrimitiveInt", value=[str(each + 1), 0]) for each in range(MOST_HOPS + 5)}
    assert found({"made": node("A", width=["0", 0]), **far}) is None
