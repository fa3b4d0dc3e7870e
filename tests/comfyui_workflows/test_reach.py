"""Which nodes of a graph matter."""

from comfyui_workflows.reach import Reach
from tests.comfyui_workflows.tables import TABLE
from tests.musings.makers.comfyui.graphs import Graph, node, painting


def test_what_no_output_needs_is_not_live() -> None:
    graph = painting()
    graph["20"] = node("PrimitiveInt", "Steps", value=20)
    graph["21"] = node("KSampler", seed=9, steps=50, model=["4", 0], latent_image=["5", 0])
    live = Reach(graph).live
    assert {"20", "21"} & set(live) == set()
    assert set(painting()) == set(live)


def test_the_distance_from_an_output_is_counted_in_links() -> None:
    live = Reach(painting()).live
    assert (live["9"], live["8"], live["3"], live["6"]) == (0, 1, 2, 3)


def test_classes_say_what_an_output_is_where_they_are_known() -> None:
    graph = {
        "1": node("PartnerFilm", prompt="a cat"),
        "2": node("SaveVideo", video=["1", 0]),
        "3": node("PartnerFilm", prompt="nobody sees it", start=["9", 0]),
        "4": node("OfAPack", film=["1", 0]),
        "9": node("LoadImage", image="a.png"),
    }
    # A class that is not in the table may be an output; one that is there and says no is none.
    assert Reach(graph, TABLE).outputs == ("2", "4")


def test_a_graph_of_values_alone_is_all_live() -> None:
    assert set(Reach({"1": node("PrimitiveInt", value=1)}).live) == {"1"}
    assert Reach({}).live == {}


def switched(state: object) -> Graph:
    return {
        "1": node("PrimitiveInt", value=4),
        "2": node("PrimitiveInt", value=20),
        "3": node("ComfySwitchNode", switch=state, on_true=["1", 0], on_false=["2", 0]),
        "4": node("SaveImage", images=["3", 0]),
        "5": node("PrimitiveBoolean", value=False),
    }


def test_a_switch_has_the_way_that_it_is_set_to() -> None:
    for state, live in ((True, "1"), (False, "2"), (["5", 0], "2")):
        reach = Reach(switched(state))
        assert {"1", "2"} & set(reach.live) == {live}


def test_a_switch_that_a_person_turns_has_both_its_ways() -> None:
    for free in ("3", "5"):
        assert {"1", "2"} <= set(Reach(switched(["5", 0]), free=[free]).live)


def test_a_switch_by_number_has_one_way() -> None:
    graph = {
        "1": node("LoadImage", image="a.png"),
        "2": node("LoadImage", image="b.png"),
        "3": node("ImpactSwitch", select=2, input1=["1", 0], input2=["2", 0]),
        "4": node("SaveImage", images=["3", 0]),
    }
    assert list(Reach(graph).live) == ["4", "3", "2"]


def test_circles_end() -> None:
    graph = {"1": node("A", x=["2", 0]), "2": node("B", x=["1", 0]), "3": node("SaveImage", images=["2", 0])}
    reach = Reach(graph)
    assert set(reach.live) == {"1", "2", "3"}
    assert set(reach.downstream("1")) == {"1", "2", "3"}
