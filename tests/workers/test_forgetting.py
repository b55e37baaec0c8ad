"""Forgetting leaves nothing in any store, nothing comes back, and what must be kept names nobody."""

from __future__ import annotations

import asyncio
import uuid
from datetime import datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from msgspec import structs

from core.errors import LeaseLost, NotFound, Refused
from core.inbound import InboundDelete, InboundEcho, InboundMessage, InboundOther, InboundPurchase, InboundRefund, Sender
from core.nouns import Account
from core.outbound import TextPart
from core.ports import IndexItem
from core.turns import Hold, Send
from memory.index_chroma import ChromaIndex
from memory.indexing import index_facts
from storage import events, forgetting, links
from storage.conversations import list_inbox
from storage.fans import load_fan
from storage.ledger import check_ledger
from storage.links import Claim
from storage.tombstones import forget_again, mirror
from tests.conftest import Agency, TestDatabase
from tests.shop.world import add_pack
from tests.storage.canary import (
    CANARY,
    admin,
    left_in_chroma,
    left_in_files,
    left_in_redis,
    left_in_rows,
    plant,
)
from tests.storage.fans_world import Side, arrive, other_account, says, write_in
from tests.storage.ledger_steps import claim_turn, commit, gathered, outcome
from tests.workers.conftest import Crew
from workers.jobs.drop_remains import drop_remains
from workers.jobs.sweep import sweep_house

HANDLE, OTHER = "90210077", f"u-{CANARY}"


KEPT = {"purchases", "offers", "disclosures", "refunds", "refund_orders", "handovers"}  # of purchases, under their ids


class Town:
    """A fan with a canary in everything, on two platforms; and another fan beside them."""

    def __init__(self, crew: Crew, database: TestDatabase, one: Side, two: Side, ids: dict[str, uuid.UUID]) -> None:
        self.crew, self.database, self.one, self.two, self.ids = crew, database, one, two, ids
        self.house, self.agency = crew.engine.house, one.account.agency_id
        fans = (one.fan, two.fan, one.conversation.id, two.conversation.id)
        kept = {"agencies", "accounts", "influencers", "packs", "promos", "persona_versions", *KEPT}
        self.needles = [CANARY, HANDLE, *map(str, fans), *(str(id_) for name, id_ in ids.items() if name not in kept)]

    async def forget(self) -> None:
        now = self.crew.engine.clock.now()
        await forgetting.forget(self.house, self.agency, self.one.fan, now)

    async def see_to_remains(self) -> None:
        """Run the job twice, as it runs a quarter of an hour apart."""
        for _ in range(2):
            await drop_remains(self.crew.ctx, str(self.agency), str(self.agency))
            await self.ask("UPDATE pending_deletions SET not_before = now() - interval '1 second' RETURNING 1")

    async def left(self) -> list[str]:
        """Search every store."""
        found = await self.search(lambda connection: left_in_rows(connection, self.needles))
        found += await left_in_redis(self.house.redis, self.needles)
        found += left_in_chroma(self.crew.engine.settings.chroma_url, self.needles)
        return found + left_in_files(Path(self.crew.engine.settings.data_dir), self.needles)

    async def search(self, look):  # type: ignore[no-untyped-def]  # a coroutine over a connection
        connection = await admin(self.database)
        try:
            return await look(connection)
        finally:
            await connection.close()

    async def ask(self, statement: str, *arguments: object) -> object:
        return await self.search(lambda connection: connection.fetchval(statement, *arguments))


def first_word(at: datetime | None = None) -> InboundMessage:
    made = says(f"I keep a {CANARY}", HANDLE, 1, display_name=f"Mia {CANARY}", username=CANARY)
    return made if at is None else structs.replace(made, at=at)


