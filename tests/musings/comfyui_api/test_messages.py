"""What is told over the socket, made of what our own events say."""

import json
import struct
from typing import Any

from musings.comfyui_api.messages import JobStory, frame, status
from musings.makers.comfyui.protocol import Preview, read_frame
from tests.musings.makers.comfyui.graphs import node, painting, picture

SUCCESS = ("execution_success", {"timestamp": 1})


def kinds(found: Any) -> list[str]:
    return [each["type"] if isinstance(each, dict) else "frame" for each in found]


def running(found: Any) -> list[str]:
    return [each["data"]["node"] for each in found if isinstance(each, dict) and each["type"] == "executing"]


def test_the_first_status_tells_a_client_its_id() -> None:
    assert status(3, "x")["data"] == {"status": {"exec_info": {"queue_remaining": 3}}, "sid": "x"}
    assert "sid" not in status(3)["data"]


def test_frames_are_read_by_our_own_client() -> None:
    plain = frame(b"jpeg", "image/jpeg")
    assert plain is not None
    assert struct.unpack(">II", plain[:8]) == (1, 1)
    told = frame(b"png", "image/png", metadata={"node_id": "3", "prompt_id": "p"})
    assert told is not None
    found = read_frame(told)
    assert isinstance(found, Preview)
    assert (found.picture, found.media_type, found.node, found.prompt_id) == (b"png", "image/png", "3", "p")
    assert frame(b"x", "image/webp") is None


def test_a_job_is_told_from_its_beginning_to_its_end() -> None:
    story = JobStory("p", picture(), is_mine=True)
    assert kinds(story.begins()) == ["execution_start", "execution_cached"]
    assert list(story.begins()) == []
    found = list(story.ends(SUCCESS, {"2": {"images": []}}, {}))
    assert running(found) == ["1", "2"]
    assert kinds(found)[-3:] == ["executed", "progress_state", "execution_success"]
    last = found[-2]
    assert isinstance(last, dict)
    assert {each["state"] for each in last["data"]["nodes"].values()} == {"finished"}
    assert list(story.ends(SUCCESS, {}, {})) == []
    assert story.is_over() == {"type": "executing", "data": {"node": None, "prompt_id": "p"}}


def test_progress_names_the_node_and_those_before_it() -> None:
    story = JobStory("p", painting(), is_mine=True)
    found = list(story.goes_on(3.5, 7.0, "KSampler"))
    assert running(found)[-1] == "3"
    assert set(running(found)) == {"3", "4", "5", "6", "7"}
    assert found[-1] == {"type": "progress", "data": {"value": 50, "max": 100, "node": "3", "prompt_id": "p"}}
    assert kinds(story.goes_on(3.6, 7.0, "KSampler")) == ["progress_state", "progress"]
    assert kinds(story.goes_on(0, 0, "in line")) == []
    assert running(story.ends(SUCCESS, {}, {})) == ["8", "9"]


def test_of_two_nodes_with_one_title_each_has_its_turn() -> None:
    graph = {**picture(), "3": node("SaveImage", "Save Image", images=["1", 0], filename_prefix="u")}
    story = JobStory("p", graph, is_mine=True)
    first = running(story.goes_on(1, 3, "Save Image"))
    # The same words again may be of the same node, and are taken so until another has had its turn.
    assert running(story.goes_on(2, 3, "Save Image")) == []
    assert (first[0], story.node) == ("1", first[-1])
    assert set(running(story.ends(SUCCESS, {}, {}))) == {"2", "3"} - set(first)


def test_a_job_of_no_client_tells_its_progress_alone() -> None:
    story = JobStory("p", picture(), is_mine=False, is_nobodys=True)
    found = [*story.goes_on(1, 2, "Save Image"), *story.ends(SUCCESS, {"2": {}}, {})]
    assert set(kinds(found)) == {"progress_state", "progress"}


def test_an_error_comes_after_its_node() -> None:
    story = JobStory("p", picture(), is_mine=True)
    found = list(story.ends(("execution_error", {"node_id": "2"}), {}, {}))
    assert (running(found), kinds(found)[-1]) == (["1", "2"], "execution_error")


def test_pictures_over_the_socket_are_sent_with_their_node() -> None:
    graph = {"1": node("EmptyImage"), "2": node("SaveImageWebsocket", images=["1", 0])}
    story = JobStory("p", graph, is_mine=True)
    assert list(story.shows(b"png", "image/png", with_metadata=False)) == []
    found = list(story.ends(SUCCESS, {}, {"2": [b"one", b"two"]}))
    frames = [each for each in found if isinstance(each, bytes)]
    assert [each[8:] for each in frames] == [b"one", b"two"]
    assert found.index(frames[0]) > kinds(found).index("executing")
    states = [each["data"].get("nodes", {}) for each in found if isinstance(each, dict)]
    assert 2.0 in [nodes["2"]["max"] for nodes in states if "2" in nodes]
    again = JobStory("p", graph, is_mine=True)
    [told] = [each for each in again.ends(SUCCESS, {}, {"2": [b"one"]}, with_metadata=True) if isinstance(each, bytes)]
    named = read_frame(told)
    assert isinstance(named, Preview)
    assert (named.node, named.prompt_id, named.picture) == ("2", "p", b"one")


def test_a_preview_says_what_it_is_of_to_who_understands_it() -> None:
    story = JobStory("p", picture(), is_mine=True)
    [told] = story.shows(b"jpeg", "image/jpeg", with_metadata=True)
    assert isinstance(told, bytes)
    length = struct.unpack(">I", told[4:8])[0]
    assert json.loads(told[8 : 8 + length])["prompt_id"] == "p"
