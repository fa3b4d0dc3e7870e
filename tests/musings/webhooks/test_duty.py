"""Who delivers: the worker beside its prompts, the API on a thread of its own, nobody where it is switched off."""

from musings.config.settings import Settings
from musings.store.database import Database
from musings.store.webhooks.endpoints import Webhook
from musings.webhooks import duty
from musings.webhooks.delivery import Post
from musings.webhooks.signatures import WebhookKey
from tests.conftest import MakeSettings
from tests.musings.webhooks.ended import cancelled
from tests.musings.webhooks.receiver import Receiver
from tests.musings.worker.conftest import Hall, until


def test_a_thread_beside_the_api_tells_what_ended(
    database: Database, posting: Post, receiver: Receiver, webhook: Webhook
) -> None:
    with duty.delivering(posting, look_seconds=0.01):
        cancelled(database)
        until(lambda: len(receiver.received) == 1)


def test_a_drain_tells_before_it_ends(
    settings: Settings, database: Database, receiver: Receiver, webhook: Webhook
) -> None:
    hall = Hall(settings, database)
    made = [hall.add("a fox", "image"), hall.add("a poem", "poem")]
    hall.drain()
    assert {hall.get(each).status for each in made} == {"completed"}
    key = duty.key_of(settings, database)
    told = [each.verified(key.secret(webhook)) for each in receiver.received]
    assert sorted(each["data"]["prompt_id"] for each in told) == sorted(made)
    assert {each["type"] for each in told} == {"prompt.completed"}


def test_switched_off_there_are_no_duties(make_settings: MakeSettings, database: Database) -> None:
    off = Post(make_settings(webhooks={"enabled": False}), database, WebhookKey(None, None))
    assert duty.duties(off) == []
    with duty.delivering(off):
        pass
