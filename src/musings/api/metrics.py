"""Prometheus metrics: the queue as it is at the time of the scrape, and the requests since the start.

Names follow https://prometheus.io/docs/practices/naming/ (base units, ``_total`` for counters).
"""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from musings.engine.liveness import is_alive
from musings.errors import MusingsError
from musings.makers.choice import Makers
from musings.store.database import Database
from musings.views import present


class QueueCollector(Collector):
    def __init__(self, database: Database, pipelines: Makers) -> None:
        self._database = database
        self._pipelines = pipelines

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("musings_database_up", "1 when the database answers")
        try:
            found = present.queue_stats(self._database, self._pipelines, is_alive)
        except MusingsError:
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        prompts = GaugeMetricFamily("musings_prompts", "prompts by kind and status", labels=["kind", "status"])
        for kind, counts in found.by_kind.items():
            for status, count in counts.items():
                prompts.add_metric([kind, status], count)
        yield prompts
        yield _gauge("musings_queue_paused", "1 while the queue is paused", float(found.paused))
        yield _gauge(
            "musings_queue_oldest_pending_seconds",
            "age of the oldest waiting prompt",
            found.oldest_pending_seconds or 0,
        )
        alive = found.worker is not None and found.worker.alive
        yield _gauge("musings_worker_up", "1 while a worker lives", float(alive))
        yield _gauge("musings_prompts_completed_last_hour", "prompts completed in the last hour", found.rate_per_hour)


class RequestMetrics:
    """Counts and durations of requests, by route and not by path, so that ids make no new series."""

    def __init__(self, registry: CollectorRegistry) -> None:
        labels = ["method", "route", "status"]
        self.count = Counter("musings_http_requests", "requests answered", labels, registry=registry)
        self.seconds = Histogram(
            "musings_http_request_seconds",
            "time to the first byte of the answer",
            ["method", "route"],
            registry=registry,
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
        )


def registry_for(database: Database, pipelines: Makers) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(QueueCollector(database, pipelines))
    return registry


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    metric = GaugeMetricFamily(name, words)
    metric.add_metric([], value)
    return metric
