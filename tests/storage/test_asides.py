"""What platforms tell beside messages: connections, echoes, reactions, refunds, and to which chat each belongs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from core.inbound import (
    InboundConnection,
    InboundDelete,
    InboundEcho,
    InboundEdit,
    InboundMessage,
    InboundPurchase,
    InboundReaction,
    InboundRefund,
    Sender,
)
from core.money import Money
from core.nouns import Account
from core.turns import OfferPack
from shop.offers import apply_offer_pack
from storage.conversations import load_conversation
from storage.effects import EffectContext
from storage.house import House
from storage.reactions import list_reactions
from tests.shop.world import make_part, offer_of, open_shop
from tests.storage.world import NOON, message, send_in

MIA = Sender(handle="7", display_name="Mia")
BUSINESS = "biz:c1:7"


def connection(number: int, *, enabled: bool = True, can_reply: bool = True, second: int = 0) -> InboundConnection:
    return InboundConnection(
        event_key=f"c-{number}",
        at=NOON + timedelta(seconds=second),
        connection_key="c1",
        owner_handle="600001",
        enabled=enabled,
        can_reply=can_reply,
    )


def business(text: str, number: int) -> InboundMessage:
    return InboundMessage(
        event_key=f"b-{number}",
        at=NOON,
        sender=MIA,
        conversation_key=BUSINESS,
        message_key=str(number),
        text=text,
        connection_key="c1",
    )


async def ask(house: House, account: Account, statement: str) -> Any:
    async with house.app.unit(account.agency_id) as unit:
        return [tuple(row) if len(row) > 1 else row[0] for row in await unit.connection.fetch(statement)]


async def test_a_fan_has_a_chat_with_the_bot_and_one_through_each_connection(house: House, account: Account) -> None:
    await send_in(house, account, connection(1), business("hi Lena", 1), message("hi Luna", 2), business("again", 3))
    chats = await ask(house, account, "SELECT platform_key, connection_key FROM conversations ORDER BY 1")
    assert chats == [(BUSINESS, "c1"), ("chat-7", None)]
    assert await ask(house, account, "SELECT count(*) FROM fans") == [1]


async def test_an_edit_and_a_deletion_stay_in_the_connections_chat(house: House, account: Account) -> None:
    await send_in(house, account, message("hi Luna", 1), business("hi Lena", 1), business("oops", 2))
    edit = InboundEdit(
        event_key="e", at=NOON, sender=MIA, conversation_key=BUSINESS, message_key="1", text="hello", connection_key="c1"
    )
    await send_in(house, account, edit, InboundDelete(event_key="d", at=NOON, conversation_key=BUSINESS, message_keys=("2",)))
    said = await ask(house, account, "SELECT text FROM messages WHERE deleted_at IS NULL ORDER BY text")
    assert said == ["hello", "hi Luna"]


REACHABLE = "SELECT reachable FROM conversations WHERE connection_key = 'c1'"


async def test_a_connection_that_ends_closes_its_chats_and_one_that_begins_again_opens_them(
    house: House, account: Account
) -> None:
    await send_in(house, account, connection(1), business("hi", 1), message("hi", 1))
    assert await ask(house, account, REACHABLE) == [True]
    await send_in(house, account, connection(2, enabled=False, second=1))
    assert await ask(house, account, REACHABLE) == [False]
    await send_in(house, account, business("still there?", 2))
    assert await ask(house, account, REACHABLE) == [False], "a fan's word opens no connection"
    assert await ask(house, account, "SELECT reachable FROM conversations WHERE connection_key IS NULL") == [True]
    await send_in(house, account, connection(3, second=2))
    assert await ask(house, account, REACHABLE) == [True]
    await send_in(house, account, connection(4, can_reply=False, second=3))
    assert await ask(house, account, REACHABLE) == [False]


async def test_news_of_a_connection_that_come_late_change_nothing(house: House, account: Account) -> None:
    await send_in(house, account, business("hi", 1), connection(2, enabled=False, second=9))
    await send_in(house, account, connection(1, second=1))
    assert await ask(house, account, REACHABLE) == [False]


async def test_a_chat_that_begins_under_a_closed_connection_is_closed(house: House, account: Account) -> None:
    await send_in(house, account, connection(1, enabled=False))
    await send_in(house, account, business("hi", 1))
    assert await ask(house, account, REACHABLE) == [False]


async def offered(house: House, account: Account, chat_key: str) -> OfferPack:
    """Offer the sea in a chat that exists; return the offer."""
    shop = await open_shop(house, account)
    async with house.app.unit(account.agency_id) as unit:
        found = await unit.connection.fetchval("SELECT id FROM conversations WHERE platform_key = $1", chat_key)
        chat = await load_conversation(unit, found)
    effect = offer_of(await make_part(house, shop, chat, "sea"), Money(500, "XTR"))
    async with house.app.unit(account.agency_id) as unit:
        await apply_offer_pack(unit, EffectContext(account, chat, None), effect)  # type: ignore[arg-type]  # outside a turn
    return effect


def bought(offer: OfferPack, **more: Any) -> InboundPurchase:
    return InboundPurchase(
        event_key="p1", at=NOON, sender=MIA, conversation_key="chat-7", payload=offer.payload, sandbox=True, **more
    )


async def test_a_purchase_belongs_to_the_chat_in_which_it_was_offered(house: House, account: Account) -> None:
    await send_in(house, account, connection(1), business("pictures?", 1))
    (written,) = await send_in(house, account, bought(await offered(house, account, BUSINESS)))
    assert await ask(house, account, "SELECT conversation_id FROM messages WHERE kind = 'purchase'") == [
        written.conversation_id
    ]
    assert written.wait_s is not None, "the fan is thanked there"


async def test_a_refund_is_found_by_its_charge_or_by_its_offer(house: House, account: Account) -> None:
    await send_in(house, account, message("pictures?", 1))
    offer = await offered(house, account, "chat-7")
    await send_in(house, account, bought(offer))

    def refund(number: int, charge: str, payload: str) -> InboundRefund:
        return InboundRefund(
            event_key=f"r{number}", at=NOON, sender=MIA, conversation_key="chat-7", charge_key=charge, payload=payload
        )

    await send_in(house, account, refund(1, "stranger", "another offer"))
    assert await ask(house, account, "SELECT state FROM raw_events WHERE event_key = 'r1'") == ["unmatched"]
    await send_in(house, account, refund(2, "s1", offer.payload), refund(3, "s1", offer.payload))
    assert await ask(house, account, "SELECT refunded_by FROM refunds") == ["telegram"]
    assert await ask(house, account, "SELECT count(*) FROM holdings") == [0]
    assert await ask(house, account, "SELECT count(*) FROM purchases") == [1], "that it was bought stays"


def reaction(number: int, second: int, *emoji: str, message_key: str = "1") -> InboundReaction:
    return InboundReaction(
        event_key=f"x{number}",
        at=NOON + timedelta(seconds=second),
        sender=MIA,
        conversation_key="chat-7",
        message_key=message_key,
        emoji=emoji,
    )


async def test_a_reaction_is_kept_and_wakes_nobody(house: House, account: Account) -> None:
    (said,) = await send_in(house, account, message("hi", 1))
    await ask(house, account, "UPDATE conversations SET due_at = NULL RETURNING 1")
    written = await send_in(
        house, account, reaction(2, 5, "🔥", "❤"), reaction(1, 1, "👎"), reaction(3, 6, "👍", message_key="99")
    )
    assert [one.wait_s for one in written] == [None] * 3
    assert await ask(house, account, "SELECT due_at FROM conversations") == [None]
    async with house.app.unit(account.agency_id) as unit:
        assert said.conversation_id
        found = await list_reactions(unit, said.conversation_id)
        assert [(one.message_id, one.emoji) for one in found] == [(said.message_id, ("🔥", "❤")), (None, ("👍",))]
    await send_in(house, account, reaction(4, 7))
    async with house.app.unit(account.agency_id) as unit:
        assert len(await list_reactions(unit, said.conversation_id)) == 1, "one was taken back"


async def test_an_echo_of_an_unknown_chat_makes_none(house: House, account: Account) -> None:
    echo = InboundEcho(event_key="o1", at=NOON, conversation_key=BUSINESS, message_key="5", text="me", ours=False)
    await send_in(house, account, echo)
    assert await ask(house, account, "SELECT count(*) FROM conversations") == [0]
    await send_in(house, account, business("hi", 1))
    await send_in(house, account, InboundEcho(event_key="o2", at=NOON, conversation_key=BUSINESS, message_key="6"))
    assert await ask(house, account, "SELECT platform_message_id, ours FROM echoes") == [("6", None)]
