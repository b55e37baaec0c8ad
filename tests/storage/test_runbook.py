"""What the runbook tells a person to type does what it says."""

from __future__ import annotations

import re
from pathlib import Path

import asyncpg

from core.ids import new_id
from core.inbound import MediaRef
from core.money import Money
from core.outbound import TextPart
from core.turns import Hold, NoteDisclosure, Outcome, Send, Trace, Verdict
from storage.fans import note_disclosure
from storage.house import House
from storage.ingress import Arrival, ingest
from tests.conftest import Agency, TestDatabase
from tests.storage.catalogue import tenant_tables
from tests.storage.ledger_steps import claim_turn, commit, gathered, how
from tests.storage.world import make_account, message

RUNBOOK = Path(__file__).parents[2] / "docs" / "runbook.md"
TOLD = "Biscuit"  # stands in everything that the fan brings along
PRICE = Money(250, "XTR")


def forgetting(fan_id: object) -> str:
    """Read the statements that delete a fan's data, for one fan."""
    (found,) = re.findall(r"```sql\n(BEGIN;.*?COMMIT;)\n```", RUNBOOK.read_text(), re.DOTALL)
    return str(found).replace(":'fan'", f"'{fan_id}'")


async def think(house: House, agency: Agency, conversation_id: object, verdict: Verdict) -> None:
    """Let a turn end in a verdict."""
    lease = await claim_turn(house, agency, conversation_id)  # type: ignore[arg-type]  # it has one
    assert lease is not None
    turn = await gathered(house, lease)
    effects = (NoteDisclosure("notice", "strictest"),)
    result = Outcome(verdict=verdict, trace=Trace(brain="test", notes=(TOLD,)), effects=effects)
    await commit(house, turn, result, how({NoteDisclosure: note_disclosure}))


async def live_a_little(house: House, agency: Agency, owner: asyncpg.Connection, handle: str) -> object:
    """Let a fan tell, get answers, be remembered and buy; return the fan's id."""
    account = await make_account(house, agency.id, key=f"luna{handle}")
    chat = None
    for number, verdict in ((1, Send((TextPart(f"{TOLD}, what a name"),))), (2, Hold("risk", (TextPart(TOLD),)))):
        photo = MediaRef("photo", f"{TOLD}-{number}")
        told = message(f"my dog is {TOLD}", number, handle=handle)
        told = type(told)(**{f: getattr(told, f) for f in told.__struct_fields__} | {"media": (photo,), "kind": "media"})
        (event,) = await ingest(house.app, [Arrival(account, told, TOLD.encode(), "corr", 0.0, 8.0)])
        chat = event.conversation_id
        await think(house, agency, chat, verdict)
    row = await owner.fetchrow("SELECT fan_id, influencer_id FROM conversations WHERE id = $1", chat)
    assert row is not None
    fan, influencer = row["fan_id"], row["influencer_id"]
    turn = await owner.fetchval("SELECT id FROM turns WHERE conversation_id = $1 LIMIT 1", chat)
    pack, offer = new_id(), new_id()
    await owner.execute(
        "INSERT INTO facts (id, agency_id, influencer_id, fan_id, kind, subject, text, source_message_ids, importance,"
        " confidence, valid_from) VALUES ($1, $2, $3, $4, 'pet', 'dog', $5, '{}', 0.5, 0.5, now())",
        new_id(), agency.id, influencer, fan, f"The fan's dog is {TOLD}.",
    )  # fmt: skip
    await owner.execute(
        "INSERT INTO packs (id, agency_id, influencer_id, slug, title, description) VALUES ($1, $2, $3, 'b', 'B', 'b')",
        pack, agency.id, influencer,
    )  # fmt: skip
    await owner.execute(
        "INSERT INTO offers (id, agency_id, pack_id, fan_id, conversation_id, turn_id, amount, unit, payload)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        offer, agency.id, pack, fan, chat, turn, PRICE.amount, PRICE.unit, f"offer-{handle}",
    )  # fmt: skip
    await owner.execute(
        "INSERT INTO purchases (id, agency_id, offer_id, pack_id, fan_id, account_id, event_key, amount, unit, sandbox,"
        " purchased_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, false, now())",
        new_id(), agency.id, offer, pack, fan, account.id, f"buy-{handle}", PRICE.amount, PRICE.unit,
    )  # fmt: skip
    return fan


async def rows_with(owner: asyncpg.Connection, *words: str) -> dict[str, int]:
    """Count the rows of each table that hold one of the words, as text or as bytes."""
    pattern = "|".join([*words, *(word.encode().hex() for word in words)])
    counts = {
        table.name: await owner.fetchval(f"SELECT count(*) FROM {table.name} t WHERE t::text ~ $1", pattern)
        for table in await tenant_tables(owner)
    }
    return {name: count for name, count in counts.items() if count}


async def test_deleting_a_fans_data_by_hand(house: House, agency: Agency, database: TestDatabase) -> None:
    owner = await asyncpg.connect(database.owner)
    try:
        gone = await live_a_little(house, agency, owner, "4711")
        before = await rows_with(owner, TOLD, "chat-4711")
        assert set(before) == {"raw_events", "messages", "turns", "drafts", "deliveries", "media", "facts", "conversations"}
        stays = await live_a_little(house, agency, owner, "815")
        await owner.execute(forgetting(gone))
        assert await rows_with(owner, TOLD, "chat-815") == before  # the other fan's
        assert await rows_with(owner, "chat-4711") == {}
        kept = await owner.fetch("SELECT fan_id FROM purchases ORDER BY id")
        assert [row["fan_id"] for row in kept] == [gone, stays]
        assert await owner.fetchval("SELECT count(*) FROM disclosures") == 4
        who = await owner.fetchrow("SELECT handle, display_name FROM identities WHERE fan_id = $1", gone)
        assert who is not None
        assert who["handle"].startswith("forgotten-")
        assert who["display_name"] is None
    finally:
        await owner.close()
