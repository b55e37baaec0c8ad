"""The same by Telegram: Stars, a lower price in the caption, a picture of one's own, posts for everybody; by both brains."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec import Struct

from evals.simulators.ollama import Answer, ChatRequest, call_tool, demo_brain, say
from evals.simulators.ollama.brain import fan_words
from evals.simulators.telegram import Bot, Entry, TelegramUser
from personas.loader import LIBRARY
from tests.journeys.desk import Desk
from tests.journeys.town import PATIENCE_S, Town, until

MODEL = "llama3.2"
NEXT_WEEK = (datetime.now(UTC) + timedelta(days=7)).date()
REDUCED = re.compile(r"(\d+) Stars → (\d+) Stars")


class Talk(Struct):
    """One fan's chat with one bot."""

    fan: TelegramUser
    bot: Bot
    seen: int = 0

    async def hears(self, kind: str = "text", count: int = 1) -> list[Entry]:
        """Wait for what comes after all that was seen before, and return it."""
        chat = self.fan.chat(self.bot)
        found = await chat.wait_for(count, PATIENCE_S, kind=kind, since=self.seen)
        self.seen = len(chat.transcript)
        return found

    async def says(self, text: str, kind: str = "text", count: int = 1) -> list[Entry]:
        """Write, and wait for the answer."""
        self.fan.send_text(self.bot, text)
        return await self.hears(kind, count)

    async def buys(self, offer: Entry) -> Entry:
        """Unlock a pack; return its thanks, which come once however often Telegram tells of the purchase."""
        update = self.fan.buy(self.bot, offer)
        (thanks,) = await self.hears()
        assert update is not None
        pushes = await self.bot.feed.redeliver(update, 2)
        assert [push.status for push in pushes] == [200, 200]
        return thanks

    def shown(self, kind: str) -> list[Entry]:
        """Return all that the fan sees of a kind."""
        return self.fan.chat(self.bot).messages(kind=kind)


async def picture_comes(talk: Talk, desk: Desk) -> Entry:
    """Let an operator look at the ordered picture and say yes; return it as the fan sees it."""
    chat = await desk.conversation_of("telegram", str(talk.fan.id))
    picture = await desk.picture_for(chat, "held")
    assert talk.shown("photo") == []
    await desk.muse("image", "approve", picture["id"])
    (photo,) = await talk.hears("photo")
    return photo


async def sold_to(desk: Desk, talk: Talk) -> list[tuple[str, int]]:
    """Return what the fan bought, by title and price."""
    chat = await desk.conversation_of("telegram", str(talk.fan.id))
    rows = await desk.get("/api/purchases")
    return sorted((row["title"], row["amount"]) for row in rows if row["conversation_id"] == chat)


async def test_packs_a_promo_and_a_picture_for_stars(town: Town, desk: Desk, luna_bot: Bot) -> None:
    talk = Talk(town.telegram.add_user("Jonas"), luna_bot)
    talk.fan.start(luna_bot)
    await talk.hears(count=2)

    (sea,) = await talk.says("I'd love to see pictures of the sea", "paid_media")
    assert (sea.price, sea.locked) == (400, True)
    await talk.buys(sea)
    (second,) = await talk.says("Do you have more pictures?", "paid_media")
    assert second.text != sea.text
    (reduced,) = await talk.says("Can I get a discount?", "paid_media")
    told = REDUCED.search(reduced.text)
    assert told is not None, reduced.text
    assert (int(told[1]), int(told[2])) == (second.price, reduced.price)
    assert (reduced.price or 0) < (second.price or 0)
    await talk.buys(reduced)

    await talk.says("Can you make me a picture of you with a red scarf?")
    photo = await picture_comes(talk, desk)
    assert "made by AI" in photo.text
    assert len(await sold_to(desk, talk)) == 2
    assert ("The sea at dusk", 400) in await sold_to(desk, talk)
    assert sum(charge.stars for charge in luna_bot.charges.values() if charge.user_id == talk.fan.id) == 400 + reduced.price
    assert len(talk.shown("paid_media")) == 3
    assert len(talk.shown("photo")) == 1


