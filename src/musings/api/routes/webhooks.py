"""``/api/webhooks`` and ``/api/webhook-deliveries``: who is told when a prompt ends, and what they were told."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from musings.api.parameters import Cursor, Limit
from musings.api.problems import responses
from musings.api.services import Given
from musings.errors import ConflictError
from musings.models import Kind
from musings.store.webhooks import deliveries, endpoints
from musings.views import webhooks as views
from musings.webhooks.channels import address_of
from musings.webhooks.delivery import Post
from musings.webhooks.destinations import MOST_CHARACTERS
from musings.webhooks.signatures import WebhookKey

ADDRESS = r"^https?://[A-Za-z0-9][A-Za-z0-9.-]{0,200}(:[0-9]{1,4})?(/[!-~]{0,1000})?$|^channel:[1-9][0-9]?$"
"""For the reference. Our own check takes names of other letters as well, and says what is wrong."""

Id = Annotated[int, Path(ge=1, lt=2**63)]
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^\S(.*\S)?$")]

routes = APIRouter(tags=["webhooks"])


class NewWebhook(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Name
    url: Annotated[str, Field(max_length=MOST_CHARACTERS, json_schema_extra={"pattern": ADDRESS})]
    events: Annotated[list[endpoints.WebhookEvent], Field(description="which ends are told", max_length=10)] = list(
        endpoints.ENDINGS
    )
    kinds: Annotated[list[Kind], Field(description="of which prompts; of all when it is empty", max_length=10)] = []


class WebhookChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    enabled: StrictBool


async def key_of(request: Request) -> WebhookKey:
    """What the secrets of the application that answers are derived from."""
    found: WebhookKey = request.app.state.webhook_key
    return found


Key = Annotated[WebhookKey, Depends(key_of)]


@routes.get("/api/webhooks", responses=responses(503))
def listing(services: Given) -> views.WebhookList:
    """Every webhook, without secrets."""
    return views.WebhookList(items=[views.webhook_meta(each) for each in services.database.reading(endpoints.listing)])


@routes.post("/api/webhooks", status_code=201, responses=responses(400, 409, 413, 422, 503))
def add(services: Given, key: Key, body: NewWebhook) -> views.WebhookSecret:
    """Tell an address from now on. The answer has its secret."""
    url = address_of(services.settings, body.url)
    made = services.database.writing(endpoints.add, body.name, url, body.events, body.kinds)
    return views.with_secret(made, key.secret(made))


@routes.patch("/api/webhooks/{webhook_id}", responses=responses(400, 404, 413, 422, 503))
def change(services: Given, webhook_id: Id, body: WebhookChange) -> views.WebhookMeta:
    """Switch one off, or on again."""
    if body.enabled:
        return views.webhook_meta(services.database.writing(endpoints.enable, webhook_id))
    return views.webhook_meta(services.database.writing(endpoints.disable, webhook_id, endpoints.BY_HAND))


@routes.delete("/api/webhooks/{webhook_id}", status_code=204, responses=responses(404, 422, 503))
def remove(services: Given, webhook_id: Id) -> None:
    """Forget one, with all that is on its way to it."""
    services.database.writing(endpoints.remove, webhook_id)


@routes.post("/api/webhooks/{webhook_id}/test", responses=responses(404, 422, 503))
def test(services: Given, key: Key, webhook_id: Id) -> views.DeliveryMeta:
    """Send it a message now; the answer says what came of it."""
    database = services.database
    database.reading(endpoints.get, webhook_id)
    posted = database.writing(deliveries.post_test, webhook_id)
    Post(services.settings, database, key).deliver_one(posted)
    return views.delivery_meta(
        database.reading(deliveries.get, posted.id), database.reading(deliveries.tries, [posted.id])[posted.id]
    )


@routes.post("/api/webhooks/{webhook_id}/new-secret", responses=responses(404, 422, 503))
def new_secret(services: Given, key: Key, webhook_id: Id) -> views.WebhookSecret:
    """Sign with a new secret; for a day the old one signs as well."""
    found = services.database.writing(endpoints.renew_key, webhook_id)
    return views.with_secret(found, key.secret(found))


@routes.get("/api/webhook-deliveries", responses=responses(422, 503))
def log(
    services: Given,
    webhook: Annotated[int | None, Query(ge=1, lt=2**63, description="of one webhook")] = None,
    state: Annotated[deliveries.DeliveryState | None, Query()] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> views.DeliveryList:
    """What was told and what was not, newest first."""
    page = services.database.reading(deliveries.listing, limit, cursor, webhook_id=webhook, state=state)
    tries = services.database.reading(deliveries.tries, [each.id for each in page.items])
    items = [views.delivery_meta(each, tries[each.id]) for each in page.items]
    return views.DeliveryList(items=items, next_cursor=page.next_cursor)


@routes.post("/api/webhook-deliveries/{delivery_id}/redeliver", responses=responses(404, 409, 422, 503))
def redeliver(services: Given, delivery_id: Id) -> views.DeliveryMeta:
    """Send one again, with the same `webhook-id`; it goes within a second or two."""
    if not services.settings.webhooks.enabled:
        raise ConflictError("Webhooks are switched off.", hint="Set webhooks.enabled to true.")
    found = services.database.writing(deliveries.redeliver, delivery_id)
    return views.delivery_meta(found, services.database.reading(deliveries.tries, [found.id])[found.id])
