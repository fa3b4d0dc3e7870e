"""The client for an event loop: it does what the other does, and offers the same."""

import asyncio
import inspect
from pathlib import Path

import pytest

from musings.client import AsyncClient, Client, StillWorking
from tests.musings.api.conftest import Api


def test_three_at_once(staffed_api: Api, tmp_path: Path) -> None:
    async def make() -> list[Path]:
        async with AsyncClient(staffed_api.address) as client:
            asked = [
                await client.submit(
                    f"fox {seed}", prompt_type="image", parameters={"seed": seed, "width": 64, "height": 64}
                )
                for seed in range(3)
            ]
            done = await asyncio.gather(*(client.wait(each.id) for each in asked))
            assert [each.status for each in done] == ["completed"] * 3
            return [path for each in done for path in await client.download(each, tmp_path)]

    kept = asyncio.run(make())
    assert len({path.read_bytes() for path in kept}) == 3


def test_one_that_is_not_done_in_time_is_still_at_work(staffed_api: Api) -> None:
    async def give_up() -> None:
        async with AsyncClient(staffed_api.address) as client:
            staffed_api.http.post("/api/queue/pause")
            try:
                asked = await client.submit("later", prompt_type="poem")
                with pytest.raises(StillWorking, match="still pending") as caught:
                    await client.wait(asked.id, timeout=0.2)
                assert caught.value.prompt_id == asked.id
                assert (await client.cancel(asked.id)).status == "cancelled"
            finally:
                staffed_api.http.post("/api/queue/resume")

    asyncio.run(give_up())


def offered(kind: type) -> dict[str, str]:
    return {
        name: str(inspect.signature(member)).replace("AsyncClient", "Client")
        for name, member in vars(kind).items()
        if not name.startswith("_") and inspect.isfunction(member)
    }


def test_both_clients_offer_the_same() -> None:
    assert offered(AsyncClient) == offered(Client)
    assert {"submit", "wait", "download", "upload", "cancel"} <= set(offered(Client))
