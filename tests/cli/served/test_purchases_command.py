"""`muse purchases` and the reactions of a thread, against the real gateway."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from cli.desk.short_ids import shorten
from core.inbound import InboundPurchase, InboundReaction, Sender
from shop.offers import apply_offer_pack
from storage import purchases
from storage.jobs import QUEUE
from tests.cli.served.terminal_user import TerminalUser
from tests.conftest import TestDatabase, make_agency
from tests.gateway.conftest import Gateway
from tests.shop.world import context_of, make_part, offer_of, open_shop, start_chat
from tests.storage.world import NOON, send_in


@pytest.fixture
def user(gateway: Gateway, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> TerminalUser:
    return TerminalUser(gateway.url, Path(gateway.settings.data_dir), monkeypatch, capsys)


@pytest.fixture
async def purchase(gateway: Gateway) -> UUID:
    """Let a fan buy the sea."""
    shop = await open_shop(gateway.house, gateway.telegram)
    chat = await start_chat(gateway.house, gateway.telegram)
    offer = offer_of(await make_part(gateway.house, shop, chat, "sea"))
    async with gateway.house.app.unit(gateway.telegram.agency_id) as unit:
        await apply_offer_pack(unit, context_of(shop, chat), offer)
    bought = InboundPurchase(
        event_key="p", at=NOON, sender=Sender("7"), conversation_key="chat-7", payload=offer.payload, charge_key="s1"
    )
    await send_in(gateway.house, gateway.telegram, bought)
    async with gateway.house.app.unit(gateway.telegram.agency_id) as unit:
        (row,) = await purchases.list_purchases(unit)
        return row.id


async def test_a_purchase_is_listed_and_given_back(gateway: Gateway, user: TerminalUser, purchase: UUID) -> None:
    printed = await user.see("purchases", "list")
    for words in (shorten(purchase), "Mia", "The sea at dusk", "500", "telegram/luna", "owned"):
        assert words in printed
    assert "go back to Mia" in await user.see("purchases", "refund", shorten(purchase))
    assert "refund on its way" in await user.see("purchases", "list")
    assert [job.function for job in await gateway.house.redis.queued_jobs(queue_name=QUEUE)] == ["RefundPurchase"]
    answer = await user.read("purchases", "refund", str(purchase))
    assert (answer["refund_state"], answer["refund_ordered_by"]) == ("waiting", "ana")
    async with gateway.house.app.unit(gateway.telegram.agency_id) as unit:
        order = await purchases.claim_refund(unit, purchase)
        assert order
        assert await purchases.claim_refund(unit, purchase) is None, "one worker asks, not two"
        await purchases.settle_refunded(unit, order)
    assert "refunded" in await user.see("purchases", "list")
    code, printed = await user.type("purchases", "refund", str(purchase))
    assert (code, printed) == (5, "muse: The payment was given back already.\n")


async def test_a_refused_refund_says_why_and_may_be_ordered_again(gateway: Gateway, user: TerminalUser, purchase: UUID) -> None:
    await user.see("purchases", "refund", str(purchase))
    async with gateway.house.app.unit(gateway.telegram.agency_id) as unit:
        order = await purchases.claim_refund(unit, purchase)
        assert order
        await purchases.settle_refund_refused(unit, order, ValueError("too old to be given back"))
    assert "too old" in " ".join((await user.see("purchases", "list")).split())
    assert (await user.read("purchases", "refund", str(purchase)))["refund_state"] == "waiting"


async def test_what_is_not_there_or_not_theirs_is_not_found(
    gateway: Gateway, user: TerminalUser, database: TestDatabase, purchase: UUID
) -> None:
    assert (await user.type("purchases", "refund", "zzz"))[0] == 5
    assert (await user.type("purchases", "refund", str(UUID(int=9))))[0] == 5
    other = await make_agency(database.owner, "other")
    async with gateway.house.app.unit(other.id) as unit:
        assert await purchases.list_purchases(unit) == []


async def test_reactions_stand_beside_what_they_are_for(gateway: Gateway, user: TerminalUser) -> None:
    chat = await start_chat(gateway.house, gateway.telegram)
    reaction = InboundReaction(
        event_key="x", at=NOON, sender=Sender("7"), conversation_key="chat-7", message_key="1", emoji=("🔥", "❤")
    )
    await send_in(gateway.house, gateway.telegram, reaction)
    assert "Mia: hi  (🔥 ❤)" in await user.see("inbox", "show", str(chat.id))
    (shown,) = (await user.read("inbox", "show", str(chat.id)))["reactions"]
    assert shown["emoji"] == ["🔥", "❤"]