def scripted(request: ChatRequest) -> Answer:
    """Call the tool that the fan's words are about, and say what it answered; all else as the demo brain does."""
    asked = fan_words(request.last_user).lower()
    if request.format or not request.tools:
        return demo_brain(request)
    if answers := request.tool_answers:
        return say("Here you are." if "attached" in answers[-1].content else "I put it down, it takes a while.")
    if "discount" in asked:
        return call_tool("apply_promo")
    if "make me" in asked:
        return call_tool("generate_image", wish="in the kitchen, with a big pot")
    if "post" in asked:
        return call_tool(
            "schedule_post",
            caption="Fresh bread at seven, come hungry.",
            at=f"{NEXT_WEEK} 07:00",
            platforms=[{"platform": "telegram"}],
        )
    if "mountain" in asked:
        return call_tool("send_pack", wish="the mountains in snow")
    return say("Good to hear. Tell me more.")


@pytest.fixture
async def matteo_bot(town: Town, desk: Desk, tmp_path: Path) -> AsyncIterator[Bot]:
    """Matteo on Telegram, spoken for by a language model, with the calendar among his tools; as he was afterwards."""
    folder = tmp_path / "matteo"
    shutil.copytree(LIBRARY / "matteo", folder)
    told = (folder / "persona.toml").read_text().replace('tools = ["send_pack"', 'tools = ["schedule_post", "send_pack"')
    told = told.replace("quiet_s = 2.0", "quiet_s = 0.2") + f'\n[model]\nchat_model = "ollama:{MODEL}"\n'
    (folder / "persona.toml").write_text(told)
    await desk.muse("persona", "load", str(folder), "--note", "for a journey")
    town.ollama.brain = scripted
    yield await town.connect_bot("Matteo")
    town.ollama.brain = demo_brain
    await desk.muse("persona", "rollback", "matteo", "1")


async def test_a_language_model_sells_reduces_paints_and_proposes_by_its_tools(town: Town, desk: Desk, matteo_bot: Bot) -> None:
    talk = Talk(town.telegram.add_user("Ada"), matteo_bot)
    talk.fan.start(matteo_bot)
    await talk.hears(count=2)
    (ridge,) = await talk.says("Do you have pictures of the mountains for me?", "paid_media")
    assert ridge.price == 350
    (reduced,) = await talk.says("Is there a discount, perhaps?", "paid_media")
    assert REDUCED.search(reduced.text), reduced.text
    await talk.buys(reduced)
    await talk.says("Please make me a picture of you while you cook")
    photo = await picture_comes(talk, desk)
    assert "made by AI" in photo.text

    await desk.muse("post", "place", "telegram/matteo", matteo_bot.add_broadcast("The hut", "the_hut").target)
    await talk.says("Could you post something about bread for everybody?")
    (proposed,) = [post for post in await desk.get("/api/posts") if post["influencer"] == "matteo"]
    assert (proposed["state"], proposed["caption"]) == ("proposed", "Fresh bread at seven, come hungry.")
    assert await sold_to(desk, talk) == [("The ridge in snow", reduced.price)]
    assert "invariants hold" in await desk.muse("ledger", "check")


async def test_posts_go_out_once_as_they_stand_and_cancelled_ones_do_not(town: Town, desk: Desk, luna_bot: Bot) -> None:
    lunas = luna_bot.add_broadcast("Lunas evenings", "lunas_evenings")
    where = ("--on", f"telegram/luna:{lunas.target}", "--on", "http/luna")
    await desk.muse("post", "add", "luna", "A first draft", "--at", "2030-12-01 18:00", *where)
    await desk.muse("post", "add", "luna", "Better not", "--at", "2030-12-02 18:00", *where)
    planned = [post for post in await desk.get("/api/posts") if post["influencer"] == "luna"]
    for post in planned:
        if post["caption"] == "Better not":
            await desk.muse("post", "cancel", post["id"])
        else:
            await desk.muse("post", "edit", post["id"], "--caption", "Good evening, Lisbon")
            await desk.muse("post", "publish-now", post["id"])

    async def out() -> bool:
        rows = [post for post in await desk.get("/api/posts") if post["influencer"] == "luna"]
        return sorted(post["state"] for post in rows) == ["cancelled", "cancelled", "published", "published"]

    await until(out, "both posts are out")
    assert [entry.text for entry in lunas.messages()] == ["Good evening, Lisbon"]
    assert [post.text for post in town.app.posts] == ["Good evening, Lisbon"]
    assert "published" in await desk.muse("post", "list")
