"""Looking in: is it alive, is it ready, how is each part; and figures for Prometheus."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import aiohttp
from litestar import MediaType, Request, Response, Router, get
from litestar.di import NamedDependency, Provide
from litestar.openapi.datastructures import ResponseSpec
from msgspec import Struct
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Gauge, Metric, generate_latest
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from core.errors import MuseError, Unavailable
from gateway.doorway import Doorway
from gateway.health_page import draw_health
from gateway.operators.auth import provide_operator
from storage import pictures
from storage.accounts import Operator
from storage.database import schema_version
from storage.events import COUNTED_DAYS, count_unclear
from storage.posts import count_waiting
from storage.presence import LISTENER, MEDIA, WorkerSign, look
from storage.sweep import Backlog, backlog, polling_accounts

PATIENCE_S = 2.0
DUE_TURNS = Gauge("muse_due_turns", "Conversations whose turn is due.")
OPEN_DELIVERIES = Gauge("muse_open_deliveries", "Deliveries that are pending or leaving.")
OLDEST_TURN = Gauge("muse_oldest_due_turn_seconds", "How long the oldest due turn has waited.")
UNCLEAR = Gauge("muse_unclear_events", "Events of the agency's last seven days that need a person, by state.", ["state"])
WAITING_POSTS = Gauge("muse_waiting_posts", "Posts of the calendar that wait for a person, by state.", ["state"])
WAITING_PICTURES = Gauge("muse_waiting_pictures", "Pictures that wait, are painted, or wait for a person, by state.", ["state"])
WORKERS = Gauge("muse_workers", "Workers that are up, by state.", ["state"])


class Part(Struct, frozen=True):
    """How one part is: ok, degraded, down or warming, with its answer time in milliseconds and a plain word."""

    state: str
    ms: float
    detail: str = ""


class Health(Struct, frozen=True):
    """The whole: ok, degraded (turns wait, nothing is lost) or down (nothing can be taken in)."""

    state: str
    parts: dict[str, Part]
    backlog: Backlog | None = None


@get("/health/live", sync_to_thread=False, summary="Is the process alive", tags=["Health"])
def live() -> dict[str, str]:
    """Answer as long as the gateway runs; needs no token."""
    return {"state": "ok"}


@get("/health/ready", summary="Can messages be taken in", tags=["Health"])
async def ready(doorway: NamedDependency[Doorway], operator: NamedDependency[Operator]) -> Response[Part]:
    """Answer 200 when Postgres takes writes, 503 otherwise."""
    part = await _try(_postgres(doorway))
    return Response(part, status_code=200 if part.state == "ok" else 503)


@get(
    "/health",
    summary="How each part is",
    tags=["Health"],
    responses={
        200: ResponseSpec(Health, description="Messages are taken in"),
        503: ResponseSpec(Health, description="Nothing can be taken in"),
    },
)
async def health(
    request: Request[Any, Any, Any], doorway: NamedDependency[Doorway], operator: NamedDependency[Operator]
) -> Response[Health] | Response[bytes]:
    """Show Postgres, Redis, Chroma, workers, media workers and listener, how much waits, and how many events nobody could read.

    Each account whose platform says how it stands with our webhook is a part of its own; that is asked twice a minute at most.

    A browser, which asks for `text/html`, gets the same as a page.
    """
    found = await check(doorway, operator.agency_id)
    status = 503 if found.state == "down" else 200
    if "text/html" in request.headers.get("accept", ""):
        page = draw_health(found.state, found.parts, found.backlog)
        return Response(page, media_type=MediaType.HTML, status_code=status)
    return Response(found, status_code=status)


@get("/metrics", summary="Figures for Prometheus", tags=["Health"], media_type=CONTENT_TYPE_LATEST)
async def metrics(doorway: NamedDependency[Doorway], operator: NamedDependency[Operator]) -> Response[bytes]:
    """Return this gateway's figures and how much waits in the house."""
    waiting = await backlog(doorway.house.sweep)
    DUE_TURNS.set(waiting.due_turns)
    OPEN_DELIVERIES.set(waiting.open_deliveries)
    OLDEST_TURN.set(waiting.oldest_s)
    async with doorway.house.app.unit(operator.agency_id) as unit:
        unclear = await count_unclear(unit)
        posts = await count_waiting(unit)
        ordered = await pictures.count_waiting(unit)
    for state in ("queued", "painting", "held"):
        WAITING_PICTURES.labels(state).set(getattr(ordered, state))
    WAITING_POSTS.labels("unknown").set(posts.unknown)
    WAITING_POSTS.labels("proposed").set(posts.proposed)
    UNCLEAR.labels("unreadable").set(unclear.unreadable)
    UNCLEAR.labels("unmatched").set(unclear.unmatched)
    signs = await look(doorway.house.redis) or []
    for state in ("warming", "ready"):
        WORKERS.labels(state).set(sum(sign.state == state for sign in signs))
    workers = CollectorRegistry()
    workers.register(_WorkerFigures(signs))
    return Response(generate_latest(REGISTRY) + generate_latest(workers), media_type=CONTENT_TYPE_LATEST)


