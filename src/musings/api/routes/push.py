"""``/api/push``: a browser asks to be told when a prompt ends (Web Push), and asks no more."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from musings.api.access_control import access_of
from musings.api.problems import responses
from musings.api.routes.webhooks import ADDRESS, Key
from musings.api.services import Given, Services
from musings.errors import ConflictError, Fault, InvalidInputError
from musings.models import Kind
from musings.store.webhooks import endpoints, subscriptions
from musings.webhooks import delivery, destinations, push

SECURE = ADDRESS.replace("https?", "https", 1)

Id = Annotated[int, Path(ge=1, lt=2**63)]

routes = APIRouter(tags=["push"])


class PushState(BaseModel):
    """``public_key`` is what a browser subscribes with; null while push is switched off."""

    enabled: bool
    public_key: str | None


class BrowserKeys(BaseModel):
    model_config = ConfigDict(extra="ignore")

    p256dh: Annotated[str, Field(max_length=200, description="a point of P-256, base64url")]
    auth: Annotated[str, Field(max_length=100, description="16 bytes, base64url")]


class NewSubscription(BaseModel):
    """As ``PushSubscription.toJSON()`` gives it, with what is to be told."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    endpoint: Annotated[str, Field(max_length=destinations.MOST_CHARACTERS, json_schema_extra={"pattern": SECURE})]
    keys: BrowserKeys
    expiration_time: Annotated[float | None, Field(alias="expirationTime", description="of no account")] = None
    events: Annotated[list[endpoints.WebhookEvent], Field(description="which ends are told", max_length=10)] = list(
        endpoints.ENDINGS[:2]
    )
    kinds: Annotated[list[Kind], Field(description="of which prompts; of all when it is empty", max_length=10)] = []


class SubscriptionMeta(BaseModel):
    id: int
    events: list[endpoints.WebhookEvent]
    kinds: list[Kind]


class TestResult(BaseModel):
    """``error`` says why a message was not taken."""

    delivered: bool
    error: str | None


@routes.get("/api/push", responses=responses(503))
def state(services: Given, key: Key) -> PushState:
    """Whether browsers can be told, and the key that they subscribe with."""
    enabled = _is_on(services)
    return PushState(enabled=enabled, public_key=key.push_key().public if enabled else None)


@routes.post("/api/push/subscriptions", status_code=201, responses=responses(400, 409, 413, 422, 503))
def subscribe(services: Given, request: Request, body: NewSubscription) -> SubscriptionMeta:
    """Tell a browser from now on, for as long as this login or token lasts; the same one again is kept once."""
    if not _is_on(services):
        raise ConflictError("Push messages are switched off.", hint="Set push.enabled and webhooks.enabled to true.")
    allowed = services.settings.webhooks.allowed_hosts
    endpoint = destinations.checked(body.endpoint, allowed)
    # Push services are public hosts, and TLS is what they speak; a stand-in of a test is one that the owner names.
    if not endpoint.casefold().startswith("https:") and not allowed:
        raise InvalidInputError([Fault("endpoint", "does not begin with https://")])
    keys = push.checked_keys(body.keys.p256dh, body.keys.auth)
    made = services.database.writing(subscriptions.keep, endpoint, keys, _subscriber(request), body.events, body.kinds)
    return _meta(made)


@routes.delete("/api/push/subscriptions/{subscription_id}", status_code=204, responses=responses(404, 422, 503))
def unsubscribe(services: Given, request: Request, subscription_id: Id) -> None:
    """Tell a browser nothing more. That of another login is none of yours."""
    services.database.reading(subscriptions.own, subscription_id, _subscriber(request))
    services.database.writing(subscriptions.remove, subscription_id)


@routes.post("/api/push/subscriptions/{subscription_id}/test", responses=responses(404, 422, 503))
def test(services: Given, key: Key, request: Request, subscription_id: Id) -> TestResult:
    """Send it a message now; the answer says whether its push service took it."""
    services.database.reading(subscriptions.own, subscription_id, _subscriber(request))
    answer = delivery.Post(services.settings, services.database, key).try_out(subscription_id)
    if answer is None:
        return TestResult(delivered=False, error="this browser is told no more: its push service does not know it")
    return TestResult(delivered=answer.was_taken, error=answer.error)


def _is_on(services: Services) -> bool:
    return services.settings.push.enabled and services.settings.webhooks.enabled


def _subscriber(request: Request) -> subscriptions.Subscriber:
    caller = access_of(request).caller
    return subscriptions.Subscriber(
        session_id=caller.id if caller.kind == "session" else None,
        token_id=caller.id if caller.kind == "token" else None,
    )


def _meta(made: endpoints.Webhook) -> SubscriptionMeta:
    return SubscriptionMeta(id=made.id, events=list(made.events), kinds=list(made.kinds))
