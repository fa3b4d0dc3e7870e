"""``/api/summary``: the house in one flat object, for dashboards."""

from fastapi import APIRouter

from musings.api.problems import responses
from musings.api.services import Given
from musings.engine.liveness import is_alive
from musings.views import present
from musings.views import summary as views

routes = APIRouter(tags=["queue"])


@routes.get("/api/summary", responses=responses(503))
def summary(services: Given) -> views.HouseSummary:
    """How the queue stands and what was made last; every value is a number, a text, true, false or null."""
    queue = present.queue_stats(services.database, services.pipelines, is_alive)
    return views.summary(services.database, queue)
