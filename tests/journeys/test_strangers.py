"""Whose conversation it is: all tabs of one fan, and nobody else's."""

from __future__ import annotations

from playwright.async_api import BrowserContext, expect

from tests.journeys.fan_page import FanPage, OpenPage


async def test_two_tabs_of_one_fan_agree(open_page: OpenPage, fan: FanPage) -> None:
    other = await open_page(beside=fan)
    await expect(other.page.locator("#hello")).to_be_visible()
    await fan.say("Hi Luna!", replies=2)
    await other.settled(own=1, others=2)
    await other.say("I'd love to see pictures of the sea", replies=2)
    await fan.settled(own=2, others=4)
    assert await fan.read() == await other.read()
    await fan.page.get_by_role("button", name="Unlock – sandbox, no money moves").click()
    await expect(other.page.locator(".tile")).to_have_count(6)


async def test_a_stranger_sees_nothing_of_a_fan(open_page: OpenPage, fan: FanPage) -> None:
    await fan.say("Hi Luna!", replies=2)
    await fan.say("I'd love to see pictures of the sea", replies=2)
    offer_id = next(item["pack"]["offer_id"] for item in await fan.thread() if item["pack"])
    await fan.page.get_by_role("button", name="Unlock – sandbox, no money moves").click()
    await expect(fan.page.locator(".tile")).to_have_count(6)
    pack = next(item["pack"] for item in await fan.thread() if item["pack"])
    pictures = [fan.address.removesuffix("/chat/luna") + url for url in (pack["preview"], *(i["url"] for i in pack["items"]))]
    assert [await status(fan.context, picture) for picture in pictures] == [200] * 7

    stranger = await (await open_page()).enter()
    assert await stranger.thread() == []
    assert [await status(stranger.context, picture) for picture in pictures] == [404] * 7
    refused = await stranger.context.request.post(f"{fan.address}/unlock", data={"offer_id": offer_id})
    assert refused.status == 404
    await stranger.say("Hello!", replies=2)
    assert [await status(stranger.context, picture) for picture in pictures] == [404] * 7
    assert not any("sea" in line.text for line in await stranger.read())


async def test_only_a_true_cookie_opens_a_conversation(open_page: OpenPage, fan: FanPage) -> None:
    await fan.say("Hi Luna!", replies=2)
    (cookie,) = await fan.context.cookies()
    assert cookie["httpOnly"]
    handle, _, signature = cookie["value"].partition(".")
    turned = signature[:-2] + ("A" if signature[-2] != "A" else "B") + signature[-1]
    thief = await open_page()
    assert await status(thief.context, f"{fan.address}/thread") == 401
    for forged in (f"{handle}.{turned}", f"{handle}.", handle, f"{'0' * 32}.{signature}"):
        await thief.context.add_cookies([{"name": cookie["name"], "value": forged, "url": fan.address}])
        assert await status(thief.context, f"{fan.address}/thread") == 401
        assert await status(thief.context, f"{fan.address}/events") == 401
    matteo = fan.address.replace("luna", "matteo")
    await thief.context.add_cookies([{"name": "muse_fan_matteo", "value": cookie["value"], "url": matteo}])
    assert await status(thief.context, f"{matteo}/thread") == 401


async def status(context: BrowserContext, url: str) -> int:
    return (await context.request.get(url)).status
