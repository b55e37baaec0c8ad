"""What an operator sees who opens the printed addresses in a browser."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser, HttpCredentials, expect

from tests.journeys.conftest import DESKTOP
from tests.journeys.fan_page import FanPage
from tests.journeys.town import Town, until


async def test_health_and_api_description_are_pages_to_read(browser: Browser, town: Town, screens: Path) -> None:
    credentials: HttpCredentials = {"username": "anybody", "password": town.scratch.token}
    context = await browser.new_context(http_credentials=credentials, **DESKTOP)
    desk = FanPage(await context.new_page(), f"{town.url}/health")
    try:

        async def all_well() -> bool:
            await desk.open()
            return "All is well." in await desk.page.locator("main").inner_text()

        await until(all_well, "all parts are ok")  # the worker's own word comes every few seconds
        for part in ("Postgres", "Redis (Valkey)", "Chroma", "Worker", "Media worker", "Listener"):
            row = desk.page.get_by_role("row").filter(has=desk.page.get_by_role("cell", name=part, exact=True))
            await expect(row.locator(".state")).to_have_text("ok")
        await desk.take(screens / "desktop-8-health")
        await desk.page.goto(f"{town.url}/api/docs")
        route = desk.page.locator("details").filter(has=desk.page.get_by_text("/webhooks/", exact=False))
        await route.locator("summary").click()
        await expect(route).to_contain_text("acknowledge after the commit")
        await desk.take(screens / "desktop-9-api")
        assert desk.complaints == []
        assert desk.foreign == []
    finally:
        await context.close()
