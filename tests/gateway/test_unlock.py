"""An offer on the page that was fine when it was made: what happened since is asked once more when the fan unlocks it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest
from msgspec import Struct

from core.ids import new_id
from core.money import Money
from core.nouns import Conversation
from core.turns import FlagMinor, LimitSpend, OfferPack, OptOut, RestSales
from shop.offers import apply_offer_pack
from shop.restraint import limit_spend, note_rest
from storage import links
from storage.effects import EffectContext
from storage.fans import apply_opt_out, flag_minor
from storage.links import Claim
from storage.restraint import set_caps
from storage.unit import Unit
from tests.gateway.conftest import Gateway
from tests.gateway.test_webchat import Visitor, mia, offer  # noqa: F401 — a fixture
from tests.storage.fans_world import write_in


class Table(Struct, frozen=True):
    """An offer in a chat, the same person's other chat, and who changes what happens there."""

    gateway: Gateway
    visitor: Visitor
    chat: Conversation
    other: Conversation
    offer_id: UUID

    def of(self, chat: Conversation) -> EffectContext:
        """Return where an effect happens."""
        return EffectContext(self.gateway.webchat, chat, None)  # type: ignore[arg-type]  # outside a turn

    async def unlock(self) -> tuple[int, str]:
        """Unlock the offer; return status and words."""
        answer = await self.visitor.post("unlock", {"offer_id": str(self.offer_id)})
        return answer.status, await answer.text()

    async def count(self, table: str) -> int:
        """Count rows."""
        async with self.gateway.house.app.unit(self.chat.agency_id) as unit:
            return int(await unit.connection.fetchval(f"SELECT count(*) FROM {table}"))


@pytest.fixture
async def table(mia: Visitor, gateway: Gateway) -> Table:  # noqa: F811 — the fixture by its name
    """Lay an offer of $7.99 before Mia, who has another chat on Telegram."""
    await mia.write("pictures?")
    effect, _ = await offer(gateway, mia)
    chat = await gateway.chat_of(gateway.webchat, mia.handle)
    side = await write_in(gateway.house, gateway.telegram, "mia", "hi")
    async with gateway.house.app.unit(chat.agency_id) as unit:
        await links.link(unit, chat.fan_id, side.fan, Claim("operator", "she says so", 0.9, "ana"))
    return Table(gateway, mia, chat, side.conversation, effect.offer_id)


Change = Callable[[Unit, Table], Awaitable[object]]
REFUSED: dict[str, Change] = {
    "age": lambda unit, at: flag_minor(unit, at.of(at.chat), FlagMinor()),
    "age said elsewhere": lambda unit, at: flag_minor(unit, at.of(at.other), FlagMinor()),
    "stop": lambda unit, at: apply_opt_out(unit, at.of(at.chat), OptOut(out=True)),
    "care": lambda unit, at: note_rest(unit, at.of(at.chat), RestSales("care")),
    "care elsewhere": lambda unit, at: note_rest(unit, at.of(at.other), RestSales("care")),
    "own limit": lambda unit, at: limit_spend(unit, at.of(at.chat), LimitSpend((Money(798, "USD"),), "week")),
    "own limit elsewhere": lambda unit, at: limit_spend(unit, at.of(at.other), LimitSpend((Money(0, "USD"),), "month")),
    "cap": lambda unit, _: set_caps(unit, {"spend": {"USD": {"day": 798}}}),
    "withdrawn": lambda unit, _: unit.connection.execute("UPDATE packs SET active = false"),
}
TAKEN: tuple[Change, ...] = (
    lambda unit, at: apply_opt_out(unit, at.of(at.other), OptOut(out=True)),
    lambda unit, at: limit_spend(unit, at.of(at.chat), LimitSpend((Money(799, "USD"),), "day")),
    lambda unit, at: limit_spend(unit, at.of(at.chat), LimitSpend((Money(0, "XTR"),), "day")),
    lambda unit, _: set_caps(unit, {"spend": {"USD": {"day": 799}}}),
    lambda unit, at: note_rest(unit, at.of(at.chat), RestSales("no")),
)
"""A stop in another chat, limits and caps that hold it, and a no that was thought better of."""

AS_BEFORE = (
    "UPDATE fans SET minor_signal_at = NULL, opted_out_at = NULL",
    "DELETE FROM sale_rests",
    "DELETE FROM spend_limits",
    "UPDATE packs SET active = true",
)


async def test_what_may_not_be_bought_any_more_is_refused_and_nothing_charged(table: Table) -> None:
    for name, change in REFUSED.items():
        async with table.gateway.house.app.unit(table.chat.agency_id) as unit:
            await change(unit, table)
        status, words = await table.unlock()
        assert (status, "Nothing was charged" in words) == (409, True), name
        assert ("so short a time" in words) is name.startswith(("own", "cap")), "who is barred hears nothing of spending"
        assert (await table.count("purchases"), await table.count("holdings")) == (0, 0), name
        async with table.gateway.house.app.unit(table.chat.agency_id) as unit:
            await set_caps(unit, None)
            for statement in AS_BEFORE:
                await unit.connection.execute(statement)
    assert (await table.unlock())[0] == 202, "as it was before, it is taken"


async def test_what_is_no_reason_stops_nobody(table: Table) -> None:
    async with table.gateway.house.app.unit(table.chat.agency_id) as unit:
        for change in TAKEN:
            await change(unit, table)
    assert (await table.unlock())[0] == 202
    assert await table.count("purchases WHERE amount = 799 AND unit = 'USD' AND sandbox") == 1


async def test_of_two_offers_of_one_pack_the_clicks_that_lose_are_told_so(table: Table) -> None:
    """Both pass the look before; what was booked decides."""
    async with table.gateway.house.app.unit(table.chat.agency_id) as unit:
        pack = await unit.connection.fetchval("SELECT pack_id FROM offers")
        second = OfferPack(new_id(), pack, Money(799, "USD"), "second", asked=True)
        await apply_offer_pack(unit, table.of(table.chat), second)
    offers = [table.offer_id, second.offer_id] * 4
    answers = await asyncio.gather(*(table.visitor.post("unlock", {"offer_id": str(one)}) for one in offers))
    done = {one for one, answer in zip(offers, answers, strict=True) if answer.status == 202}
    lost = {one for one, answer in zip(offers, answers, strict=True) if answer.status == 409}
    assert len(done) == 1
    assert done | lost == set(offers)
    assert not done & lost, "a click is answered alike, however often it comes"
    assert await table.count("purchases p WHERE NOT EXISTS (SELECT FROM refund_orders r WHERE r.purchase_id = p.id)") == 1


async def test_what_was_given_back_is_not_called_unlocked_again(table: Table) -> None:
    assert (await table.unlock())[0] == 202
    assert (await table.unlock())[0] == 202, "a repeat of the same click"
    async with table.gateway.house.app.unit(table.chat.agency_id) as unit:
        await unit.connection.execute(
            "INSERT INTO refunds (purchase_id, agency_id, refunded_at, refunded_by)"
            " SELECT id, agency_id, now(), 'ana' FROM purchases"
        )
    assert (await table.unlock())[0] == 409
