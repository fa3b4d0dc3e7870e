"""The calls of nodes in a script, read back without running it."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfyui_workflows.graph import Graph
from comfyui_workflows.json_types import Json
from comfyui_workflows.script_graph import graph_of, keyword_of, node_calls, value_of


def read(*lines: str) -> tuple[Graph, dict[str, tuple[str, str]]]:
    return graph_of(ast.parse("def main():\n" + "\n".join(f"    {line}" for line in lines)))


def value(code: str) -> Json:
    return value_of(ast.parse(code, mode="eval").body)


@pytest.mark.parametrize(
    "made",
    [
        "KSampler()",
        'NODE_CLASS_MAPPINGS["KSampler"]()',
        'wrap(NODE_CLASS_MAPPINGS["KSampler"])()',
        'wrap(context, NODE_CLASS_MAPPINGS["KSampler"])()',
    ],
)
def test_a_class_is_known_however_its_object_is_made(made: str) -> None:
    graph, _ = read(f"sampler = {made}", "sampler_3 = sampler.sample(steps=20)")
    assert graph == {"sampler_3": {"class_type": "KSampler", "inputs": {"steps": 20}}}


@pytest.mark.parametrize(
    ("code", "read_as"),
    [
        ("get_value_at_index(loader_4, 0)", ["loader_4", 0]),
        ("get_value_at_index(loader_4, slot)", None),
        ("get_value_at_index(load(), 0)", None),
        ("get_value_at_index(loader_4)", None),
        ("random.randint(1, 2**64)", None),
        ("('a', 1)", ["a", 1]),
        ("-7", -7),
        ("{'a': None, 'b': [True]}", {"a": None, "b": [True]}),
        ("b'bytes'", None),
        ("{1, 2}", None),
        ("1e999", None),
        ("-1e999", None),
        ("2j", None),
        ("...", None),
        ("'\\ud800'", None),
        (str(2**64), 2**64),
        (str(10**30), None),
        ("[" * 150 + "]" * 150, None),
    ],
)
def test_a_value_is_a_link_a_constant_or_not_known(code: str, read_as: Json) -> None:
    assert value(code) == read_as


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(st.characters(exclude_categories=["Cs"])),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner),
        max_leaves=8,
    )
)
def test_a_constant_is_read_as_it_was_written(constant: Json) -> None:
    assert value(repr(constant)) == constant


def test_an_option_is_found_however_it_is_wrapped() -> None:
    _, places = read(
        "encoder = CLIPTextEncode()",
        "text_6 = encoder.encode(text=args.words, clip=get_value_at_index(x, 0))",
        "sampler = KSampler()",
        "sampler_3 = sampler.sample(seed=(int(args.seed6) if args.seed6 else seed(args.random_seed_type)))",
    )
    assert places == {"words": ("text_6", "text"), "seed6": ("sampler_3", "seed")}


def test_calls_of_anything_else_are_no_nodes() -> None:
    graph, places = read(
        "text = ' '.join(args.words)",
        "other = unknown.run(a=1)",
        "made = Made(1)",
        "made_1 = made.run(a=args.b)",
        "a.b = made.run()",
        "here().there()",
    )
    assert (graph, places) == ({}, {})


def test_the_last_of_two_calls_for_one_variable_stands() -> None:
    lines = ("node = EmptyImage()", "node_1 = node.make(width=1)", "node_1 = node.make(width=2)")
    calls = list(node_calls(ast.parse("\n".join(lines))))
    assert [ast.unparse(call) for _, _, call in calls] == ["node.make(width=1)", "node.make(width=2)"]
    assert read(*lines)[0]["node_1"]["inputs"] == {"width": 2}


def test_keywords_handed_on_as_a_whole_are_left_alone() -> None:
    graph, _ = read("node = EmptyImage()", "node_1 = node.make(width=1, **more)")
    assert graph["node_1"]["inputs"] == {"width": 1}


def test_a_keyword_of_a_call() -> None:
    call = ast.parse("f(1, a=2, **b)").body[0]
    assert isinstance(call, ast.Expr)
    assert isinstance(call.value, ast.Call)
    found = keyword_of(call.value, "a")
    assert found is not None
    assert ast.unparse(found) == "2"
    assert keyword_of(call.value, "b") is None
