"""A first conversation as a fan has it, at both widths."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.journeys.conftest import WIDTHS
from tests.journeys.fan_page import OpenPage

WATCH_TYPING = """() => {
  window.typed = [];
  const holder = document.querySelector('#typing');
  new MutationObserver(() => holder.textContent && window.typed.push(holder.textContent)).observe(holder, {childList: true});
}"""


@pytest.mark.parametrize("width", WIDTHS)
async def test_a_first_conversation(open_page: OpenPage, screens: Path, width: str) -> None:
    fan = await open_page(width=width)
    await expect(fan.page.get_by_role("dialog", name="Luna")).to_be_visible()
    await fan.take(screens / f"{width}-1-door")
    await fan.enter()
    await fan.take(screens / f"{width}-2-hello")
    notice, *greeting = await fan.say("Hi Luna!", replies=2)
    assert "AI" in notice
    assert "not a human" in notice
    assert greeting
    await fan.page.evaluate(WATCH_TYPING)
    (noted,) = await fan.say("My dog is called Biscuit")
    assert "Luna is typing" in await fan.page.evaluate("window.typed[0]")
    await expect(fan.page.locator("#typing")).to_be_empty()
    (recalled,) = await fan.say("What is my dog's name?")
    assert "Biscuit" in recalled
    (honest,) = await fan.say("Are you a real person?")
    assert "AI" in honest
    assert notice not in (noted, recalled, honest)
    await fan.take(screens / f"{width}-3-talk")
    assert await fan.overflow() == []


async def test_a_reload_keeps_everything(open_page: OpenPage) -> None:
    fan = await (await open_page()).enter()
    await fan.say("Hi Luna!", replies=2)
    await fan.say("My dog is called Biscuit")
    said = await fan.read()
    await fan.page.locator("#text").fill("half a thou")
    await fan.page.reload()
    await expect(fan.rows).to_have_count(len(said))
    assert await fan.read() == said
    await expect(fan.page.locator("#text")).to_have_value("half a thou")
    later = await open_page(beside=fan)
    await expect(later.rows).to_have_count(len(said))
    assert await later.read() == said


async def test_a_message_of_blanks_is_not_sent(open_page: OpenPage) -> None:
    fan = await (await open_page()).enter()
    send = fan.page.locator(".send")
    for blank in (" \n ", "\u200b\u2060", "\u3164\u2800", "\ufe0f"):
        await fan.page.locator("#text").fill(blank)
        await expect(send).to_be_disabled()
        await fan.page.locator("#text").press("Enter")
    await expect(fan.rows).to_have_count(0)
    await fan.page.locator("#text").fill("❤️")
    await expect(send).to_be_enabled()


async def test_an_opener_starts_the_talk(open_page: OpenPage) -> None:
    fan = await (await open_page("matteo", width="phone")).enter()
    await fan.page.get_by_role("button", name="Hi Matteo!").tap()
    await fan.settled(own=1, others=2)
    assert "Matteo" in (await fan.read())[1].text
    await expect(fan.page.locator("#hello")).to_be_hidden()


async def test_the_newest_message_stays_in_view_until_the_reader_leaves_it(open_page: OpenPage) -> None:
    fan = await (await open_page(width="phone")).enter()
    await fan.say("Hi Luna!", replies=2)
    for question in ("How are you?", "Are you a real person?", "My dog is called Biscuit"):
        await fan.say(question)
    await expect(fan.others.last).to_be_in_viewport()
    await fan.page.locator("#scroller").hover()
    await fan.page.mouse.wheel(0, -2000)
    await expect(fan.others.last).not_to_be_in_viewport()
    await fan.context.request.post(f"{fan.address}/messages", data={"key": "1" * 32, "text": "What is my dog's name?"})
    await fan.settled(own=5, others=6)
    await expect(fan.others.last).not_to_be_in_viewport()
    await fan.page.locator("#pill").click()
    await expect(fan.others.last).to_be_in_viewport()
