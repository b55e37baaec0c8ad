"""One real stack and one real browser for all journeys; a page of its own for every fan."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Browser, async_playwright, expect

from cli.doctor.browser import find_browser
from cli.scratch.stack import scratch_stack
from evals.simulators.http import HttpAppSimulator
from evals.simulators.ollama import OllamaSimulator
from evals.simulators.telegram import Bot, TelegramSimulator
from studio.painters.tiny import build_tiny
from tests.journeys.desk import Desk
from tests.journeys.fan_page import PATIENCE_MS, FanPage, OpenPage
from tests.journeys.town import Town

PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True, "is_mobile": True,
}  # fmt: skip
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
# Without movements a page is quick to use for a browser that waits for every button to stand still.
LIKES: dict[str, Any] = {"locale": "en-GB", "reduced_motion": "reduce"}
WIDTHS = {"phone": PHONE, "desktop": DESKTOP}
# Nothing but this machine is there for the browser; a user of its own, which the sandbox needs, root does not have.
FLAGS = [
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip
QUIET_S = 0.2

expect.set_options(timeout=PATIENCE_MS)  # a busy machine is no failure


@pytest.fixture(scope="session")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """The whole house in a scratch folder, with the reflex brain and a short quiet time.

    Its pictures are painted by a tiny model that knows nothing; Telegram, Ollama and the app are simulators.
    """
    model = await asyncio.to_thread(build_tiny, tmp_path_factory.mktemp("models") / "tiny-sd-turbo", "sd15")
    async with (
        OllamaSimulator() as ollama,
        HttpAppSimulator() as app,
        TelegramSimulator(limits=None) as telegram,
        scratch_stack(
            quiet_s=QUIET_S, quiet_max_s=2.0, webchat_per_minute=120,
            telegram_api_url=telegram.base_url, ollama_url=ollama.base_url,
            image_model=str(model), image_steps=2, image_size="small",
        ) as scratch,
    ):  # fmt: skip
        yield Town(scratch, telegram, ollama, app)


@pytest.fixture(scope="session")
async def luna_bot(town: Town) -> Bot:
    """Luna on Telegram and in the app, too."""
    await town.connect_app("luna")
    return await town.connect_bot("Luna")


@pytest.fixture
async def desk(town: Town) -> AsyncIterator[Desk]:
    """An operator of the town."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30.0)) as http:
        yield Desk(town, http)


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """A real Chromium without a window."""
    program = find_browser()
    assert program is not None, "the journeys need Chromium or Chrome; `make test` fetches it"
    async with async_playwright() as playwright:
        flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
        browser = await playwright.chromium.launch(executable_path=program, args=flags)
        yield browser
        await browser.close()


@pytest.fixture
async def open_page(town: Town, browser: Browser) -> AsyncIterator[OpenPage]:
    """Open the chat as a new fan, or with `beside` as another tab of one; no page may complain or reach for strangers."""
    pages: list[FanPage] = []

    async def opened(who: str = "luna", *, width: str = "desktop", beside: FanPage | None = None) -> FanPage:
        context = beside.context if beside else await browser.new_context(**LIKES, **WIDTHS[width])
        pages.append(FanPage(await context.new_page(), f"{town.url}/chat/{who}"))
        return await pages[-1].open()

    yield opened
    for context in {page.context for page in pages}:
        await context.close()
    assert [page.complaints for page in pages if page.complaints] == []
    assert [page.foreign for page in pages if page.foreign] == []


@pytest.fixture
async def fan(open_page: OpenPage) -> FanPage:
    """A fan on a desktop who has come in to Luna."""
    return await (await open_page()).enter()


@pytest.fixture
def screens(tmp_path: Path) -> Path:
    """Where screenshots of this test go: a folder of the run's own, or the one that JOURNEY_SCREENS names."""
    folder = Path(os.environ.get("JOURNEY_SCREENS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
