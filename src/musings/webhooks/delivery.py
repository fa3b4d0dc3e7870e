"""The outbox worked through: each message to its receiver, again with growing waits for three days until it is taken.

A message may come twice (a kill between the answer and the note of it); its ``webhook-id`` is the same then.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from musings import logs
from musings.alerts.channels import send as notify
from musings.alerts.post import Send as Tell
from musings.backoff import backoff
from musings.config.settings import Settings
from musings.errors import MusingsError, NotFoundError
from musings.store import times
from musings.store.database import Database
from musings.store.webhooks import deliveries, endpoints
from musings.webhooks import destinations, parcels
from musings.webhooks.channels import told
from musings.webhooks.sending import Answer, Send, post
from musings.webhooks.signatures import WebhookKey

FIRST_SECONDS = 5.0
LONGEST_SECONDS = 6 * 3600.0
GIVE_UP = timedelta(days=3)
CLAIM_MARGIN = timedelta(seconds=60)
"""How much longer than a try may take nobody else tries."""
AT_ONCE = 100
GONE = 410
"""By which a receiver says that it wants nothing more (Standard Webhooks)."""


@dataclass(frozen=True)
class Post:
    """What it takes to deliver. ``base`` is the address of the API that messages name."""

    settings: Settings
    database: Database
    key: WebhookKey
    send: Send = field(default=post)
    look_up: destinations.LookUp = field(default=destinations.addresses)
    tell: Tell = field(default=notify)

    def deliver(self, stopping: Callable[[], bool] = lambda: False) -> dict[str, object] | None:
        """Try what is due; returns how many were taken and how many not, None where nothing was due.

        Of a receiver that did not take one, the others wait for the next look.
        """
        taken = left = 0
        unwell: set[int] = set()
        for found in self.database.reading(deliveries.due, times.now(), AT_ONCE):
            if stopping():
                break
            if found.webhook_id in unwell:
                continue
            done = self.deliver_one(found)
            if done is None:
                continue
            if done.was_taken:
                taken += 1
            else:
                left += 1
                unwell.add(found.webhook_id)
        return {"taken": taken, "left": left} if taken or left else None

    def deliver_one(self, found: deliveries.Delivery) -> Answer | None:
        """One try of one message; None when somebody else has it, or its webhook went."""
        until = times.now() + timedelta(seconds=self.settings.webhooks.timeout_seconds) + CLAIM_MARGIN
        claimed = self.database.writing(deliveries.claim, found, until)
        if claimed is None:
            return None
        with contextlib.suppress(NotFoundError):
            webhook = self.database.reading(endpoints.get, claimed.webhook_id)
            answer = self._sent(webhook, claimed)
            if answer is not None:
                self._settle(webhook, claimed, answer)
            return answer
        return None

    def try_out(self, webhook_id: int) -> Answer | None:
        """A message that only says that it is a test, sent now; None when its receiver went."""
        return self.deliver_one(self.database.writing(deliveries.post_test, webhook_id))

    def forget_old(self) -> dict[str, object] | None:
        """Take what ended long ago out of the log; returns how many went."""
        before = times.now() - timedelta(days=self.settings.webhooks.keep_days)
        gone = self.database.writing(deliveries.forget_before, before)
        return {"deliveries": gone} if gone else None

    def _sent(self, webhook: endpoints.Webhook, claimed: deliveries.Delivery) -> Answer | None:
        """What was answered; None where the receiver is told no more, and what was on its way to it has gone."""
        if (channel := destinations.channel_of(webhook.url)) is not None:
            return told(self.settings, self.database, channel, claimed, self.tell)
        try:
            parcel = parcels.packed(self.settings, self.database, self.key, webhook, claimed)
            if parcel is None:
                return None
            to = destinations.resolved(webhook.url, self.settings.webhooks.allowed_hosts, self.look_up)
        except (MusingsError, ValueError) as error:  # keys that another program has written cannot be encrypted for
            return Answer(None, error.explained if isinstance(error, MusingsError) else str(error), 0.0)
        answer = self.send(to, parcel.headers, parcel.body, self.settings.webhooks.timeout_seconds)
        return None if parcels.has_gone(self.database, webhook, parcel, answer.status_code) else answer

    def _settle(self, webhook: endpoints.Webhook, claimed: deliveries.Delivery, answer: Answer) -> None:
        now, log = times.now(), logs.get("webhooks")
        tried = deliveries.Try(now, answer.status_code, answer.error, round(answer.seconds, 3))
        with self.database.write() as connection:
            state, again = _next(claimed, answer, now, deliveries.tries_since(connection, claimed) + 1)
            settled = deliveries.settle(connection, claimed, tried, state, again)
            if settled and answer.status_code == GONE:
                endpoints.disable(connection, webhook.id, "It answered 410: it wants nothing more.")
        # Its name and not its address: with many receivers the address is a secret.
        facts = {"webhook": webhook.name, "delivery": claimed.id, "told": claimed.event}
        if state is deliveries.DeliveryState.FAILED:
            log.error("a webhook is given up", **facts, error=answer.error)
        elif state is deliveries.DeliveryState.WAITING:
            log.warning("a webhook did not take a message", **facts, error=answer.error, again_at=again)


def _next(
    claimed: deliveries.Delivery, answer: Answer, now: datetime, tries: int
) -> tuple[deliveries.DeliveryState, datetime | None]:
    if answer.was_taken:
        return deliveries.DeliveryState.DELIVERED, None
    if answer.status_code == GONE or now - claimed.since > GIVE_UP:
        return deliveries.DeliveryState.FAILED, None
    wait = backoff(tries, FIRST_SECONDS, LONGEST_SECONDS)
    asked = min(answer.retry_after or 0.0, LONGEST_SECONDS)
    return deliveries.DeliveryState.WAITING, now + timedelta(seconds=max(wait, asked))
