"""The way in: what is said and asked before the first message, and who does not come in."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.journeys.conftest import WIDTHS
from tests.journeys.fan_page import OpenPage


@pytest.mark.parametrize("width", WIDTHS)
async def test_the_door_tells_of_the_ai_and_asks_for_the_age(open_page: OpenPage, width: str) -> None:
    fan = await open_page(width=width)
    door = fan.page.get_by_role("dialog", name="Luna")
    await expect(door).to_contain_text("Luna is an AI, not a person.")
    await expect(door).to_contain_text("Are you 18 or older?")
    await expect(fan.page.locator("#frame")).to_be_hidden()
    await fan.page.keyboard.press("Escape")
    await fan.page.keyboard.press("Escape")
    await expect(door).to_be_visible()
    await fan.page.keyboard.press("Tab")
    await expect(fan.page.get_by_role("button", name="Yes, I am 18 or older")).to_be_focused()
    await fan.page.keyboard.press("Enter")
    await expect(fan.page.get_by_role("heading", name="Say hello to Luna")).to_be_visible()
    await fan.page.reload()
    await expect(fan.page.get_by_role("heading", name="Say hello to Luna")).to_be_visible()
    await expect(door).to_be_hidden()


async def test_the_privacy_page_opens_beside_the_door_and_leads_back(open_page: OpenPage) -> None:
    fan = await open_page()
    async with fan.context.expect_page() as opened:
        await fan.page.get_by_role("link", name="Privacy").click()
    privacy = await opened.value
    await expect(privacy.get_by_role("heading", name="Privacy, in plain words")).to_be_visible()
    await privacy.get_by_role("link", name="Back to the chat").click()
    await expect(privacy.get_by_role("button", name="Yes, I am 18 or older")).to_be_visible()


async def test_a_minor_is_turned_away_kindly_and_gets_no_cookie(open_page: OpenPage) -> None:
    fan = await open_page(width="phone")
    await fan.page.get_by_role("button", name="No, I am under 18").click()
    await expect(fan.page.get_by_role("heading", name="Thank you for being honest")).to_be_visible()
    await expect(fan.page.locator("#frame")).to_be_hidden()
    assert await fan.context.cookies() == []
    answer = await fan.context.request.post(f"{fan.address}/messages", data={"key": "0" * 32, "text": "hi"})
    assert answer.status == 401


async def test_an_address_with_nobody_says_so(open_page: OpenPage) -> None:
    fan = await open_page("nobody")
    await expect(fan.page.locator("#opening")).to_contain_text("There is no chat at this address.")
    assert (await fan.context.request.get(fan.address)).status == 404
