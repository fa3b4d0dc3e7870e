"""Requests to an application of this process."""

import asyncio

from musings.remote.in_process import HERE, in_process
from musings.remote.wire import ServerRequest
from tests.musings.api.conftest import Api


def test_the_same_answer_without_a_socket(staffed_api: Api) -> None:
    async def run() -> bytes:
        wire = in_process(staffed_api.server.config.loaded_app)
        try:
            return (await wire.ask(ServerRequest("GET", "/health"))).content
        finally:
            await wire.close()

    assert asyncio.run(run()) == staffed_api.http.get("/health").content
    assert HERE.startswith("http://127.0.0.1")
