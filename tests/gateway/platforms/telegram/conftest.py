"""A fan of the gateway tests' simulated bot, and the adapter that speaks to it."""

import io
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web
from PIL import Image

from core.clock import Clock
from core.nouns import Account
from core.ports import Blobs
from evals.simulators.serving import LoopbackServer
from evals.simulators.telegram import Bot, TelegramSimulator, TelegramUser
from gateway.platforms.telegram.adapter import TelegramPlatform

Answer = Callable[[], web.Response]


@pytest.fixture
def mia(simulator: TelegramSimulator, bot: Bot) -> TelegramUser:
    user = simulator.add_user("Mia")
    user.start(bot)
    return user


@pytest.fixture
def chat(mia: TelegramUser) -> str:
    return str(mia.id)


@pytest.fixture
def luna(bot: Bot, make_account: Callable[..., Account]) -> Account:
    return make_account("telegram", token=bot.token, webhook_secret="s3cret")


@pytest.fixture
async def telegram(simulator: TelegramSimulator, blobs: Blobs, clock: Clock) -> AsyncIterator[TelegramPlatform]:
    adapter = TelegramPlatform(simulator.base_url, blobs, clock)
    yield adapter
    await adapter.close()


@pytest.fixture
async def answering(blobs: Blobs, clock: Clock) -> AsyncIterator[Callable[[Answer], Awaitable[TelegramPlatform]]]:
    """Give an adapter whose Bot API answers every call in one prepared way."""
    opened: list[tuple[LoopbackServer, TelegramPlatform]] = []

    async def start(prepared: Answer) -> TelegramPlatform:
        async def answer(_request: web.Request) -> web.Response:
            return prepared()

        app = web.Application()
        app.router.add_route("*", "/{rest:.*}", answer)
        server = LoopbackServer(app)
        await server.start()
        adapter = TelegramPlatform(server.base_url, blobs, clock)
        opened.append((server, adapter))
        return adapter

    yield start
    for server, adapter in opened:
        await adapter.close()
        await server.stop()


@pytest.fixture
def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (320, 240), (200, 120, 90)).save(out, "JPEG")
    return out.getvalue()