@pytest.fixture
async def town(crew: Crew, database: TestDatabase, agency: Agency) -> Town:
    house, account = crew.engine.house, crew.account
    raw = f'{{"from": {HANDLE}, "text": "{CANARY}"}}'.encode()
    (written,) = await arrive(house, account, first_word(), raw=raw)
    one = await _side(crew, account, written.conversation_id)
    two = await write_in(house, await other_account(house, account), OTHER, f"{CANARY} on the other side")
    async with house.app.unit(agency.id) as unit:
        link = await links.link(unit, one.fan, two.fan, Claim("operator", f"{CANARY}: she says so", 0.9, "ana"))
        pack = await add_pack(unit, account.influencer_id, "sea")
        promo = await unit.connection.fetchval(
            "INSERT INTO promos (id, agency_id, influencer_id, slug, title, kind, percent) VALUES"
            " (gen_random_uuid(), current_agency(), $1, 'spring', 'Spring', 'percentage', 20) RETURNING id",
            account.influencer_id,
        )
    nobody = InboundOther(event_key=f"unreadable:{CANARY[:4]}", at=first_word().at, kind="unreadable", readable=False)
    await arrive(house, account, nobody, raw=raw)
    lease = await claim_turn(house, agency, one.conversation.id)
    assert lease
    turn = await gathered(house, lease)
    await commit(house, turn, outcome(Hold("approval", (TextPart(f"your {CANARY}"),), waiting=f"a moment, {CANARY}")))
    ids = {
        "agencies": agency.id, "accounts": account.id, "influencers": account.influencer_id, "packs": pack,
        "persona_versions": turn.influencer.persona_version_id, "fans": one.fan, "other_fan": two.fan,
        "conversations": one.conversation.id, "messages": turn.burst[0].id, "turns": turn.lease.turn_id,
        "links": link.id, "promos": promo,
    }  # fmt: skip
    connection = await admin(database)
    try:
        ids["identities"] = await connection.fetchval(
            "SELECT identity_id FROM conversations WHERE id = $1", one.conversation.id
        )
        ids = await plant(connection, agency.id, ids)
        await connection.execute("UPDATE refund_orders SET state = 'done'")
        await connection.execute("UPDATE media SET blob_key = 'media/' || id, state = 'stored'")
        await connection.execute(
            "UPDATE assets SET blob_key = 'made/' || id, thumbnail_key = 'made/small-' || id WHERE made_for IS NOT NULL"
        )
        await connection.execute(
            "UPDATE disclosures SET wording = 'told', region = 'eu', wording_key = 'notice', platform = 'x'"
        )
        await connection.execute("UPDATE refunds SET refunded_by = 'ana'")
        await connection.execute("UPDATE refund_orders SET ordered_by = 'ana', error = NULL, reason = NULL")
        await connection.execute("UPDATE offers SET unit = 'XTR', payload = 'p-1', list_amount = amount + 1")
        await connection.execute("UPDATE purchases SET unit = 'XTR', charge_key = 'ch-1'")
    finally:
        await connection.close()
    for key in (
        f"media/{ids['media']}",
        f"made/{ids['assets']}",
        f"made/small-{ids['assets']}",
    ):
        await house.blobs.put(key, CANARY.encode(), "image/jpeg")
    for name, id_ in (("muse_facts_test", ids["facts"]), ("muse_episodes_of_another_shard", ids["episodes"])):
        index = ChromaIndex(crew.engine.settings.chroma_url, name)
        await index.upsert([IndexItem(id_, [1.0, 0.0], {"fan_id": str(one.fan), "agency_id": str(agency.id)})])
        await index.close()
    await house.limiter.wait_for(f"webchat:{account.id}:{HANDLE}", 60)
    await house.locks.pass_once(f"sweep:delivery:{one.conversation.id}", 600)
    await house.jobs.deliver_messages(agency.id, one.conversation.id, 600)
    return Town(crew, database, one, two, ids)


async def _side(crew: Crew, account: Account, conversation_id: uuid.UUID | None) -> Side:
    from storage.conversations import load_conversation

    assert conversation_id
    async with crew.engine.house.app.unit(account.agency_id) as unit:
        return Side(account, await load_conversation(unit, conversation_id))


