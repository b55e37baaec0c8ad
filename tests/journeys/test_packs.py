"""From a wish to a gallery: a pack is offered, stays shut, is unlocked in the sandbox, and is looked at."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import structs
from playwright.async_api import expect

from storage.accounts import find_account, put_account
from storage.house import open_house
from tests.journeys.conftest import WIDTHS
from tests.journeys.fan_page import FanPage, OpenPage
from tests.journeys.town import Town, until

# A promise: a picture that is there may still wait to be painted.
LOADED = """images => Promise.all(images.map(image => image.decode())).then(
  () => images.length > 0 && images.every(image => image.naturalWidth > 300), () => false)"""
AT_REST = "(strip => strip.scrollLeft === 2 * strip.clientWidth)(document.querySelector('#lightbox-strip'))"


async def wish(fan: FanPage) -> None:
    await fan.say("Hello!", replies=2)
    await fan.say("I'd love to see pictures of the sea", replies=2)


@pytest.mark.parametrize("width", WIDTHS)
async def test_a_pack_is_offered_unlocked_and_looked_at(open_page: OpenPage, screens: Path, width: str) -> None:
    fan = await (await open_page(width=width)).enter()
    await wish(fan)
    locked = fan.page.get_by_role("article", name="Locked pack: The sea at dusk, $7.99")
    await expect(locked).to_be_in_viewport()
    await until(lambda: fan.page.locator(".pack-cover img").evaluate_all(LOADED), "the preview is there")
    await fan.take(screens / f"{width}-4-locked")
    await locked.get_by_role("button", name="Unlock – sandbox, no money moves").click()
    owned = fan.page.get_by_role("article", name="Unlocked pack: The sea at dusk")
    await expect(owned.get_by_role("button")).to_have_count(6)
    await expect(fan.page.locator("#log .line")).to_have_text("You unlocked “The sea at dusk”.")
    await fan.settled(own=2, others=5)
    await expect(fan.others.last).to_be_in_viewport()
    await owned.get_by_role("button").first.scroll_into_view_if_needed()
    await until(lambda: fan.page.locator(".tile img").evaluate_all(LOADED), "the pictures are there")
    await fan.take(screens / f"{width}-5-gallery")
    await owned.get_by_role("button").nth(1).click()
    lightbox = fan.page.get_by_role("dialog", name="Pictures")
    await expect(lightbox.get_by_role("status")).to_have_text("2 of 6")
    await fan.page.keyboard.press("ArrowRight")
    await expect(lightbox.get_by_role("status")).to_have_text("3 of 6")
    await until(lambda: fan.page.evaluate(AT_REST), "the strip has come to rest")
    await until(lambda: fan.page.locator(".lightbox img").evaluate_all(LOADED), "the pictures are there in full")
    await fan.take(screens / f"{width}-6-lightbox")
    await fan.page.keyboard.press("Escape")
    await expect(lightbox).to_be_hidden()
    await expect(owned.get_by_role("button").nth(1)).to_be_focused()
    await fan.page.reload()
    await expect(owned.get_by_role("button")).to_have_count(6)
    assert await fan.overflow() == []


async def test_an_account_that_is_no_sandbox_has_no_way_to_unlock(open_page: OpenPage, town: Town) -> None:
    async with open_house(town.scratch.settings, "journey", connections=2) as house:
        account = await find_account(house.app, house.seal, "webchat", "matteo")
        try:
            async with house.app.unit(account.agency_id) as unit:
                await put_account(unit, house.seal, structs.replace(account, sandbox=False))
            fan = await open_page("matteo")

            async def closed() -> bool:
                return not (await (await fan.context.request.get(f"{fan.address}/session")).json())["sandbox"]

            await until(closed, "the gateway knows of the change")
            await fan.page.reload()
            await fan.enter()
            await fan.say("Hello!", replies=2)
            await fan.say("Can I see pictures of the mountains?", replies=2)
            pack = fan.page.locator(".pack-locked")
            await expect(pack).to_contain_text("Buying is not set up here")
            await expect(pack.get_by_role("button")).to_have_count(0)
            offer = next(item["pack"] for item in await fan.thread() if item["pack"])
            refused = await fan.context.request.post(f"{fan.address}/unlock", data={"offer_id": offer["offer_id"]})
            assert refused.status == 404
            assert not next(item["pack"] for item in await fan.thread() if item["pack"])["owned"]
        finally:
            async with house.app.unit(account.agency_id) as unit:
                await put_account(unit, house.seal, account)
