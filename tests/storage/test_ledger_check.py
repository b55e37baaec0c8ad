"""`muse ledger check`: each invariant finds the violation that is planted for it, and nothing else in a sound ledger."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from cli.commands import ledger as command
from cli.main import build_parser
from core.ids import new_id
from core.nouns import Account
from core.outbound import Sent, TextPart
from core.settings import Settings
from core.turns import Hold, Send
from storage import conversations, deliveries, drafts
from storage.drafts import Desk
from storage.house import House
from storage.ledger import HANGING, INVARIANTS, Violation, check_ledger
from tests.conftest import Agency, TestDatabase
from tests.storage.ledger_steps import HANDLERS, claim_turn, commit, gathered, outcome, whole
from tests.storage.world import NOON, message, send_in

PURCHASE = """
    WITH pack AS (INSERT INTO packs (id, agency_id, influencer_id, slug, title, description)
            SELECT gen_random_uuid(), agency_id, influencer_id, 'sea', 'Sea', '' FROM conversations LIMIT 1 RETURNING *),
        offer AS (INSERT INTO offers (id, agency_id, pack_id, fan_id, conversation_id, amount, unit, payload)
            SELECT gen_random_uuid(), pack.agency_id, pack.id, c.fan_id, c.id, 50, 'XTR', 'p' FROM pack, conversations c LIMIT 1
            RETURNING *)
    INSERT INTO purchases (id, agency_id, offer_id, pack_id, fan_id, account_id, event_key, amount, unit, sandbox, purchased_at)
        SELECT gen_random_uuid(), offer.agency_id, offer.id, offer.pack_id, offer.fan_id, c.account_id, 'e', {amount}, 'XTR',
            false, now() FROM offer JOIN conversations c ON c.id = offer.conversation_id
"""
# the same pack bought once more by the same fan
SECOND = """
    WITH offer AS (INSERT INTO offers (id, agency_id, pack_id, fan_id, conversation_id, amount, unit, payload)
            SELECT gen_random_uuid(), agency_id, pack_id, fan_id, conversation_id, amount, unit, 'p2' FROM offers LIMIT 1
            RETURNING *)
    INSERT INTO purchases (id, agency_id, offer_id, pack_id, fan_id, account_id, event_key, amount, unit, sandbox, purchased_at)
        SELECT uuid_of(clock_timestamp(), true), offer.agency_id, offer.id, offer.pack_id, offer.fan_id, c.account_id, 'e2', 50,
            'XTR', false, now() FROM offer JOIN conversations c ON c.id = offer.conversation_id
"""
# a promo that every offer has redeemed
PROMO = """
    WITH promo AS (INSERT INTO promos (id, agency_id, influencer_id, slug, title, kind, percent, total)
            SELECT gen_random_uuid(), agency_id, influencer_id, 'spring', 'Spring', 'percentage', 20, {total} FROM packs LIMIT 1
            RETURNING *)
    INSERT INTO promo_uses (offer_id, promo_id, agency_id, hold_until, redeemed_at)
        SELECT o.id, promo.id, promo.agency_id, now(), now() FROM promo, offers o
"""
# a delivery like the one that is there, for another part of the same reply
ANOTHER = """
    WITH said AS (INSERT INTO messages (id, agency_id, conversation_id, direction, author, kind, correlation_id, turn_id,
            sent_at)
        SELECT gen_random_uuid(), agency_id, conversation_id, 'out', 'agent', 'text', correlation_id, turn_id, now()
        FROM deliveries ORDER BY seq LIMIT 1 RETURNING *)
    INSERT INTO deliveries (id, agency_id, conversation_id, message_id, turn_id, part, owner_epoch, state, claimed_at,
            correlation_id)
        SELECT gen_random_uuid(), d.agency_id, d.conversation_id, said.id, d.turn_id, d.part, d.owner_epoch, 'sent', {claimed},
            d.correlation_id FROM said, deliveries d ORDER BY d.seq LIMIT 1
"""
# a post whose time was long ago, and a plan that comes again with its first post
POST = """
    INSERT INTO posts (id, agency_id, influencer_id, account_id, group_id, state, local_at, zone, planned_at, made_by,
            platform_ids, not_before)
        SELECT gen_random_uuid(), agency_id, influencer_id, id, id, '{state}', '2020-01-01 12:00', 'UTC',
            '2020-01-01 12:00Z', 'mia', '{ids}', '-infinity' FROM accounts