async def test_nothing_is_left_in_any_store_and_nothing_comes_back(town: Town, capfd: pytest.CaptureFixture[str]) -> None:
    assert {line.split(":")[0] for line in await town.left()} >= {
        "fans", "identities", "messages", "turns", "drafts", "deliveries", "facts", "episodes", "summaries", "media",
        "raw_events", "echoes", "reactions", "checkouts", "links", "link_codes", "muse_facts_test",
        "muse_episodes_of_another_shard",
    }  # fmt: skip
    capfd.readouterr()
    await town.forget()
    await town.see_to_remains()
    assert await town.left() == []
    account, house = town.crew.account, town.house
    again = await arrive(house, account, first_word(), raw=CANARY.encode())
    again += await arrive(
        house,
        account,
        InboundDelete(event_key="d-1", at=first_word().at, conversation_key=f"chat-{HANDLE}", message_keys=("1",)),
        InboundEcho(event_key="e-1", at=first_word().at, conversation_key=f"chat-{HANDLE}", message_key="9", text=CANARY),
        InboundOther(event_key=f"unreadable:{CANARY[:4]}", at=first_word().at, kind="unreadable", readable=False),
        raw=CANARY.encode(),
    )
    assert [(one.fresh, one.conversation_id, one.message_id) for one in again] == [(False, None, None)] * 4
    async with house.app.unit(town.agency) as unit:
        for event_id in await events.find_replayable(unit, ["ignored", "unreadable", "unmatched"], None, None, 100):
            assert CANARY.encode() not in ((await events.show_raw(unit, event_id)).body or b"")
    index = ChromaIndex(town.crew.engine.settings.chroma_url, "muse_facts_test")
    await index_facts(house, town.crew.engine.embedder, index, town.agency)
    await index.close()
    await sweep_house(town.crew.ctx)
    await mirror(house, town.agency)
    assert await town.crew.think() == 0
    await town.crew.engine.outbox.deliver(town.agency, town.one.conversation.id)
    assert await town.left() == []
    written = "".join(capfd.readouterr())
    assert CANARY not in written
    assert HANDLE not in written


async def test_what_must_be_kept_names_nobody(town: Town) -> None:
    await town.ask("UPDATE fans SET opted_out_at = now() RETURNING 1")
    await town.forget()
    bought = "SELECT p.*, f.display_name, f.opted_out_at, f.forgotten_at FROM purchases p JOIN fans f ON f.id = p.fan_id"
    rows = await town.search(lambda connection: connection.fetch(bought))
    (kept,) = rows
    assert kept["display_name"] is None
    assert kept["forgotten_at"] is not None
    assert kept["opted_out_at"] is not None
    assert kept["fan_id"] not in (town.one.fan, town.two.fan)
    assert await town.ask("SELECT count(*) FROM disclosures") == 1
    assert await town.ask("SELECT count(*) FROM messages") == 0
    async with town.house.app.unit(town.agency) as unit:
        assert await list_inbox(unit) == []
    assert await check_ledger(town.house.app, town.house.sweep) == []
    refund = InboundRefund(
        event_key="r-1", at=first_word().at, sender=Sender(handle=HANDLE), conversation_key=f"chat-{HANDLE}", charge_key="ch-1",
        payload="p-1",
    )  # fmt: skip
    await town.ask("DELETE FROM refunds RETURNING 1")
    (one,) = await arrive(town.house, town.crew.account, refund)
    assert not one.fresh
    assert await town.ask("SELECT count(*) FROM refunds") == 1


async def test_a_purchase_that_is_told_again_buys_nothing(town: Town) -> None:
    await town.forget()
    told = InboundPurchase(
        event_key="p-again", at=first_word().at, sender=Sender(handle=HANDLE), conversation_key=f"chat-{HANDLE}", payload="p-1",
        charge_key="ch-1",
    )  # fmt: skip
    (one,) = await arrive(town.house, town.crew.account, told)
    assert (one.fresh, one.conversation_id) == (False, None)
    assert await town.ask("SELECT count(*) FROM purchases") == 1


async def test_who_writes_anew_begins_anew_and_what_protects_them_still_holds(town: Town) -> None:
    await town.ask("UPDATE fans SET opted_out_at = now() WHERE id = $1 RETURNING 1", town.one.fan)
    await town.forget()
    new = says("hello again", HANDLE, 2, at=town.crew.engine.clock.now() + timedelta(seconds=5))
    (one,) = await arrive(town.house, town.crew.account, new)
    assert one.fresh
    assert one.conversation_id
    async with town.house.app.unit(town.agency) as unit:
        fan = await load_fan(unit, one.conversation_id)
    assert fan.id != town.one.fan
    assert fan.display_name is None
    assert fan.also == ()
    assert fan.opted_out_at is not None
    (old,) = await arrive(town.house, town.crew.account, first_word())  # also into the new chat nothing old comes
    assert not old.fresh
    assert await town.ask("SELECT count(*) FROM messages WHERE conversation_id = $1", one.conversation_id) == 1


