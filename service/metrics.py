"""Figures for Prometheus: requests, answers, what was turned away, documents, memory."""

import time
from collections.abc import Iterator

from fastapi import APIRouter, Request, Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from corpus.errors import StoreError
from index.library import Library

router = APIRouter(include_in_schema=False)

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 2, 5, 10, 30)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Metrics:
    """What is counted, for one server.

    Args:
        library: whose documents and passages are counted.

    """

    def __init__(self, library: Library) -> None:
        self.registry = CollectorRegistry()
        registry = self.registry
        ProcessCollector(registry=registry)
        registry.register(_Holdings(library))
        labels = ("method", "route", "status")
        self.requests = Counter("wenju_requests", "Requests answered.", labels, registry=registry)
        self.seconds = Histogram(
            "wenju_request_seconds",
            "Time from a request to the end of its answer.",
            ("route",),
            buckets=_SECONDS,
            registry=registry,
        )
        self.answers = Counter(
            "wenju_answers", "Questions, by what came of them.", ("outcome",), registry=registry
        )
        self.shed = Counter(
            "wenju_shed", "Requests turned away for load.", ("why",), registry=registry
        )
        self.limited = Counter(
            "wenju_limited", "Requests refused by the rate limit.", registry=registry
        )

    def count_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request that was answered."""
        known = method if method in _METHODS else "other"
        self.requests.labels(known, route, str(status)).inc()
        self.seconds.labels(route).observe(seconds)


class _Holdings(Collector):
    """Counts documents and passages when it is asked, not when they change."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def describe(self) -> Iterator[Metric]:
        yield from ()

    def collect(self) -> Iterator[Metric]:
        try:
            with self._library.view() as view:
                entries = view.entries()
        except StoreError:
            return
        passages = sum(entry.passages for entry in entries)
        yield GaugeMetricFamily("wenju_documents", "Documents held.", len(entries))
        yield GaugeMetricFamily("wenju_passages", "Passages held.", passages)


@router.get("/metrics")
def metrics_route(request: Request) -> Response:
    """Show the figures in Prometheus' text format."""
    metrics: Metrics = request.app.state.metrics
    return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)


class Measured:
    """Middleware that counts and times every request.

    Args:
        app: the application.
        metrics: where to.

    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and count it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            seconds = time.perf_counter() - began
            self._metrics.count_request(scope["method"], route_of(scope), status, seconds)


def route_of(scope: Scope) -> str:
    """Return the pattern of the route that answered; never the path, of which there is no end."""
    return str(getattr(scope.get("route"), "path", "") or "other")
