"""A server that stops answering while the files of a finished job are fetched."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from musings.errors import ServerAway
from musings.makers.comfyui import run
from musings.makers.comfyui.client import ComfyServer
from musings.makers.comfyui.run import run_graph
from tests.fakes.comfy import ComfyProcess
from tests.musings.makers.comfyui.graphs import picture
from tests.musings.makers.comfyui.recorder import Recorder, quick


def test_it_is_not_waited_for_once_for_each_try(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "HANGING_SECONDS", 0.2)
    tries: list[str] = []
    with (
        ComfyProcess(tmp_path / "one") as process,
        ComfyServer(process.url, read_seconds=0.5, look_seconds=0.5) as server,
    ):
        stream = server.stream

        def counted(path: str, params: Any) -> Any:
            tries.append(path)
            return stream(path, params)

        monkeypatch.setattr(server, "stream", counted)
        hooks = replace(Recorder().hooks, on_fetching=process.freeze)
        with pytest.raises(ServerAway):
            run_graph(server, picture(), prompt_id="ours", target=tmp_path, hooks=hooks, limits=quick())
        process.thaw()
        assert tries == ["view"]
        again = run_graph(server, picture(), prompt_id="ours", target=tmp_path, resume=True, limits=quick())
        assert [each.path.name for each in again.files] == ["0001.png"]
        assert process.executions == {"ours": 1}
