"""Who tries to sell what may not be sold: a model that forges, operators who approve late, fans who pay by every door."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any
from uuid import UUID

from msgspec import Struct, structs

from agents.staging import Attempt
from core.errors import EffectRefused, MuseError
from core.ids import new_id
from core.money import Money
from core.nouns import TurnInput
from core.settings import Settings
from core.turns import AskOperator, FlagMinor, LimitSpend, OfferPack, OptOut, PromoUse, RestSales
from gateway.platforms.registry import open_platforms
from shop.checkouts import check_checkout, check_unlock
from shop.offers import apply_offer_pack
from shop.restraint import limit_spend, note_rest
from storage import credits, purchases
from storage.checkouts import Checkout
from storage.effects import EffectContext
from storage.fans import apply_opt_out, flag_minor
from storage.house import House
from storage.restraint import set_caps
from storage.unit import Unit
from studio.ordering import open_desk
from tests.memory.world import WordEmbedder
from tests.shop.world import TELEGRAM, Shop, buy, saying
from tools.context import ToolContext
from tools.registry import open_tools

CHANGES = (
    "UPDATE pack_prices SET amount = CASE amount WHEN 500 THEN 700 ELSE 500 END",
    "UPDATE packs SET active = NOT active WHERE slug = 'hut'",
    "UPDATE packs SET rating = CASE rating WHEN 'sfw' THEN 'adult' ELSE 'sfw' END WHERE slug = 'stars'",
    "UPDATE promo_uses SET hold_until = clock_timestamp() - interval '2 minutes' WHERE redeemed_at IS NULL",
    "UPDATE promos SET ends_at = CASE WHEN ends_at IS NULL THEN clock_timestamp() END WHERE slug IN ('extra', 'hello')",
)
FREE = {"offers_a_day": 100, "unasked_a_day": 100, "messages_between": 0}
"""Caps that let offers pass by the dozen, so that what else may stop one is seen."""


LOOSE = {**FREE, "spend": {"XTR": {"day": 100_000, "week": None, "month": None}}}
SPENT = """
WITH person AS (SELECT person_fans($1) AS id)
SELECT (SELECT coalesce(sum(s.amount), 0) FROM (SELECT DISTINCT h.id, h.amount FROM holdings h
            WHERE h.fan_id IN (SELECT id FROM person) AND h.purchased_at > now() - interval '1 day') s)::bigint,
    (SELECT min(amount) FROM spend_limits WHERE fan_id IN (SELECT id FROM person) AND unit = 'XTR'),
    (SELECT coalesce((caps #>> '{spend,XTR,day}')::bigint, 100000) FROM agencies WHERE id = current_agency()),
    EXISTS (SELECT FROM sale_rests WHERE fan_id IN (SELECT id FROM person) AND cause = 'care')
"""


class Sold(Struct, frozen=True):
    """An offer that the commit let pass, with what was true in that moment."""

    effect: OfferPack
    listed: int
    on_sale: bool


class Attacker:
    """A model that does as it likes with tools and effects, fans who pay as they like, and a shop that changes meanwhile."""

    def __init__(self, house: House, shop: Shop, turns: list[TurnInput], codes: list[str], seed: int) -> None:
        self.house, self.shop, self.turns, self.codes = house, shop, turns, codes
        self.random = Random(seed)
        self.tools = open_tools(
            house, WordEmbedder(), open_desk(Settings(), house, credits), open_platforms(Settings(), house.blobs)
        )
        self.sold: dict[str, Sold] = {}
        self.staged: list[OfferPack] = []
        self.drafts: list[tuple[TurnInput, OfferPack]] = []
        self.passed = Counter[str]()

    async def step(self) -> None:
        """Do one thing."""
        steps = {self.sell: 12, self.approve: 2, self.pay: 2, self.pay_at_once: 2, self.unlock: 5, self.check_out: 5}
        steps |= {self.change: 2, self.restrain: 2, self.bar: 1, self.unbar: 4, self.refund: 2}
        await self.random.choices(list(steps), list(steps.values()))[0]()

    async def sell(self) -> None:
        """Call tools with whatever arguments, tamper with what they staged or not, and commit it."""
        turn, attempt = self.random.choice(self.turns), Attempt()
        for _ in range(self.random.randint(1, 3)):
            name = self.random.choice(list(self.tools))
            try:
                arguments = self.arguments()
                said = saying(turn, f"cheaper? {self.random.choice(self.codes)} {arguments['code']}")
                await self.tools[name].run(ToolContext(said, attempt, WordEmbedder(), asks_less=True), arguments)
            except MuseError:
                continue
        for effect in attempt.effects:
            if isinstance(effect, AskOperator):
                continue  # the cap is reached, which a person is told
            assert isinstance(effect, OfferPack)
            self.staged.append(effect)
            if self.random.random() < 0.2:
                self.drafts.append((turn, effect))  # a person sees to it, some day
                continue
            await self.commit(turn, effect if self.random.random() < 0.6 else self.tamper(effect))

    async def approve(self) -> None:
        """Let an operator approve what was staged long ago."""
        if self.drafts:
            turn, effect = self.drafts.pop(self.random.randrange(len(self.drafts)))
            await self.commit(turn, effect)

    def arguments(self) -> dict[str, object]:
        """Return arguments, forged ones among them."""
        pack = str(self.random.choice([*self.shop.packs.values()]))
        forged = {"price": 1, "amount": 1, "pack_id": pack, "fan_id": pack, "unit": "USD", "percent": 99, "promo_id": pack}
        said = {
            "wish": self.random.choice(["the beach", "pics", "a telescope", "mountains", "The sea at dusk", "free pack", 7]),
            "code": self.random.choice([*self.codes, "NOTHING", "", None, 7, "spring' OR '1'='1"]),
        }
        return said | {name: forged[name] for name in self.random.sample(sorted(forged), self.random.randint(0, 3))}

    def tamper(self, effect: OfferPack) -> OfferPack:
        """Forge an effect, with parts of others that were staged before."""
        other = self.random.choice(self.staged)
        ways: list[dict[str, Any]] = [
            {"price": Money(1, "XTR")},
            {"price": Money(effect.price.amount, "USD")},
            {"price": other.price},
            {"promos": (*effect.promos, *other.promos)},
            {"promos": other.promos, "price": other.price, "list_price": other.list_price},
            {"promos": tuple(PromoUse(use.promo_id) for use in effect.promos)},
            {"promos": (), "list_price": None},
            {"pack_id": self.random.choice([*self.shop.packs.values()])},
            {"pack_id": new_id()},
            {"more": tuple(self.shop.packs.values())},
            {"more": (effect.pack_id,)},
            {"list_price": Money(99_999, "XTR")},
        ]
        forged = {"offer_id": new_id(), "payload": f"forged-{len(self.staged)}-{self.random.random()}"}
        return structs.replace(effect, **forged, **self.random.choice(ways))

    async def commit(self, turn: TurnInput, effect: OfferPack) -> None:
        """Commit an offer, and keep what was true when it passed."""
        try:
            async with self.house.app.unit(turn.lease.agency_id) as unit:
                context = EffectContext(turn.account, turn.conversation, None, TELEGRAM)  # type: ignore[arg-type]  # no turn
                await apply_offer_pack(unit, context, effect)
                listed, on_sale = await unit.connection.fetchrow(
                    "SELECT sum(r.amount)::bigint, bool_and(p.active AND p.rating <> 'adult') FROM packs p"
                    " JOIN pack_prices r ON r.pack_id = p.id AND r.platform = 'telegram' WHERE p.id = ANY($1::uuid[])",
                    [effect.pack_id, *effect.more],
                )
        except MuseError:
            return
        assert not await self.barred(turn.fan.id, "out"), "nothing is offered to who may not or will not buy"
        self.sold[effect.payload] = Sold(effect, listed, on_sale)

    async def barred(self, fan_id: UUID, *also: str) -> bool:
        """Say whether a fan's person is flagged as a minor, or, where that counts, wants no messages, by the rows alone."""
        ((minor, out),) = await self.ask(
            "SELECT bool_or(o.minor_signal_at IS NOT NULL), bool_or(o.opted_out_at IS NOT NULL AND o.id = f.id) FROM fans f"
            " JOIN fans o ON o.id = f.id OR o.person_id = f.person_id WHERE f.id = $1",
            fan_id,
        )
        return bool(minor or (out and also))

    async def open_offers(self) -> list[Any]:
        """Return offers as a fan sees them: id, payload, handle, fan, amount, unit, and whether it was bought."""
        return await self.ask(
            "SELECT o.id, o.payload, n.handle, o.fan_id, o.amount, o.unit,"
            " EXISTS (SELECT FROM purchases p WHERE p.offer_id = o.id) AS bought FROM offers o JOIN conversations c"
            " ON c.id = o.conversation_id JOIN identities n ON n.id = c.identity_id ORDER BY o.id"
        )

    async def pay(self) -> None:
        """Let a fan pay some open offer without a question asked, and the platform tell of it once or twice."""
        if rows := await self.open_offers():
            row = self.random.choice(rows)
            for _ in range(self.random.randint(1, 2)):
                await self.take_money(row)
            await self.settle()

    async def pay_at_once(self) -> None:
        """Let several offers be paid in the same moment, in whichever chats of a person."""
        if rows := await self.open_offers():
            await asyncio.gather(*(self.take_money(row) for row in self.random.sample(rows, min(4, len(rows)))))
            await self.settle()

    async def take_money(self, row: Any) -> None:
        """Write a payment; who may be under age gets it back, and it is never a sale."""
        before = await self.ask(
            "SELECT FROM purchases p JOIN offers o ON o.id = p.offer_id WHERE o.payload = $1", row["payload"]
        )
        await buy(self.house, self.shop, row["payload"], row["handle"])
        if not before and await self.barred(row["fan_id"]):
            found = await self.ask(
                "SELECT r.reason FROM purchases p JOIN offers o ON o.id = p.offer_id LEFT JOIN refund_orders r"
                " ON r.purchase_id = p.id WHERE o.payload = $1",
                row["payload"],
            )
            assert [reason for (reason,) in found if reason], "a minor's payment is given back"
            self.passed["given back to a minor"] += 1

    async def settle(self) -> None:
        """Give back what the house ordered."""
        for purchase in await self.ask("SELECT purchase_id FROM refund_orders WHERE state = 'waiting'"):
            await self.give_back(purchase[0])
        assert not await self.ask(
            "SELECT coalesce(f.person_id, f.id), h.pack_id FROM holdings h JOIN fans f ON f.id = h.fan_id GROUP BY 1, 2"
            " HAVING count(*) > 1"
        ), "zero repeat sales"

    async def unlock(self) -> None:
        """Let a fan unlock an offer on the page: asked first, and only then bought."""
        await self.buy_if("unlock", lambda unit, row: check_unlock(unit, row["id"], TELEGRAM))

    async def check_out(self) -> None:
        """Let a fan pay a bill, at the price on it or another: the platform asks first."""

        async def asked(unit: Unit, row: Any) -> None:
            amount = row["amount"] if self.random.random() < 0.8 else row["amount"] - 1
            bill = Checkout(
                new_id(), self.shop.account.id, "q", amount, row["unit"], row["id"], True, row["amount"], row["unit"], False
            )
            await check_checkout(unit, bill, TELEGRAM)
            assert amount == row["amount"]

        await self.buy_if("bill", asked)

    async def buy_if(self, door: str, look: Callable[[Unit, Any], Awaitable[None]]) -> None:
        """Let a fan through a door that asks; then neither flag, stop nor limit may stand against it."""
        if not (rows := await self.open_offers()):
            return
        row = self.random.choice(([one for one in rows if not one["bought"]] or rows)[-6:])
        try:
            async with self.house.app.unit(self.shop.account.agency_id) as unit:
                await look(unit, row)
        except EffectRefused:
            self.passed[f"{door} refused"] += 1
            return
        if not row["bought"]:
            self.passed[door] += 1
            assert not await self.barred(row["fan_id"], "out"), f"{door}: not to who may not or will not buy"
            ((spent, limit, cap, care),) = await self.ask(SPENT, row["fan_id"])
            assert not care, f"{door}: not while selling rests"
            assert limit is None or spent + row["amount"] <= limit, f"{door}: not above the fan's own limit"
            assert spent + row["amount"] <= cap, f"{door}: not above the cap"
        await self.take_money(row)
        await self.settle()

    async def restrain(self) -> None:
        """Set caps, the fan's own limit or a rest, or lift them."""
        turn, context = self.someone()
        async with self.house.app.unit(turn.lease.agency_id) as unit:
            match self.random.randrange(4):
                case 0:
                    await set_caps(unit, {**FREE, "spend": {"XTR": {"day": self.random.choice([0, 800, 100_000])}}})
                case 1:
                    await limit_spend(unit, context, LimitSpend((Money(self.random.choice([0, 600]), "XTR"),), "day"))
                case 2:
                    await note_rest(unit, context, RestSales("care"))
                case _:
                    await self.lift(unit)

    async def bar(self) -> None:
        """Let a fan say to be under age, or want no messages."""
        turn, context = self.someone()
        async with self.house.app.unit(turn.lease.agency_id) as unit:
            if self.random.random() < 0.6:
                await flag_minor(unit, context, FlagMinor())
            else:
                await apply_opt_out(unit, context, OptOut(out=True))

    async def unbar(self) -> None:
        """Let an operator find them all to be adults, who want messages again."""
        async with self.house.app.unit(self.shop.account.agency_id) as unit:
            await self.lift(unit)
            await unit.connection.execute("UPDATE fans SET minor_signal_at = NULL, opted_out_at = NULL")

    async def lift(self, unit: Unit) -> None:
        """Let nothing restrain selling."""
        await set_caps(unit, LOOSE)
        await unit.connection.execute("DELETE FROM spend_limits")
        await unit.connection.execute("DELETE FROM sale_rests")

    async def refund(self) -> None:
        """Give a payment back as an operator orders it, so that the pack is for sale again."""
        async with self.house.app.unit(self.shop.account.agency_id) as unit:
            rows = [row for row in await purchases.list_purchases(unit) if row.refunded_at is None]
            if rows:
                await purchases.order_refund(unit, self.random.choice(rows).id, "ana")
        await self.settle()

    def someone(self) -> tuple[TurnInput, EffectContext]:
        """Return somebody's turn and where its effects happen."""
        turn = self.random.choice(self.turns)
        return turn, EffectContext(turn.account, turn.conversation, None, TELEGRAM)  # type: ignore[arg-type]  # no turn

    async def give_back(self, purchase_id: UUID) -> None:
        """Give a payment back, as the job does."""
        async with self.house.app.unit(self.shop.account.agency_id) as unit:
            order = await purchases.claim_refund(unit, purchase_id)
            assert order is not None
            await purchases.settle_refunded(unit, order)

    async def change(self) -> None:
        """Change the shop."""
        await self.ask(self.random.choice(CHANGES))

    async def ask(self, statement: str, *arguments: Any) -> list[Any]:
        """Read rows, inside the agency."""
        async with self.house.app.unit(self.shop.account.agency_id) as unit:
            return list(await unit.connection.fetch(statement, *arguments))
