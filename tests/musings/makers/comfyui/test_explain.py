"""A server's complaints in plain words."""

import pytest

from musings.errors import PassingFault, UserFault
from musings.makers.comfyui.answers import NodeProblem, Rejected
from musings.makers.comfyui.explain import failure_fault, is_out_of_memory, refusal
from musings.makers.comfyui.protocol import Failure
from tests.musings.makers.comfyui.graphs import painting


@pytest.mark.parametrize(
    ("kind", "message", "passing"),
    [
        ("torch.OutOfMemoryError", "Allocation on device", True),
        ("torch.cuda.OutOfMemoryError", "", True),
        ("RuntimeError", "CUDA error: out of memory", True),
        ("MemoryError", "", True),
        ("requests.exceptions.ConnectionError", "refused", True),
        ("TimeoutError", "", True),
        ("ValueError", "bad", False),
        ("KeyError", "", False),
    ],
)
def test_classes_of_failures(kind: str, message: str, passing: bool) -> None:
    fault = failure_fault(Failure("3", "KSampler", kind, message), painting())
    assert isinstance(fault, PassingFault if passing else UserFault)
    assert "node 3 (KSampler)" in str(fault)


def test_a_failure_keeps_its_traceback_for_the_log() -> None:
    failure = Failure("3", "K", "ValueError", "first line\nsecond line", "File x")
    fault = failure_fault(failure, {})
    assert "first line" in str(fault)
    assert "second line" not in str(fault)
    assert "second line" in fault.log
    assert not is_out_of_memory(failure)


def test_a_long_list_is_looked_up_in_the_class_table() -> None:
    problem = NodeProblem("4", "Loader", "value_not_in_list", "", "", "ckpt_name", "foxy_v2.ckpt")
    info = {"Loader": {"input": {"required": {"ckpt_name": [["foxy_v1.ckpt"], {}]}}}}
    fault = refusal(Rejected("prompt_outputs_failed_validation", "", "", (problem,)), {}, info)
    assert "'foxy_v1.ckpt'" in str(fault)
    assert "Install" in str(fault.hint)


def test_a_refusal_without_details() -> None:
    fault = refusal(Rejected("prompt_outputs_failed_validation", "Prompt outputs failed validation", ""), {})
    assert "circle" in str(fault.hint)
