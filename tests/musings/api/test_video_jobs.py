"""Jobs of films as they stand, by services without a worker; with one in ``routes/test_openai_videos.py``."""

import pytest

from musings.api import video_jobs
from musings.api.app import services_for
from musings.openai_api.refusals import ApiRefusal
from tests.musings.api.conftest import Api


def test_a_job_waits_without_a_film_and_goes_into_the_trash(api: Api) -> None:
    services = services_for(api.settings, api.database)
    waiting = api.submit("a fox", prompt_type="animation")["id"]
    prompt = video_jobs.found(services, f"video_{waiting}")
    [shown] = video_jobs.shown(services, [prompt])
    assert (shown["status"], shown["size"], shown["seconds"]) == ("queued", "768x432", "4")
    with pytest.raises(ApiRefusal, match="is queued"):
        video_jobs.film_of(services, prompt)
    assert video_jobs.discard(services, prompt)["deleted"] is True
    with pytest.raises(ApiRefusal, match="There is no video"):
        video_jobs.found(services, f"video_{waiting}")


def test_a_film_that_went_missing_is_said_so(api: Api) -> None:
    made = api.submit("a fox", prompt_type="video")["id"]
    api.sqlite("UPDATE prompts SET status = 'completed' WHERE id = ?", made)
    api.sqlite(
        "INSERT INTO prompt_artifacts (prompt_id, artifact_type, file_path, metadata) VALUES (?, 'video', 'a.mp4', ?)",
        made,
        '{"missing": true}',
    )
    services = services_for(api.settings, api.database)
    prompt = video_jobs.found(services, f"video_{made}")
    with pytest.raises(ApiRefusal, match=r"is failed\. The workflow made something, and none of it is a film"):
        video_jobs.film_of(services, prompt)


@pytest.mark.parametrize("after", ["video_", "12", "resp_1"])
def test_a_list_begins_behind_a_video_and_nothing_else(api: Api, after: str) -> None:
    services = services_for(api.settings, api.database)
    with pytest.raises(ApiRefusal, match="after"):
        video_jobs.listing(services, after, 5, oldest_first=False)
    assert video_jobs.listing(services, "video_1", 5, oldest_first=True)["data"] == []
