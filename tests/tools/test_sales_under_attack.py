"""Scripts that try to sell what is owned, to make up prices, to stack promos, and to use codes of others.

Whatever a model calls and stages, and however often payments are told: nobody keeps a pack twice, nothing is sold that was not
on sale, and what is paid is what was offered and what the ledger keeps.
"""

from __future__ import annotations

from random import Random
from typing import Any
from uuid import UUID

import pytest
from msgspec import Struct, structs

from agents.staging import Attempt
from core.errors import MuseError
from core.ids import new_id
from core.money import Money
from core.nouns import Account, TurnInput
from core.settings import Settings
from core.turns import OfferPack, PromoUse
from gateway.platforms.registry import open_platforms
from shop.offers import apply_offer_pack
from storage import credits, links, purchases
from storage.effects import EffectContext
from storage.house import House
from storage.ledger import check_ledger
from storage.links import Claim
from storage.restraint import set_caps
from studio.ordering import open_desk
from tests.memory.world import WordEmbedder
from tests.shop.promos import make_promo
from tests.shop.world import TELEGRAM, Shop, buy, open_shop, saying, start_turn
from tools.context import ToolContext
from tools.registry import open_tools

STEPS = 45
OURS = {"bought_twice", "price_without_promo", "promo_overrun", "redeemed_unpaid", "purchase_astray"}
CHANGES = (
    "UPDATE pack_prices SET amount = CASE amount WHEN 500 THEN 700 ELSE 500 END",
    "UPDATE packs SET active = NOT active WHERE slug = 'hut'",
    "UPDATE packs SET rating = CASE rating WHEN 'sfw' THEN 'adult' ELSE 'sfw' END WHERE slug = 'stars'",
    "UPDATE promo_uses SET hold_until = clock_timestamp() - interval '2 minutes' WHERE redeemed_at IS NULL",
)


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

    async def step(self) -> None:
        """Do one thing."""
        await self.random.choices([self.sell, self.pay, self.change], [6, 3, 1])[0]()

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
            assert isinstance(effect, OfferPack)
            self.staged.append(effect)
            await self.commit(turn, effect if self.random.random() < 0.6 else self.tamper(effect))

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
        self.sold[effect.payload] = Sold(effect, listed, on_sale)

    async def pay(self) -> None:
        """Let a fan pay some open offer, and the platform tell of it once or twice."""
        rows = await self.ask("SELECT o.payload, n.handle FROM offers o JOIN conversations c ON c.id = o.conversation_id"
                              " JOIN identities n ON n.id = c.identity_id")  # fmt: skip
        if not rows:
            return
        payload, handle = self.random.choice(rows)
        for _ in range(self.random.randint(1, 2)):
            await buy(self.house, self.shop, payload, handle)
        for purchase in await self.ask("SELECT purchase_id FROM refund_orders WHERE state = 'waiting'"):
            await self.give_back(purchase[0])

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


async def open_attack(house: House, account: Account, seed: int) -> Attacker:
    """Open a shop with promos of every kind; of its three fans, two are one person."""
    shop = await open_shop(house, account)
    turns = [await start_turn(house, account, handle, number) for number, handle in enumerate("789", 1)]
    async with house.app.unit(account.agency_id) as unit:
        await set_caps(unit, {"offers_a_day": 100, "unasked_a_day": 100, "messages_between": 0})  # what restrains would hide it
        await links.link(unit, turns[0].fan.id, turns[1].fan.id, Claim("operator", "she says so", 0.9, "ana"))
    await make_promo(house, shop, "spring", code="SPRING", percent=20, stacks=True, total=2)
    await make_promo(house, shop, "extra", code="EXTRA", kind="fixed", amount=50, unit="XTR", stacks=True, per_fan=2)
    await make_promo(house, shop, "alone", code="ALONE", percent=40)
    await make_promo(house, shop, "cents", code="CENTS", kind="fixed", amount=400, unit="USD")
    await make_promo(house, shop, "his", code="HIS", fan_id=turns[2].fan.id, percent=90)
    await make_promo(house, shop, "once", code="ONCE", once=True, percent=30, per_fan=9)
    await make_promo(house, shop, "hello", kind="trial", amount=50, unit="XTR")
    await make_promo(house, shop, "both", kind="bundle", amount=600, unit="XTR", packs=("sea", "stars"))
    return Attacker(house, shop, turns, ["SPRING", "EXTRA", "ALONE", "CENTS", "HIS", "ONCE"], seed)


@pytest.mark.parametrize("seed", range(3))
async def test_no_script_sells_twice_or_at_another_price(house: House, account: Account, seed: int) -> None:
    attack = await open_attack(house, account, seed)
    for _ in range(STEPS):
        await attack.step()
    assert len(attack.sold) > 3, "the script sells at all"
    owned = await attack.ask(
        "SELECT coalesce(f.person_id, f.id), h.pack_id, count(*) FROM holdings h JOIN fans f ON f.id = h.fan_id GROUP BY 1, 2"
    )
    assert owned
    assert all(times == 1 for _, _, times in owned), "zero repeat sales"
    assert all(sold.on_sale for sold in attack.sold.values()), "zero phantom packs"
    for payload, amount, list_amount, paid in await attack.ask(
        "SELECT o.payload, o.amount, o.list_amount, p.amount FROM offers o LEFT JOIN purchases p ON p.offer_id = o.id"
    ):
        sold = attack.sold[payload]
        assert amount == sold.effect.price.amount
        assert (list_amount or amount) == sold.listed
        assert paid in (None, amount), "the price is the ledger's"
        assert amount >= 1
    for slug, total, per_fan, redeemed, most in await attack.ask(
        "SELECT p.slug, p.total, p.per_fan,"
        " (SELECT count(*) FROM promo_uses u WHERE u.promo_id = p.id AND u.redeemed_at IS NOT NULL),"
        " (SELECT coalesce(max(n), 0) FROM (SELECT count(*) AS n FROM promo_uses u JOIN offers o ON o.id = u.offer_id"
        "  JOIN fans f ON f.id = o.fan_id WHERE u.promo_id = p.id AND u.redeemed_at IS NOT NULL"
        "  GROUP BY coalesce(f.person_id, f.id)) t) FROM promos p"
    ):
        assert redeemed <= (total or redeemed), slug
        assert most <= per_fan, slug
    his = "SELECT DISTINCT o.fan_id FROM promo_uses u JOIN promo_codes c ON c.id = u.code_id JOIN offers o ON o.id = u.offer_id"
    used = {row[0] for row in await attack.ask(f"{his} WHERE c.code = 'HIS'")}
    assert used <= {attack.turns[2].fan.id}, "nobody uses another's code"
    assert not await attack.ask("SELECT FROM promo_uses u JOIN promos p ON p.id = u.promo_id WHERE p.slug = 'cents'")
    assert not {violation.invariant for violation in await check_ledger(house.app, house.sweep)} & OURS
