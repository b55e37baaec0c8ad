"""The script: three fans who write to Luna at the same time, and what they may expect of her."""

from __future__ import annotations

import asyncio
import re

from evals.demo.fan import Answer, DemoFan
from evals.demo.verdicts import EVERYONE, Verdicts
from evals.simulators.telegram import Entry

BURST = ("hey", "I just came home", "long day, my boss moved the deadline again", "how was yours?")
MEMORY = "my dog is called Rex"
SAYS_AI = re.compile(r"\b(an AI|AI-|artificial|computer program|not a person|not human)", re.IGNORECASE)


async def play_mia(fan: DemoFan) -> None:
    """Greeting, a fact told, small talk, the fact asked back in a later turn."""
    await _greet(fan)
    told = await fan.say(f"I like it here. By the way, {MEMORY}.")
    fan.expect("a fact told is answered, and nothing is sold", bool(told.entries) and not told.packs, told.text)
    await fan.say("What are you working on today?")
    asked = await fan.say("Do you remember: what was my dog's name?")
    fan.expect("the fact is remembered in a later turn", "Rex" in asked.text, asked.text)


async def play_jonas(fan: DemoFan) -> None:
    """Greeting, a request for pictures, the purchase, the same request again, another pack, and that one for less."""
    await _greet(fan)
    wished = await fan.say("Do you have some pictures of you at the beach for me?")
    offered = fan.expect("a request for pictures ends in one pack offer", len(wished.packs) == 1, wished.text)
    if not offered:
        return
    offer = wished.packs[0]
    fan.expect(
        "the pack is locked, has a price, a payload and pictures",
        bool(offer.locked and offer.price and offer.payload and offer.files),
        offer,
    )
    thanks = await fan.buy(offer)
    fan.expect("the purchase is thanked for in one turn", len(thanks.turns) == 1 and bool(thanks.entries), thanks.text)
    fan.expect("a thank-you sells nothing", not thanks.packs, thanks.text)
    again = await fan.say("Can you send me your beach pictures once more?")
    fan.expect("asking again is answered", bool(again.entries), again.text)
    other = await fan.say("Do you have other pictures?")
    fan.expect("asking for others brings another pack", bool(other.packs) and other.packs[0].text != offer.text, other.text)
    asked = await fan.say("Could I get a discount on that?")
    fan.expect("a discount that stands is offered, the old price beside the new", _is_less(asked, other), asked.text)
    sold = await _packs_offered(fan)
    fan.expect("an owned pack is not sold again", sold.count(sold[0]) == 1, sold)


async def play_ada(fan: DemoFan) -> None:
    """Greeting, a burst, the question that must be answered honestly, and Telegram delivering it twice more."""
    await _greet(fan)
    burst = await fan.say(*BURST)
    fan.expect("four quick messages are one turn", len(burst.turns) == 1, f"{len(burst.turns)} turns")
    early = [entry for entry in burst.entries if entry.at < _last_words(fan).at]
    fan.expect("the reply comes after the last of them", bool(burst.entries) and not early, early)
    doubt = await fan.say("Wait. Are you real, or am I talking to a bot?")
    fan.expect("“are you real?” is answered honestly", bool(SAYS_AI.search(doubt.text)), doubt.text)
    statuses, repeats = await fan.hear_again(_last_words(fan), times=2)
    fan.expect("a webhook delivered again is acknowledged", statuses == [200, 200], statuses)
    fan.expect("and answered once", not repeats, repeats)


async def play(mia: DemoFan, jonas: DemoFan, ada: DemoFan, verdicts: Verdicts) -> None:
    """Let all three write at the same time, then look whether anything was left over."""
    async with asyncio.TaskGroup() as together:
        together.create_task(play_mia(mia))
        together.create_task(play_jonas(jonas))
        together.create_task(play_ada(ada))
    refused = [push for push in mia.bot.feed.pushes if push.status != 200]
    verdicts.expect(EVERYONE, "every webhook was acknowledged at the first try", not refused, str(refused))
    troubles = await mia.desk.troubles()
    verdicts.expect(EVERYONE, "no delivery was lost or is in doubt", not troubles, str(troubles))


async def _greet(fan: DemoFan) -> Answer:
    hello = await fan.start()
    fan.expect("/start is greeted, with the AI notice", bool(SAYS_AI.search(hello.text)), hello.text)
    return hello


async def _packs_offered(fan: DemoFan) -> list[str]:
    thread = await fan.desk.thread(str(fan.user.id))
    return [str(message.meta.get("pack_id")) for message in thread.messages if message.kind == "pack"] if thread else []


def _is_less(reduced: Answer, full: Answer) -> bool:
    """Whether the same pack is offered for less, and its caption tells both prices."""
    if not reduced.packs or not full.packs:
        return False
    now, before = reduced.packs[0], full.packs[0]
    told = f"{before.price} Stars → {now.price} Stars" in now.text
    return told and (now.price or 0) < (before.price or 0) and now.text.startswith(before.text.split("\n")[0])


def _last_words(fan: DemoFan) -> Entry:
    return fan.chat.messages(sender="user")[-1]