"""
SERIES = """
    WITH plan AS (INSERT INTO post_series (id, agency_id, influencer_id, account_id, rule, anchor_at, zone, next_at, made_by)
        SELECT gen_random_uuid(), agency_id, influencer_id, id, '{"every": "day"}', '2050-01-01 12:00', 'UTC',
            '2050-01-01 12:00Z', 'mia' FROM accounts RETURNING *)
    INSERT INTO posts (id, agency_id, influencer_id, account_id, group_id, series_id, slot, local_at, zone, planned_at, made_by)
        SELECT gen_random_uuid(), agency_id, influencer_id, account_id, id, id, 0, anchor_at, zone, next_at, made_by FROM plan
"""
# ten credits that were granted, reserved and spent, as an agency does that has a limit
SPEND = "00000000-0000-7000-8000-000000000003"
MOVED = f"""
    INSERT INTO credit_accounts (agency_id, influencer_id, kind, balance) 
        SELECT a.agency_id, CASE WHEN k.kind IN ('reserved', 'spent') THEN a.influencer_id END, k.kind, k.balance
        FROM accounts a, (VALUES ('outside', -10), ('grant', 0), ('reserved', 0), ('spent', 10)) AS k (kind, balance);
    INSERT INTO credit_movements (id, agency_id, kind, key, job_id, made_by)
        SELECT m.id::uuid, a.agency_id, m.kind, m.kind, m.job_id::uuid, 'mia' FROM accounts a,
            (VALUES ('{SPEND[:-1]}1', 'grant', NULL), ('{SPEND[:-1]}2', 'reserve', '{SPEND}'), ('{SPEND}', 'spend', '{SPEND}'))
            AS m (id, kind, job_id);
    INSERT INTO credit_entries (movement_id, account_id, agency_id, amount)
        SELECT e.id::uuid, c.id, c.agency_id, e.amount FROM credit_accounts c JOIN (VALUES
            ('{SPEND[:-1]}1', 'outside', -10), ('{SPEND[:-1]}1', 'grant', 10), ('{SPEND[:-1]}2', 'grant', -10),
            ('{SPEND[:-1]}2', 'reserved', 10), ('{SPEND}', 'reserved', -10), ('{SPEND}', 'spent', 10))
            AS e (id, kind, amount) ON e.kind = c.kind