class _WorkerFigures(Collector):
    """The workers' own counters, as their signs of life carry them."""

    def __init__(self, signs: list[WorkerSign]) -> None:
        self._signs = signs

    def collect(self) -> Iterator[Metric]:
        """Give each counter once, with a sample for every worker."""
        for name in sorted({name for sign in self._signs for name in sign.figures}):
            family = CounterMetricFamily(f"muse_worker_{name}", f"Counted by the workers: {name}.", labels=["worker"])
            for sign in self._signs:
                family.add_metric([sign.name], sign.figures.get(name, 0.0))
            yield family


async def check(doorway: Doorway, agency_id: UUID) -> Health:
    """Ask every part at once, none for longer than two seconds."""
    asks = {
        "postgres": _postgres(doorway),
        "redis": _redis(doorway),
        "chroma": _chroma(doorway),
        "workers": _workers(doorway),
        "listener": _listener(doorway),
        "events": _events(doorway, agency_id),
        "posts": _posts(doorway, agency_id),
    }
    if doorway.settings.image_model:
        asks["media"] = _media(doorway, agency_id)
    async with asyncio.TaskGroup() as group:
        asked = {name: group.create_task(_try(ask)) for name, ask in asks.items()}
        pushing = group.create_task(_pushes(doorway, agency_id))
    parts = {name: task.result() for name, task in asked.items()} | pushing.result()
    waiting = None
    if parts["postgres"].state == "ok":
        waiting = await backlog(doorway.house.sweep)
        state = "ok" if all(part.state == "ok" for part in parts.values()) else "degraded"
    else:
        state = "down"
    return Health(state, parts, waiting)


async def _try(ask: Any) -> Part:
    start = time.perf_counter()
    try:
        state, detail = await asyncio.wait_for(ask, PATIENCE_S)
    except (MuseError, TimeoutError, OSError) as error:
        state, detail = "down", str(error) or "no answer in time"
    return Part(state, round((time.perf_counter() - start) * 1000, 1), detail)


async def _pushes(doorway: Doorway, agency_id: UUID) -> dict[str, Part]:
    try:
        found = await asyncio.wait_for(doorway.pushes.look(agency_id), PATIENCE_S + PATIENCE_S)
    except (MuseError, TimeoutError):
        return {}  # without a database nobody knows the accounts; that part says so itself
    return {name: Part(one.state, one.ms, one.detail) for name, one in found.items()}


async def _postgres(doorway: Doorway) -> tuple[str, str]:
    async with doorway.house.app.unit(patience_s=PATIENCE_S) as unit:
        return "ok", f"schema {await schema_version(unit)}"


async def _redis(doorway: Doorway) -> tuple[str, str]:
    return ("down", "Redis does not answer") if await look(doorway.house.redis) is None else ("ok", "")


async def _chroma(doorway: Doorway) -> tuple[str, str]:
    address = f"{doorway.settings.chroma_url.rstrip('/')}/api/v2/heartbeat"
    try:
        async with aiohttp.ClientSession() as session, session.get(address) as answer:
            answer.raise_for_status()
    except aiohttp.ClientError as error:
        raise Unavailable("Chroma does not answer.") from error
    return "ok", ""


async def _workers(doorway: Doorway) -> tuple[str, str]:
    signs = await look(doorway.house.redis) or []
    if any(sign.state == "ready" for sign in signs):
        return "ok", ", ".join(sorted(f"{s.name}: {s.brain}, breaker {s.breaker}" for s in signs))
    return ("warming", "the worker is loading its models") if signs else ("down", "no worker is up")


async def _media(doorway: Doorway, agency_id: UUID) -> tuple[str, str]:
    async with doorway.house.app.unit(agency_id, patience_s=PATIENCE_S) as unit:
        count = await pictures.count_waiting(unit)
    waiting = f"{count.queued} pictures wait, {count.painting} are made, {count.held} wait for a person"
    signs = await look(doorway.house.redis, MEDIA) or []
    if not signs:
        return "down", f"no media worker is up; {waiting}"
    return "ok", ", ".join(sorted(f"{sign.name}: {sign.brain}" for sign in signs)) + f"; {waiting}"


async def _listener(doorway: Doorway) -> tuple[str, str]:
    signs = await look(doorway.house.redis, LISTENER)
    polled = len(await polling_accounts(doorway.house.sweep))
    if signs:
        return "ok", f"{polled} accounts are polled"
    return ("down", f"no listener is up, and {polled} accounts are polled") if polled else ("ok", "no account is polled")


async def _events(doorway: Doorway, agency_id: UUID) -> tuple[str, str]:
    async with doorway.house.app.unit(agency_id, patience_s=PATIENCE_S) as unit:
        unclear = await count_unclear(unit)
    return "ok", f"{unclear.unreadable} unreadable, {unclear.unmatched} unmatched in the last {COUNTED_DAYS} days"


async def _posts(doorway: Doorway, agency_id: UUID) -> tuple[str, str]:
    async with doorway.house.app.unit(agency_id, patience_s=PATIENCE_S) as unit:
        waiting = await count_waiting(unit)
    return "ok", f"{waiting.unknown} in doubt, {waiting.proposed} proposed wait for a person"


router = Router(
    "/",
    route_handlers=[ready, health, metrics],
    dependencies={"operator": Provide(provide_operator)},
    security=[{"operator": []}],
)
