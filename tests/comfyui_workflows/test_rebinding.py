"""What became of the fields of a form when its file was exported anew."""

from comfyui_workflows.form import Form
from comfyui_workflows.form_field import FormField
from comfyui_workflows.rebinding import changes
from comfyui_workflows.tracing import trace
from tests.musings.makers.comfyui.graphs import node, painting
from tests.musings.makers.comfyui.renumbering import renumbered


def test_other_numbers_of_nodes_change_no_name() -> None:
    found = changes(trace(painting()), trace(renumbered(painting())))
    assert all(name == now for name, now in found.names.items())
    assert "prompt goes to node 16 now, which was 6." in found.said


def test_the_same_file_has_nothing_to_say() -> None:
    assert changes(trace(painting()), trace(painting())).said == ()


def test_a_field_that_is_called_otherwise_is_found_by_its_place() -> None:
    graph = painting()
    graph["50"] = node("CLIPTextEncode", "Left side", text="a tree", clip=["4", 1])
    graph["51"] = node("ConditioningCombine", conditioning_1=["6", 0], conditioning_2=["50", 0])
    graph["3"]["inputs"]["positive"] = ["51", 0]
    before = trace(graph)
    # The first prompt is gone, so that the other one is the prompt now.
    del graph["6"], graph["51"]
    graph["3"]["inputs"]["positive"] = ["50", 0]
    found = changes(before, trace(graph))
    assert found.names["left_side"] == "prompt"
    assert found.names["prompt"] is None
    assert "left_side is called prompt now." in found.said
    assert any(words.startswith("prompt is gone") and "CLIPTextEncode" in words for words in found.said)


def test_of_two_places_alike_none_is_guessed() -> None:
    graph = {"1": node("LoadImage", "Photo", image="a.png"), "2": node("SaveImage", images=["1", 0])}
    before = trace(graph)
    after = trace(
        {
            "5": node("LoadImage", "Other", image="a.png"),
            "6": node("LoadImage", "Third", image="b.png"),
            "7": node("ImageBatch", image1=["5", 0], image2=["6", 0]),
            "8": node("SaveImage", images=["7", 0]),
        }
    )
    # By its name alone, which both forms have.
    assert changes(before, after).names == {"image": "image"}
    apart = Form(
        tuple(FormField(f"x{each.name}", each.type, each.label) for each in after.fields),
        tuple(
            type(each)(f"x{each.field}", each.node, each.class_type, each.title, each.input) for each in after.bindings
        ),
    )
    assert changes(before, apart).names == {"image": None}


def test_fields_without_places_are_known_by_their_names() -> None:
    before = Form((FormField("a", "text", "A"), FormField("b", "text", "B")))
    assert changes(before, Form((FormField("a", "text", "A"),))).names == {"a": "a", "b": None}


def test_what_is_gone_and_what_is_new_is_said_before_what_only_moved() -> None:
    after = renumbered(painting())
    del after["13"]["inputs"]["steps"]
    after["90"] = node("LoadImage", "Photo", image="a.png")
    after["91"] = node("PreviewImage", images=["90", 0])
    found = changes(trace(painting()), trace(after))
    gone, new, *moved = found.said
    assert gone.startswith("steps is gone")
    assert new == "image is new."
    assert all("goes to node" in words for words in moved)
