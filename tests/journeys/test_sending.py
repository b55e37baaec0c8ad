"""What a fan sends arrives in order, once, as it was written, however fast and whatever it is."""

from __future__ import annotations

from playwright.async_api import expect

from tests.journeys.fan_page import FanPage
from tests.journeys.town import Town

HOSTILE = [
    "<img src=x onerror=alert(1)><script>alert(2)</script>",
    "W" * 1000,
    "https://example.com/" + "a" * 300,
    "مرحبا كيف حالك اليوم؟ hello 123",
    "\u202egnp.exe evil",
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!",
    "👋🏽❤️",
]


async def test_fifteen_messages_in_a_rush_arrive_once_each_and_in_order(fan: FanPage, town: Town) -> None:
    wanted = [f"Message number {n}" for n in range(1, 16)]
    for text in wanted:
        await fan.type(text)
    await expect(fan.page.get_by_text("That was quick! It leaves in a moment")).to_be_visible()
    await fan.settled(own=15, others=2)
    assert [line.text for line in await fan.read() if line.author == "fan"] == wanted
    await expect(fan.page.get_by_text("That was quick!")).to_have_count(0)
    ledger = await town.ledger_at_rest(fan)
    assert ledger.messages == wanted
    assert ledger.unanswered == 0


async def test_whatever_a_fan_writes_is_only_text(fan: FanPage, town: Town) -> None:
    for text in HOSTILE:
        await fan.type(text)
    await fan.settled(own=len(HOSTILE), others=2)
    assert [line.text for line in await fan.read() if line.author == "fan"] == HOSTILE
    assert await fan.page.locator("#log p img, #log p script, #log p a").count() == 0
    assert await fan.overflow() == []
    assert (await town.ledger_at_rest(fan)).messages == HOSTILE
    await fan.page.reload()
    await expect(fan.own).to_have_count(len(HOSTILE))
    assert [line.text for line in await fan.read() if line.author == "fan"] == HOSTILE


async def test_what_is_too_long_or_empty_cannot_be_sent(fan: FanPage) -> None:
    send = fan.page.get_by_role("button", name="Send")
    for text in ("", "   \n ", "\u200b\u200d", "y" * 4001):
        await fan.page.locator("#text").fill(text)
        await expect(send).to_be_disabled()
    await expect(fan.page.locator("#counter")).to_have_text("4001 of 4000")
    assert await fan.overflow() == []
    await fan.page.locator("#text").fill("y" * 4000)
    await expect(send).to_be_enabled()
