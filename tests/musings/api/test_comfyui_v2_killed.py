"""API and worker are killed between create and get, and Comfy's own SDK finds its job and its picture after."""

import io
import json
from pathlib import Path

import httpx
from comfy_sdk import Comfy
from PIL import Image

from fake_comfyui.server import FakeComfy
from tests.musings.api.comfyui_sdk import pointed_at
from tests.musings.api.comfyui_v2_clients import png
from tests.musings.command_line import running
from tests.musings.makers.comfyui.graphs import painting
from tests.ports import free_port
from tests.waiting import until

SECONDS = 90.0


def test_everything_is_killed_between_create_and_get_and_nothing_is_lost(tmp_path: Path) -> None:
    """At a port of the door's own; the asset, the labels and the key outlive it too."""
    config, port = tmp_path / "poets_cron_config.json", free_port()
    with FakeComfy() as fake, pointed_at(f"http://127.0.0.1:{port}"):
        fake.pace.step = 0.1
        settings = {
            "server": {"port": 0},
            "media": {"comfyui": {"hosts": [fake.url]}},
            "doors": {"comfyui_port": port},
        }
        config.write_text(json.dumps(settings))

        def answers() -> bool:
            try:
                return httpx.get(f"http://127.0.0.1:{port}/api/v2/health", trust_env=False).is_success
            except httpx.TransportError:
                return False

        with running(config, "up", "--port", "0") as program, Comfy() as client:
            until(answers, SECONDS)
            asset = client.assets.from_bytes(png("blue"), filename="blue.png")
            asset.commit()
            workflow = client.workflows.from_json(painting(seed=3, steps=40))
            job = client.submit(workflow, idempotency_key="once")
            until(lambda: sum(fake.counts.executions.values()), SECONDS)
            program.kill()
            program.wait()
            until(lambda: not answers(), SECONDS)
        with running(config, "up", "--port", "0") as program, Comfy() as client:
            until(answers, SECONDS)
            again = client.submit(client.workflows.from_json(painting(seed=3, steps=40)), idempotency_key="once")
            assert again.id == job.id
            found = client.jobs.get(job.id).result()
            [output] = found.outputs
            assert Image.open(io.BytesIO(output.to_bytes())).size == (64, 48)
            kept = client.assets.get(str(asset.id))
            assert kept.hash == asset.hash
            program.terminate()
            program.communicate(timeout=SECONDS)
        assert sum(fake.counts.executions.values()) == 1
