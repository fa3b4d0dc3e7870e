"""What the servers have, as one table."""

from typing import Any

from comfyui_workflows.tracing import trace
from fake_comfyui.server import FakeComfy
from musings.makers.comfyui.classes import ClassTable, merged
from musings.makers.comfyui.client import ComfyServer
from tests.musings.makers.comfyui.graphs import painting
from tests.waiting import until


def loader(*names: str, style: str = "list") -> dict[str, Any]:
    spec: list[Any] = [list(names), {"tooltip": "x"}] if style == "list" else ["COMBO", {"options": list(names)}]
    return {"Loader": {"input": {"required": {"name": spec, "strength": ["FLOAT", {"default": 1.0}]}}, "output": ["M"]}}


def test_a_model_of_any_server_is_a_choice() -> None:
    both = merged([loader("a", "b"), loader("b", "c", style="combo") | {"Other": {"input": {}}}])
    assert both["Loader"]["input"]["required"]["name"] == [["a", "b", "c"], {"tooltip": "x"}]
    assert both["Loader"]["input"]["required"]["strength"] == ["FLOAT", {"default": 1.0}]
    assert (both["Loader"]["output"], both["Other"]) == (["M"], {"input": {}})
    other_way = merged([loader("c", style="combo"), loader("a")])
    assert other_way["Loader"]["input"]["required"]["name"] == ["COMBO", {"options": ["c", "a"]}]


def test_strange_classes_are_left_as_they_are() -> None:
    odd = {"input": {"required": {"x": [], "y": 3, "z": ["COMBO"], "w": [["a"]]}, "hidden": None}}
    other = {"input": {"required": {"x": 1, "w": [[["b"], {}, None]]}}}
    strange: list[Any] = [{"A": odd, "B": None}, {"A": [], "B": 1}, {"A": other}]
    assert merged(strange)["A"] == strange[0]["A"]


def test_a_table_stays_itself_while_nothing_changes() -> None:
    with FakeComfy() as one, FakeComfy() as other, ComfyServer(one.url) as first, ComfyServer(other.url) as second:
        table = ClassTable([first, second])
        assert table.wait(30) is not None
        until(lambda: len(table._heard) == 2)
        known = table.latest()
        table._look()
        assert table.latest() is known
        assert trace(painting(), known).by_role("checkpoint") is not None
