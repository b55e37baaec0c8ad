"""Scripts that try to sell what is owned, to make up prices, to stack promos, to use others' codes, to sell to who may not buy.

Whatever a model calls and stages, however late a draft is approved, and however often and by whichever door payments are told:
nobody keeps a pack twice, nothing is sold that was not on sale, what is paid is what was offered and what the ledger keeps. Who
is under age, wants no messages or has had enough is sold nothing where we are asked; a minor gets back what was paid where we
are not.
"""

from __future__ import annotations

import pytest

from core.nouns import Account
from storage import links
from storage.house import House
from storage.ledger import check_ledger
from storage.links import Claim
from storage.restraint import set_caps
from tests.shop.promos import make_promo
from tests.shop.world import open_shop, start_turn
from tests.tools.attacker import LOOSE, Attacker

STEPS = 300
OURS = {"bought_twice", "price_without_promo", "promo_overrun", "redeemed_unpaid", "purchase_astray"}


async def open_attack(house: House, account: Account, seed: int) -> Attacker:
    """Open a shop with promos of every kind; of its three fans, two are one person."""
    shop = await open_shop(house, account)
    turns = [await start_turn(house, account, handle, number) for number, handle in enumerate("789", 1)]
    async with house.app.unit(account.agency_id) as unit:
        await set_caps(unit, LOOSE)  # what restrains would hide the rest
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


@pytest.mark.parametrize("seed", range(8))
async def test_no_script_sells_twice_or_at_another_price(house: House, account: Account, seed: int) -> None:
    attack = await open_attack(house, account, seed)
    for _ in range(STEPS):
        await attack.step()
    assert len(attack.sold) > 5, "the script sells at all"
    assert attack.passed["unlock"] + attack.passed["bill"] > 0, attack.passed
    assert attack.passed["unlock refused"] + attack.passed["bill refused"] > 0, attack.passed
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