"""
# what is planted into a ledger of two conversations: the first answered and sent, the second answered by a turn of its own
PLANTED = {
    "answered_by_nobody": "UPDATE messages SET answered_by = NULL WHERE id = $first_message",
    "answered_elsewhere": "UPDATE messages SET answered_by = $first_turn WHERE conversation_id = $second AND direction = 'in'",
    "turn_over_nothing": "UPDATE messages SET answered_by = $first_turn WHERE conversation_id = $second AND direction = 'in'",
    "turn_without_reply": "DELETE FROM deliveries WHERE turn_id = $first_turn",
    "hold_without_draft": "UPDATE turns SET verdict = 'hold' WHERE id = $first_turn",
    "unanswered_asleep": "UPDATE messages SET answered_at = NULL, answered_by = NULL WHERE id = $first_message",
    "fence_backwards": "INSERT INTO turns SELECT gen_random_uuid(), agency_id, conversation_id, persona_version_id, fence - 1,"
    " verdict, reason, brain, trace, correlation_id, now() FROM turns WHERE id = $first_turn",
    "fence_ahead": "UPDATE turns SET fence = fence + 5 WHERE id = $first_turn",
    "epoch_ahead": "UPDATE deliveries SET owner_epoch = 7 WHERE turn_id = $first_turn",
    "delivery_without_cause": "UPDATE deliveries SET turn_id = NULL WHERE turn_id = $first_turn",
    "delivery_astray": "UPDATE deliveries SET conversation_id = $second WHERE turn_id = $first_turn",
    "message_without_delivery": "DELETE FROM deliveries WHERE turn_id = $first_turn",
    "message_with_deliveries": "UPDATE deliveries SET message_id ="
    " (SELECT message_id FROM deliveries WHERE turn_id = $first_turn) WHERE conversation_id = $second",
    "sending_too_long": "UPDATE deliveries SET state = 'sending', claimed_at = now() - interval '1 hour'"
    " WHERE turn_id = $first_turn",
    "parts_out_of_order": ANOTHER.format(claimed="d.claimed_at - interval '1 second'"),
    "sent_after_doubt": "UPDATE deliveries SET state = 'unknown' WHERE turn_id = $first_turn; "
    + ANOTHER.format(claimed="d.claimed_at + interval '1 second'"),
    "draft_astray": "INSERT INTO drafts (id, agency_id, conversation_id, turn_id, reason, parts, effects)"
    " SELECT gen_random_uuid(), agency_id, $second, id, 'why', '[]', '[]' FROM turns WHERE id = $first_turn",
    "purchase_astray": PURCHASE.format(amount=1),
    "bought_twice": PURCHASE.format(amount=50) + ";" + SECOND,
    "price_without_promo": PURCHASE.format(amount=50) + "; UPDATE offers SET list_amount = 80",
    "promo_overrun": PURCHASE.format(amount=50)
    + ";"
    + SECOND
    + "; UPDATE offers SET list_amount = 80;"
    + PROMO.format(total=1),
    "redeemed_unpaid": PURCHASE.format(amount=50)
    + "; UPDATE offers SET list_amount = 80;"
    + PROMO.format(total=9)
    + "; DELETE FROM purchases",
    "forgotten_yet_known": "UPDATE fans SET forgotten_at = now()"
    " WHERE id = (SELECT fan_id FROM conversations WHERE id = $first)",
    "remains_overdue": "INSERT INTO pending_deletions (id, agency_id, kind, items, made_at)"
    " SELECT gen_random_uuid(), agency_id, 'blob', '{media/1}', now() - interval '2 days' FROM fans LIMIT 1",
    "link_without_person": "INSERT INTO links (id, agency_id, fan_id, other_fan_id, state, way, evidence, confidence, made_by)"
    " SELECT gen_random_uuid(), a.agency_id, a.id, b.id, 'confirmed', 'operator', 'why', 1, 'ana' FROM fans a, fans b"
    " WHERE a.id < b.id; UPDATE fans SET person_id = id",
    "person_without_link": "UPDATE fans SET person_id = id WHERE id = (SELECT fan_id FROM conversations WHERE id = $first)",
    "post_out_twice": f"{POST.format(state='published', ids='{7,8}')}; {POST.format(state='published', ids='{8}')}",
    "post_hanging": f"{POST.format(state='publishing', ids='{}')}; UPDATE posts SET claimed_at = now() - interval '1 hour'",
    "post_overlooked": POST.format(state="pending", ids="{}"),
    "series_without_post": f"{SERIES}; DELETE FROM posts",
    "credits_unbalanced": "ALTER TABLE credit_entries DISABLE TRIGGER USER;"
    f"{MOVED}; DELETE FROM credit_entries WHERE amount < 0 AND movement_id = '{SPEND}'",
    "credits_astray": f"{MOVED}; UPDATE credit_accounts SET balance = balance + 1 WHERE kind = 'spent'",
    "credits_settled_twice": f"{MOVED}; UPDATE credit_movements SET job_id = gen_random_uuid() WHERE id = '{SPEND}'",
}
HANDOVER = """
    WITH bought AS (INSERT INTO handovers (purchase_id, agency_id, conversation_id, correlation_id)
            SELECT p.id, p.agency_id, o.conversation_id, 'paid' FROM purchases p JOIN offers o ON o.id = p.offer_id
            RETURNING *),
        said AS (INSERT INTO messages (id, agency_id, conversation_id, direction, author, kind, correlation_id, sent_at)
            SELECT gen_random_uuid(), agency_id, conversation_id, 'out', 'system', 'notice', 'paid', now() FROM bought
            RETURNING *)
    INSERT INTO deliveries (id, agency_id, conversation_id, message_id, part, owner_epoch, state, claimed_at, correlation_id)
        SELECT gen_random_uuid(), said.agency_id, said.conversation_id, said.id,
            jsonb_build_object('part', 'files', 'purchase_id', bought.purchase_id), 1, 'sent', now(), 'paid' FROM said, bought
