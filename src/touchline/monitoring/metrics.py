"""Prometheus metrics of the endpoints, labelled by known methods and route templates to keep their number bounded."""

import os
import time

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
requests = Counter("touchline_requests_total", "Requests answered.", ["method", "route", "status"])
durations = Histogram("touchline_request_duration_seconds", "Time to answer.", ["method", "route"], buckets=BUCKETS)
forecasts = Counter("touchline_forecasts_total", "Matches forecast in answers of the API.", ["league", "version"])
fitted = Gauge(
    "touchline_model_fitted_timestamp_seconds",
    "The day on which the served model was fitted, as midnight UTC.",
    ["league", "version"],
    multiprocess_mode="mostrecent",
)


def exposition() -> tuple[bytes, str]:
    """All metrics in Prometheus' text format, and its media type; of all workers where there are several."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(REGISTRY), CONTENT_TYPE_LATEST
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry), CONTENT_TYPE_LATEST


class RequestMetrics:
    """ASGI middleware that counts and times requests by method, route and status."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and record what became of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, start = 500, time.perf_counter()

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            method = scope["method"] if scope["method"] in METHODS else "other"
            durations.labels(method, route).observe(time.perf_counter() - start)
            requests.labels(method, route, str(status)).inc()
