"""`musings status`: what waits, what runs, what failed."""

import json
from datetime import datetime, timedelta
from pathlib import Path

from musings.models import Kind
from musings.store import times
from musings.store.database import Database
from musings.store.queue import claims, endings
from tests.musings.command_line import Run


def test_status(run: Run, database: Database) -> None:
    run("submit", "a fox", "--type", "image")
    run("submit", "a wren")
    run("pause")
    claimed = database.writing(claims.claim, [Kind.IMAGE])
    assert claimed is not None
    database.writing(endings.fail, claimed, error="The model is missing.", error_class="UserFault", seconds=1, log="")
    said = run("status")
    assert said.code == 0
    assert "Worker: none runs" in said.out
    assert "Queue: paused, 1 pending" in said.out
    assert "Failed: 1 (image) The model is missing." in said.out
    assert run("status", "--json").json["by_status"]["failed"] == 1
    assert json.loads(run("status", "--json").out)["paused"] is True


def test_a_waiting_prompt_says_why(run: Run, database: Database) -> None:
    run("submit", "a fox", "--type", "image")
    for counted in (True, False, False):
        taken = database.writing(claims.claim, [Kind.IMAGE])
        assert taken is not None
        at = times.now() if counted or taken.attempt < 3 else times.now() + timedelta(hours=1)
        database.writing(
            endings.put_back,
            taken,
            at=at,
            error="No ComfyUI is free. Start one.",
            error_class="Unavailable",
            seconds=0,
            log="",
            counted=counted,
            waits_for="comfyui",
        )

    assert "waits: No ComfyUI is free. Start one." in run("list").out
    assert "Waits: 1 (image) No ComfyUI is free. Start one." in run("status").out
    shown = run("show", "1")
    assert "waits, tried again at" in shown.out
    assert "No ComfyUI is free. Start one." in shown.out
    assert "of 3" not in shown.out  # one attempt of three is no news
    document = run("show", "1", "--json").json
    assert (document["attempt"], document["attempts_used"]) == (3, 1)


def test_what_waits_for_its_hours_is_said(run: Run, config: Path) -> None:
    begins = datetime.now().astimezone() + timedelta(hours=2)
    window = f"{begins:%H:%M}-{begins + timedelta(hours=1):%H:%M}"
    document = json.loads(config.read_text())
    config.write_text(json.dumps({**document, "processing": {"hours": {"image": window}}}))
    run("submit", "a wren")
    assert "only" not in run("status").out
    run("submit", "a fox", "--type", "image")
    said = run("status").out
    assert f"Image prompts begin {window} only, the next time from {begins:%A %H:%M} (processing.hours)." in said
    assert run("status", "--json").json["eta_seconds"] == {"p50": None, "p90": None}


def test_how_it_stands_with_a_broker(run: Run, config: Path) -> None:
    assert "MQTT" not in run("status").out
    assert run("status", "--json").json["mqtt"] is None
    config.write_text(json.dumps({**json.loads(config.read_text()), "mqtt": {"host": "broker.local"}}))
    assert "MQTT: nobody speaks to the broker: start `musings up`" in run("status").out
    assert "nobody speaks" in run("status", "--json").json["mqtt"]
