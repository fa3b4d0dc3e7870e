"""The contract that our own client holds ComfyUI servers to, held to our door, but for what is decided otherwise."""

import os
import subprocess
import sys
from pathlib import Path

from tests.musings.api.comfyui_clients import comfyui_door
from tests.paths import ROOT

OTHERWISE = {
    "test_a_batch_in_a_sub_folder": "files have our names",
    "test_a_preview_goes_to_the_temporary_folder": "files have our names",
    "test_sounds": "files have our names",
    "test_the_same_again_is_cached_and_keeps_its_names": "each job has files of its own",
    "test_an_unknown_extra_input_defeats_the_cache": "nothing is told to be cached",
    "test_a_failing_node": "an error of Python is told in our words",
    "test_waiting_and_running_jobs_are_in_the_queue_and_can_be_stopped": "several run at once",
    "test_an_interrupted_job_among_all_jobs": "one that was interrupted is called cancelled",
    "test_one_address_for_every_job": "cancelled jobs can be asked for, as of newer versions",
    "test_what_is_no_json_object_is_a_500_in_plain_text": "it is a 400 in words",
    "test_an_id_that_is_no_uuid": "a number is an id, null is none",
    "test_a_circle_is_refused": "its nodes are named",
    "test_numbers_are_converted_and_unknown_inputs_ignored": "the graph is shown as it was posted",
    "test_an_unknown_path_and_a_wrong_method_are_404": "a wrong method is a 405",
}
"""What is decided otherwise here, and why (docs/comfyui-door.md)."""


def test_the_contract_is_kept_but_for_what_is_decided_otherwise(tmp_path: Path, fresh_database: Path) -> None:
    """In a process of its own, whose suite takes the door for a real ComfyUI."""
    with comfyui_door(tmp_path, fresh_database) as door:
        names = [path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "contract").glob("test_*.py")]
        assert [name for name in OTHERWISE if not any(f"def {name}(" in text for text in names)] == []
        chosen = " and ".join(f"not {name}" for name in OTHERWISE)
        command = [sys.executable, "-m", "pytest", "tests/contract", "-q", "-p", "no:cacheprovider", "--tb=short"]
        ended = subprocess.run(
            [*command, "-k", chosen],
            cwd=ROOT,
            env={**os.environ, "MUSINGS_TEST_COMFYUI": door.url},
            capture_output=True,
            text=True,
            check=False,
        )
    assert ended.returncode == 0, ended.stdout[-8_000:] + ended.stderr[-2_000:]
