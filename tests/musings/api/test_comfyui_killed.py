"""API and worker are killed in the middle of a job, and the client finds its picture after."""

import io
import json
import uuid
from pathlib import Path

import httpx
from PIL import Image

from fake_comfyui.server import FakeComfy
from tests.musings.api.comfyui_clients import ComfyUIClient
from tests.musings.command_line import running
from tests.musings.makers.comfyui.graphs import painting
from tests.ports import free_port
from tests.waiting import until

SECONDS = 90.0


def test_everything_is_killed_in_mid_job_and_nothing_is_lost(tmp_path: Path) -> None:
    """At a port of the door's own, where clients have a host and a port alone; what is asked twice is made once."""
    config, port = tmp_path / "poets_cron_config.json", free_port()
    job_id, graph = str(uuid.uuid4()), painting(seed=3, steps=40)
    with FakeComfy() as fake, httpx.Client(timeout=60, trust_env=False) as http:
        fake.pace.step = 0.1
        config.write_text(
            json.dumps(
                {
                    "server": {"port": 0},
                    "media": {"comfyui": {"hosts": [fake.url]}},
                    "doors": {"comfyui_port": port},
                }
            )
        )
        client = ComfyUIClient(f"http://127.0.0.1:{port}")

        def answers() -> bool:
            try:
                return http.get(f"{client.url}/prompt").is_success
            except httpx.TransportError:
                return False

        def runs() -> bool:
            return job_id in fake.counts.executions

        with client.http, running(config, "up", "--port", "0") as program:
            until(answers, SECONDS)
            assert client.queued(graph, prompt_id=job_id) == job_id
            with client.listening() as socket:
                until(lambda: sum(fake.counts.executions.values()), SECONDS)
                # The API and the worker end with it, in whatever they do.
                program.kill()
                program.wait()
                until(lambda: not answers(), SECONDS)
            del socket
        again = ComfyUIClient(client.url)
        with again.http, running(config, "up", "--port", "0") as program:
            until(answers, SECONDS)
            # A client that does not know whether it was heard asks again.
            assert again.queued(graph, prompt_id=job_id) == job_id
            entry = again.history(job_id)
            assert entry["status"]["status_str"] == "success", entry["status"]
            [file] = entry["outputs"]["9"]["images"]
            assert Image.open(io.BytesIO(again.view(file).content)).size == (64, 48)
            program.terminate()
            program.communicate(timeout=SECONDS)
        assert sum(fake.counts.executions.values()) == 1