async def test_a_turn_in_thought_is_thrown_away_and_a_send_on_its_way_ends_in_peace(town: Town, agency: Agency) -> None:
    (more,) = await arrive(town.house, town.crew.account, says("and you?", HANDLE, 3))
    lease = await claim_turn(town.house, agency, more.conversation_id)
    assert lease
    turn = await gathered(town.house, lease)
    await town.forget()
    with pytest.raises(LeaseLost):
        await commit(town.house, turn, outcome(Send((TextPart(CANARY),))))
    await town.crew.engine.outbox.deliver(town.agency, town.one.conversation.id)
    await town.see_to_remains()
    assert await town.left() == []


async def test_those_who_write_while_it_happens_do_not_stand_in_its_way(town: Town) -> None:
    async def write(number: int) -> None:
        try:
            await arrive(town.house, town.crew.account, says(f"{CANARY} {number}", HANDLE, number))
        except asyncpg.ForeignKeyViolationError:  # it came too late; the platform sends it again, and then it is dropped
            await arrive(town.house, town.crew.account, says(f"{CANARY} {number}", HANDLE, number))

    await asyncio.gather(town.forget(), *(write(number) for number in range(10, 22)))
    await town.see_to_remains()
    assert await town.left() == []


async def test_an_index_that_is_away_is_seen_to_later(town: Town) -> None:
    await town.forget()
    engine = town.crew.engine
    away = structs.replace(engine, settings=structs.replace(engine.settings, chroma_url="http://127.0.0.1:9"))
    await drop_remains({"engine": away}, str(town.agency), str(town.agency))
    assert await town.ask("SELECT count(*) FROM pending_deletions WHERE kind = 'vector' AND passes = 0") == 1
    await town.ask("UPDATE pending_deletions SET not_before = now() - interval '1 second' RETURNING 1")
    await town.see_to_remains()
    assert await town.ask("SELECT count(*) FROM pending_deletions") == 0
    assert await town.left() == []


async def test_a_restored_backup_is_forgotten_again(town: Town) -> None:
    account, house = town.crew.account, town.house
    await town.forget()
    await mirror(house, town.agency)
    await town.ask("WITH gone AS (DELETE FROM tombstones RETURNING 1) SELECT count(*) FROM gone")  # the backup knows of none
    (back,) = await arrive(house, account, first_word())
    assert back.fresh
    await town.ask("UPDATE identities SET created_at = now() - interval '9 days' WHERE handle = $1 RETURNING 1", HANDLE)
    assert await forget_again(house, town.agency) == 1
    assert await forget_again(house, town.agency) == 0
    await town.see_to_remains()
    assert await town.left() == []


async def test_others_keep_what_is_theirs(town: Town) -> None:
    account, house = town.crew.account, town.house
    neighbour = says("mine", "90210078", 1)
    shared = says(f"{CANARY} too", HANDLE, 5)
    await arrive(house, account, neighbour, raw=b'{"from": 90210078}')
    await arrive(house, account, shared)
    one_body = "UPDATE raw_events SET correlation_id = 'one body', body = $1 WHERE event_key = $2 RETURNING 1"
    for event in (neighbour, shared):
        await town.ask(one_body, CANARY.encode(), event.event_key)
    await town.forget()
    await town.see_to_remains()
    assert await town.left() == []
    theirs = "SELECT m.text FROM messages m JOIN conversations c ON c.id = m.conversation_id WHERE c.platform_key = $1"
    assert await town.ask(theirs, "chat-90210078") == "mine"
    (again,) = await arrive(house, account, neighbour)
    assert not again.fresh


async def test_who_is_unknown_or_in_the_middle_of_a_refund_is_not_forgotten(town: Town) -> None:
    with pytest.raises(NotFound, match="no such fan"):
        await forgetting.forget(town.house, town.agency, uuid.uuid4(), first_word().at)
    await town.ask("UPDATE refund_orders SET state = 'waiting' RETURNING 1")
    with pytest.raises(Refused, match="given back"):
        await town.forget()
    await town.ask("UPDATE refund_orders SET state = 'done' RETURNING 1")
    await town.forget()
    with pytest.raises(NotFound):
        await town.forget()
