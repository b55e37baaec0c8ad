"""The gateway's composition root: settings in, a running ASGI app out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from litestar import Litestar
from litestar.datastructures import ResponseHeader, State
from litestar.di import Provide
from litestar.exceptions import ValidationException
from litestar.types import LifeSpanReceive, LifeSpanScope, LifeSpanSend, Receive, Scope, Send

from core import log
from core.collector import settle_memory
from core.errors import MuseError
from core.settings import Settings, check_host
from gateway import health
from gateway.credits import top_up
from gateway.description import describe_api
from gateway.doorway import Doorway, open_doorway
from gateway.files import read_file
from gateway.operators import (
    accounts,
    albums,
    credits,
    deliveries,
    events,
    facts,
    fan_files,
    fans,
    images,
    inbox,
    looks,
    packs,
    picture_files,
    posts,
    previews,
    promos,
    purchases,
)
from gateway.paper import STYLE_SOURCE
from gateway.refusals import fail, refuse, refuse_request
from gateway.safety.page import show_safety
from gateway.webchat.routes import webchat_routers
from gateway.webchat.session import FanSessions
from gateway.webhooks import WebhookDoor, is_webhook, take_webhook
from storage.seal import read_key

SECURITY_HEADERS = {
    "content-security-policy": f"default-src 'self'; style-src 'self' {STYLE_SOURCE}; frame-ancestors 'none'; base-uri 'none';"
    " form-action 'self'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


class Gateway(Litestar):
    """The app, with a short way in for platforms."""

    async def __call__(
        self, scope: Scope | LifeSpanScope, receive: Receive | LifeSpanReceive, send: Send | LifeSpanSend
    ) -> None:
        """Answer a request: a webhook by its own door, anything else by its route."""
        if is_webhook(scope):
            door: WebhookDoor = self.state.door
            if await door(scope, receive, send):  # type: ignore[arg-type]  # of HTTP, the app's and the request's are the same
                return
        await super().__call__(scope, receive, send)


def create_app(settings: Settings) -> Litestar:
    """Build the app. Raises `Misconfigured` at once for missing keys; servers are reached when it starts."""
    sessions = FanSessions(
        read_key(Path(settings.data_dir) / "secrets" / "cookie.key"), settings.public_url.startswith("https")
    )

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        async with open_doorway(settings, "gateway") as doorway:
            app.state.doorway = doorway
            app.state.door = WebhookDoor(doorway, SECURITY_HEADERS.items())
            settle_memory()
            yield

    def provide_doorway(state: State) -> Doorway:
        doorway: Doorway = state.doorway
        return doorway

    def provide_door(state: State) -> WebhookDoor:
        door: WebhookDoor = state.door
        return door

    return Gateway(
        route_handlers=[
            take_webhook,
            read_file,
            top_up,
            health.live,
            show_safety,
            health.router,
            inbox.router,
            deliveries.router,
            purchases.router,
            packs.router,
            promos.router,
            accounts.router,
            previews.router,
            posts.router,
            credits.router,
            events.router,
            fan_files.router,
            images.router,
            picture_files.router,
            albums.router,
            fans.router,
            facts.router,
            looks.router,
            *webchat_routers(sessions),
        ],
        dependencies={
            "doorway": Provide(provide_doorway, sync_to_thread=False),
            "door": Provide(provide_door, sync_to_thread=False),
        },
        exception_handlers={MuseError: refuse, ValidationException: refuse_request, 500: fail},
        response_headers=[ResponseHeader(name=name, value=value) for name, value in SECURITY_HEADERS.items()],
        request_max_body_size=settings.webhook_max_bytes,
        state=State({"safety_contact": settings.safety_contact}),
        openapi_config=describe_api(),
        lifespan=[lifespan],
        logging_config=None,
    )


def serve(settings: Settings) -> None:
    """Run the gateway until SIGTERM; requests in flight get a moment to end. Raises `SettingInvalid` for an open address."""
    check_host(settings)
    log.configure("gateway", settings.log_level, settings.log_text)
    config = uvicorn.Config(
        create_app(settings),
        host=settings.host,
        port=settings.port or 8080,
        log_config=None,
        access_log=False,
        loop="uvloop",
        http="httptools",
        timeout_graceful_shutdown=5,
        server_header=False,
    )
    uvicorn.Server(config).run()
