"""The verbs about prompts at the queue of another machine: as programs, with the address and the token around them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import MakeSettings
from tests.musings.api.conftest import Api, serving
from tests.musings.api.entering import Locked
from tests.musings.command_line import Run
from tests.musings.remote.conftest import staffed_api
from tests.ports import free_port

__all__ = ["staffed_api"]

PHOTO = Path(__file__).parents[1] / "remote" / "photo.png"
SMALL = ("--set", "width=64", "--set", "height=64")


@pytest.fixture
def locked(make_settings: MakeSettings, fresh_database: Path) -> Iterator[Locked]:
    settings = make_settings(server={"port": 0}, security={"require_auth": True})
    with serving(settings, fresh_database) as api:
        yield Locked(api)


def test_submit_wait_and_fetch(program: Run, staffed_api: Api, tmp_path: Path) -> None:
    there = {"MUSINGS_URL": staffed_api.address}
    said = program("submit", "a fox", "--type", "image", *SMALL, "--wait", "--output", "out", "--json", **there)
    assert said.code == 0, said.err
    assert said.json["status"] == "completed"
    made = said.json["artifacts"][0]
    assert [path.stat().st_size for path in (tmp_path / "out").iterdir()] == [made["metadata"]["bytes"]]
    shown = program("show", str(said.json["id"]), "--output", "again", **there)
    assert f"Prompt {said.json['id']}, image, completed" in shown.out
    assert "again/" in shown.out
    assert not (tmp_path / "musings.db").exists()


def test_a_file_of_this_machine_goes_there(program: Run, staffed_api: Api, tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(PHOTO.read_bytes())
    words = ("submit", "inverted", "--type", "image", "--workflow", "image_inverted", "--set", "image=@photo.png")
    said = program(*words, "--wait", "--json", MUSINGS_URL=staffed_api.address)
    assert said.code == 0, said.err
    assert said.json["parameters"]["image"].startswith("upload:")


def test_queue_list_and_cancel(program: Run, staffed_api: Api) -> None:
    there = {"MUSINGS_URL": staffed_api.address}
    staffed_api.http.post("/api/queue/pause")
    try:
        queued = program("submit", "-", "--type", "poem", stdin=b"an owl at dusk", **there)
        assert (queued.code, queued.out.startswith("Prompt ")) == (0, True)
        [listed] = program("list", "--search", "owl dusk", "--json", **there).json["items"]
        assert "an owl at dusk" in program("list", "--status", "pending", **there).out
        gone = program("cancel", str(listed["id"]), **there)
        assert gone.out == f"Prompt {listed['id']} is cancelled.\n"
        none = program("cancel", "999999", **there)
        assert (none.code, none.out, "999999" in none.err) == (1, "", True)
    finally:
        staffed_api.http.post("/api/queue/resume")


def test_a_dry_run_there(program: Run, staffed_api: Api) -> None:
    there = {"MUSINGS_URL": staffed_api.address}
    good = program("submit", "a fox", "--type", "image", "--workflow", "sketch-image", "--dry-run", **there)
    assert (good.code, good.out.startswith("It would run on ")) == (0, True)
    bad = program("submit", "a fox", "--type", "image", "--set", "width=wide", "--dry-run", **there)
    assert bad.code == 1
    assert "parameters.width" in bad.out


def test_a_failure_there_is_exit_code_1(program: Run, staffed_api: Api) -> None:
    words = ("submit", "a fox", "--type", "voice", "--set", "voice=klingonish", "--wait")
    said = program(*words, MUSINGS_URL=staffed_api.address)
    assert said.code == 1
    assert "klingonish" in said.out


def test_no_server_and_no_worker_are_exit_code_3(program: Run, locked: Locked) -> None:
    away = program("list", MUSINGS_URL=f"http://127.0.0.1:{free_port()}")
    assert (away.code, "Is it running, and is the address right?" in away.err) == (3, True)
    token = locked.token("read", "write")["Authorization"].removeprefix("Bearer ")
    lonely = program("submit", "a fox", "--wait", MUSINGS_URL=locked.api.address, MUSINGS_TOKEN=token)
    assert lonely.code == 3
    assert "no worker runs there" in lonely.err


def test_a_token_is_asked_for_and_never_shown(program: Run, locked: Locked) -> None:
    there = {"MUSINGS_URL": locked.api.address}
    without = program("list", **there)
    assert (without.code, without.err.startswith("musings: Log in on the page, or send a token")) == (2, True)
    wrong = program("list", MUSINGS_TOKEN="mus_wrong_secret", **there)
    assert wrong.code == 2
    assert "The token is wrong" in wrong.err
    assert "mus_wrong_secret" not in wrong.err + wrong.out
    token = locked.token("write")["Authorization"].removeprefix("Bearer ")
    lacking = program("list", MUSINGS_TOKEN=token, **there)
    assert (lacking.code, "This needs the scope read" in lacking.err) == (2, True)
    taken = program("submit", "a fox", "--json", MUSINGS_TOKEN=token, **there)
    assert (taken.code, sorted(taken.json)) == (0, ["created_at", "id", "status"])


def test_config_names_a_queue_of_this_machine(program: Run, config: Path) -> None:
    said = program("submit", "a fox", "--config", str(config), MUSINGS_URL="http://127.0.0.1:1")
    assert (said.code, said.out) == (0, "Prompt 1 is queued.\n")


@pytest.mark.parametrize("words", [("retry", "1"), ("delete", "1"), ("pause",), ("trash", "empty"), ("status",)])
def test_what_works_here_alone_refuses(program: Run, config: Path, words: tuple[str, ...]) -> None:
    said = program(*words, MUSINGS_URL="http://127.0.0.1:1")
    assert (said.code, "MUSINGS_URL names another" in said.err) == (2, True)
    assert "MUSINGS_URL" not in program("status", "--config", str(config), MUSINGS_URL="http://127.0.0.1:1").err
