"""Codes that prove a link: asked for in one chat, sent in another, within minutes; kept as a keyed hash only."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from uuid import UUID

from msgspec import Struct

from core.errors import EffectRefused, MuseError
from core.ids import new_id
from core.outbound import TextPart
from core.turns import CountLinkTry, EndLinks, OfferLink, RedeemLink
from storage.effects import EffectContext, EffectHandlers
from storage.links import LINKS, TRIES_S, Claim, link, split_fan
from storage.marks import Marks
from storage.turns import TURNS, plan_parts
from storage.unit import Unit

LASTS_S = 600.0


class _Taken(Struct, frozen=True):
    fan_id: UUID
    conversation_id: UUID
    age_s: float


class _Chat(Struct, frozen=True):
    platform: str
    account: str
    opted_out: bool


def link_handlers(marks: Marks) -> EffectHandlers:
    """Return how the effects of links become true, with the key of the codes' marks."""
    return {
        OfferLink: partial(_offer, marks),
        RedeemLink: _redeem,
        CountLinkTry: _count,
        EndLinks: _end,
    }


async def _offer(marks: Marks, unit: Unit, context: EffectContext, effect: OfferLink) -> None:
    """Keep a code for ten minutes; an older one of the same fan is worth nothing any more."""
    chat = context.conversation
    await LINKS["drop_codes"].run(unit, chat.fan_id)
    mark = marks.of_code(chat.agency_id, effect.code)
    await LINKS["add_code"].run(unit, new_id(), chat.fan_id, chat.id, mark, LASTS_S)


async def _redeem(unit: Unit, context: EffectContext, effect: RedeemLink) -> None:
    """Link the two chats' fans, and say so in the other chat too. Raises `EffectRefused`."""
    taken = await LINKS["take_code"].first(unit, _Taken, effect.code_id)
    if taken is None:
        raise EffectRefused("The link code was used a moment ago, or its time is over.")
    here, there = context.conversation.id, taken.conversation_id
    names = [await LINKS["name_chat"].one(unit, _Chat, chat) for chat in (there, here)]
    evidence = (
        f"A code that was asked for in a chat with {names[0].platform}/{names[0].account} was sent in one with"
        f" {names[1].platform}/{names[1].account}, {taken.age_s:.0f} seconds later."
    )
    try:
        made = await link(unit, context.conversation.fan_id, taken.fan_id, Claim("code", evidence, 0.99, "fan"))
    except MuseError as error:
        raise EffectRefused(str(error)) from error
    if not names[0].opted_out:
        await _tell(unit, there, effect.notice, made.id)


async def _tell(unit: Unit, conversation_id: UUID, words: str, link_id: UUID) -> None:
    """Leave a notice of the house in the chat in which the code was asked for."""
    parts = plan_parts((TextPart(words),), "system", lambda part: [part])
    for part in parts:
        part["meta"] = {"link_id": link_id}
    await TURNS["say"].run(unit, conversation_id, None, f"link-{link_id.hex}", datetime.now(UTC), None, parts)


async def _count(unit: Unit, context: EffectContext, _effect: CountLinkTry) -> None:
    await LINKS["count_try"].run(unit, context.conversation.id, TRIES_S)


async def _end(unit: Unit, context: EffectContext, _effect: EndLinks) -> None:
    try:
        await split_fan(unit, context.conversation.fan_id, "fan")
    except MuseError as error:
        raise EffectRefused(str(error)) from error
