"""What a fan can have of an influencer, in the browser: packs, a lower price, a picture of their own; each once, and marked."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.journeys.conftest import WIDTHS
from tests.journeys.desk import Desk
from tests.journeys.fan_page import FanPage, OpenPage
from tests.journeys.test_packs import LOADED
from tests.journeys.town import until

UNLOCK = "Unlock – sandbox, no money moves"
PRICES = {
    "Night at the kiln": (499, 399),
    "The sea at dusk": (799, 639),
    "Rooftop and stars": (599, 479),
    "A slow morning": (399, 319),
}
"""What each pack costs in cents, and what with a fifth off."""


async def titles(fan: FanPage, state: str) -> list[str]:
    """Return the titles of the packs that are `locked` or `owned` on the page, in order."""
    found: list[str] = await fan.page.locator(f".pack-{state} .pack-title").all_text_contents()
    return found


async def unlock_last(fan: FanPage) -> str:
    """Unlock the newest offer, and return its title when its thanks are there."""
    pack = fan.page.locator(".pack-locked").last
    title = await pack.locator(".pack-title").text_content()
    before = await fan.others.count()
    await pack.get_by_role("button", name=UNLOCK).click()
    await expect(fan.page.get_by_role("article", name=f"Unlocked pack: {title}").last).to_be_visible()
    await fan.settled(own=None, others=before + 1)
    return str(title)


@pytest.mark.parametrize("width", WIDTHS)
async def test_packs_promos_and_a_picture_of_ones_own(open_page: OpenPage, desk: Desk, screens: Path, width: str) -> None:
    fan = await (await open_page(width=width)).enter()
    await fan.say("Hello!", replies=2)
    spent = (await desk.credits_of("luna"))["spent"]

    await fan.say("I'd love to see pictures of the sea", replies=2)
    assert await unlock_last(fan) == "The sea at dusk"
    await fan.say("Do you have more pictures?", replies=2)
    another = (await titles(fan, "locked"))[-1]
    assert another != "The sea at dusk"

    await fan.say("Can I get a discount?", replies=2)
    reduced = fan.page.locator(".pack-locked").last
    assert await reduced.locator(".pack-title").text_content() == another
    await until(lambda: fan.page.locator(".pack-cover img").evaluate_all(LOADED), "the previews are there")
    await fan.take(screens / f"{width}-10-discount")
    assert await unlock_last(fan) == another

    (no,) = await fan.say("my code is NOSUCH99")
    assert "code" in no.lower()
    await fan.say("my code is EVENING20", replies=2)
    third = (await titles(fan, "locked"))[-1]
    assert third not in ("The sea at dusk", another)
    coded = fan.page.locator(".pack-locked").last
    full, less = (f"${cents / 100:.2f}" for cents in PRICES[third])
    await expect(coded.locator("s")).to_contain_text(full)
    await expect(coded).to_contain_text(less)
    await fan.take(screens / f"{width}-11-code")
    assert await unlock_last(fan) == third

    chat = await desk.conversation_of("webchat", await fan.handle())
    await fan.say("Can you make me a picture of you with a red scarf?")
    await expect(fan.page.locator("#making")).to_contain_text("picture is being made")
    await fan.take(screens / f"{width}-12-being-made")
    picture = await desk.picture_for(chat, "held")  # nobody judges pictures here, so a person does
    await expect(fan.page.locator("#making")).to_contain_text("picture is being made")
    before = await fan.others.count()
    await desk.post(f"/api/images/{picture['id']}/approve")
    await fan.settled(own=None, others=before + 1)
    made = fan.page.locator(".made")
    await expect(made).to_have_count(1)
    await until(lambda: made.locator("img").evaluate_all(LOADED), "the picture is there")
    await expect(made).to_contain_text("AI")
    await expect(fan.page.locator("#making")).to_be_empty()
    await expect(made).to_be_in_viewport()
    await fan.take(screens / f"{width}-13-made")
    await made.get_by_role("button").click()
    await expect(fan.page.get_by_role("dialog", name="Pictures").get_by_role("status")).to_contain_text("AI")
    await fan.take(screens / f"{width}-14-made-large")
    await fan.page.keyboard.press("Escape")
    await fan.page.reload()
    await expect(fan.page.locator(".made")).to_have_count(1)
    assert await fan.overflow() == []

    bought = [row for row in await desk.get("/api/purchases") if row["conversation_id"] == chat]
    assert sorted(row["title"] for row in bought) == sorted({"The sea at dusk", another, third}), bought
    assert (await desk.credits_of("luna"))["spent"] == spent + 1
    assert "invariants hold" in await desk.muse("ledger", "check")