"""
SOUND = {
    "a post on its way": f"{POST.format(state='publishing', ids='{}')}; UPDATE posts SET claimed_at = now()",
    "posts that are out": f"{POST.format(state='published', ids='{7}')}; {POST.format(state='published', ids='{8}')}",
    "a plan with its post": SERIES,
    "credits that were spent": MOVED,
    "the pictures of a purchase": f"{PURCHASE.format(amount=50)}; {HANDOVER}",
    "a purchase at its price": PURCHASE.format(amount=50),
    "a later part sent later": ANOTHER.format(claimed="d.claimed_at + interval '1 second'"),
    "a send that has just begun": "UPDATE deliveries SET state = 'sending', claimed_at = now() WHERE turn_id = $first_turn",
}


@pytest.fixture
async def sound(house: House, agency: Agency, account: Account, database: TestDatabase) -> AsyncIterator[Planter]:
    """Two conversations with an answered and sent message each, and hands to change what is written of them."""
    names: dict[str, Any] = {}
    for number, handle in enumerate(("7", "8")):
        (event,) = await send_in(house, account, message("hi", number, handle))
        lease = await claim_turn(house, agency, event.conversation_id)
        assert lease is not None
        await commit(house, await gathered(house, lease), outcome(Send((TextPart("hello"),))))
        async with house.app.unit(agency.id) as unit:
            claimed = await deliveries.claim_next(unit, event.conversation_id, "w")
            assert claimed is not None
            await deliveries.settle_sent(unit, claimed.id, claimed.message_id, Sent((f"1{number}",)))
        place = ("first", "second")[number]
        names |= {f"{place}_message": event.message_id, f"{place}_turn": lease.turn_id, place: event.conversation_id}
    owner = await asyncpg.connect(database.owner)
    yield Planter(owner, names)
    await owner.close()


class Planter:
    """The owner of the database, who may write what Muse never would."""

    def __init__(self, owner: asyncpg.Connection, names: dict[str, Any]) -> None:
        self.owner, self.names = owner, names

    async def plant(self, sql: str) -> None:
        """Run statements; `$name` stands for a row's id."""
        for name in sorted(self.names, key=len, reverse=True):
            sql = sql.replace(f"${name}", f"'{self.names[name]}'::uuid")
        await self.owner.execute(sql)


async def check(house: House) -> dict[str, Violation]:
    return {violation.invariant: violation for violation in await check_ledger(house.app, house.sweep)}


def test_every_invariant_has_a_violation_that_is_planted() -> None:
    assert {query.name for query in (*INVARIANTS, HANGING)} == set(PLANTED)


@pytest.mark.parametrize("name", PLANTED)
async def test_a_planted_violation_is_found(name: str, sound: Planter, house: House) -> None:
    assert await check(house) == {}
    await sound.plant(PLANTED[name])
    found = await check(house)
    assert name in found
    assert found[name].total == len(found[name].rows) == 1
    assert found[name].sentence.endswith(".")
    assert found[name].rows[0].conversation_id in (sound.names["first"], sound.names["second"], None)


@pytest.mark.parametrize("name", SOUND)
async def test_what_may_be_is_no_violation(name: str, sound: Planter, house: House) -> None:
    await sound.plant(SOUND[name])
    assert await check(house) == {}


async def test_what_people_do_is_no_violation(house: House, agency: Agency, account: Account) -> None:
    (event,) = await send_in(house, account, message("hi", 1))
    lease = await claim_turn(house, agency, event.conversation_id)
    assert lease is not None
    await commit(house, await gathered(house, lease), outcome(Hold("a doubt", (TextPart("hm"),))))
    (second,) = await send_in(house, account, message("hello?", 2))
    async with house.app.unit(agency.id) as unit:
        (draft,) = await drafts.held_drafts(unit, second.conversation_id)
        desk = Desk("mia", account, whole, HANDLERS, NOON, "corr-2")
        await drafts.approve(unit, draft.id, desk)
    async with house.app.unit(agency.id) as unit:
        await conversations.take(unit, second.conversation_id, "mia")
        await drafts.write(unit, second.conversation_id, Desk("mia", account, whole, HANDLERS, NOON, str(new_id())), "me here")
    async with house.app.unit(agency.id) as unit:
        await conversations.hand_back(unit, second.conversation_id, "mia")
    assert await check(house) == {}


async def test_the_command_prints_what_it_found_and_how_many(
    sound: Planter, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    parser = build_parser(("ledger",))
    found = await command._check(settings, 20)
    assert found == []
    await sound.plant(PLANTED["fence_ahead"])
    [violation] = await command._check(settings, 20)
    assert command.show([violation], as_json=False) == 1
    said = capsys.readouterr().out
    assert "fence_ahead" in said
    assert str(sound.names["first_turn"]) in said
    assert f"{len(INVARIANTS)} of {len(INVARIANTS) + 1} invariants hold." in said
    assert command.show([violation], as_json=True) == 1
    assert json.loads(capsys.readouterr().out)[0]["invariant"] == "fence_ahead"
    assert command.show([], as_json=False) == 0
    assert parser.parse_args(["ledger", "check", "-n", "3"]).limit == 3
