"""Claims: fair between influencers and fans, within limits, ahead of time where that is wanted, and never twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from uuid import UUID

import asyncpg
import pytest

from core.inbound import InboundDelete
from core.nouns import Lease
from storage import leases
from storage.house import House
from storage.leases import Claims, claim_turns, keep_leases
from tests.conftest import Agency, TestDatabase, make_agency
from tests.storage.ledger_steps import read
from tests.storage.world import NOON, make_account, message, send_in

LONG_S = 30.0


async def take(
    house: House, wanted: int = 100, per_influencer: int = 100, *, ahead: bool = True, lease_s: float = 30.0
) -> Claims:
    return await claim_turns(house.app, "w1", lease_s, wanted, per_influencer, ahead=ahead)


async def crowd(house: House, agency: Agency, key: str, fans: int, quiet_s: float = 0.0) -> UUID:
    """Let so many fans write to an influencer; return the influencer."""
    account = await make_account(house, agency.id, key)
    for fan in range(fans):
        await send_in(house, account, message("hi", 1, handle=f"{key}-{fan}"), quiet_s=quiet_s)
    return account.influencer_id


async def influencers_of(database: TestDatabase, claims: Claims) -> Counter[UUID]:
    owner = await asyncpg.connect(database.owner)
    try:
        ids = [lease.conversation_id for lease in claims.leases]
        rows = await owner.fetch("SELECT influencer_id FROM conversations WHERE id = ANY($1::uuid[])", ids)
        return Counter(row["influencer_id"] for row in rows)
    finally:
        await owner.close()


async def test_a_large_influencer_does_not_starve_a_small_one(house: House, agency: Agency, database: TestDatabase) -> None:
    large = await crowd(house, agency, "large", 12)
    small = await crowd(house, agency, "small", 2)
    first = await influencers_of(database, await take(house, wanted=4))
    assert first == {large: 2, small: 2}, "the small one's fans wrote last and are served with the first"


async def test_who_has_turns_in_flight_waits_for_who_has_none(house: House, agency: Agency, database: TestDatabase) -> None:
    await crowd(house, agency, "large", 6)
    await take(house, wanted=3)
    small = await crowd(house, agency, "small", 1)
    (lease,) = (await take(house, wanted=1)).leases
    assert (await influencers_of(database, Claims([lease], None)))[small] == 1


async def test_a_flooding_fan_has_one_turn_at_a_time(house: House, agency: Agency) -> None:
    account = await make_account(house, agency.id)
    for number in range(50):
        await send_in(house, account, message("!", number, handle="flood"))
    await send_in(house, account, message("hello?", 1, handle="shy"))
    assert len((await take(house, wanted=10)).leases) == 2
    assert (await take(house, wanted=10)).leases == []


async def test_an_influencer_has_so_many_turns_in_flight_over_all_workers(house: House, agency: Agency) -> None:
    await crowd(house, agency, "luna", 5)
    first = await take(house, per_influencer=3)
    assert len(first.leases) == 3
    assert (await take(house, per_influencer=3)).leases == []
    async with house.app.unit(agency.id) as unit:
        await leases.give_back(unit, first.leases[0], None, LONG_S, counted=False)
    assert len((await take(house, per_influencer=3, ahead=False)).leases) == 1


async def test_workers_that_claim_at_once_never_take_the_same_turn(house: House, agency: Agency) -> None:
    await crowd(house, agency, "luna", 30)
    taken: list[UUID] = []
    for _ in range(3):  # who found the first ones locked looks again
        claims = await asyncio.gather(*(take(house, wanted=7) for _ in range(6)), return_exceptions=True)
        taken += [lease.conversation_id for one in claims if isinstance(one, Claims) for lease in one.leases]
    assert len(taken) == len(set(taken)) == 30


async def test_a_turn_is_claimed_ahead_and_a_failed_one_waits_its_time(house: House, agency: Agency) -> None:
    await crowd(house, agency, "luna", 1, quiet_s=LONG_S)
    claims = await take(house, ahead=False)
    assert claims.leases == []
    assert claims.next_s == pytest.approx(8.0, abs=2), "the burst's upper bound"
    (lease,) = (await take(house)).leases
    async with house.app.unit(agency.id) as unit:
        await leases.give_back(unit, lease, "it broke", LONG_S)
    claims = await take(house)
    assert claims.leases == []
    assert claims.next_s is not None
    assert claims.next_s > LONG_S / 2


async def test_turns_of_several_agencies_come_in_one_claim(house: House, agency: Agency, database: TestDatabase) -> None:
    other = await make_agency(database.owner, "other")
    await crowd(house, agency, "luna", 1)
    await crowd(house, other, "nova", 1)
    assert {lease.agency_id for lease in (await take(house)).leases} == {agency.id, other.id}


async def test_a_heartbeat_keeps_what_is_held_and_names_what_is_lost(house: House, agency: Agency) -> None:
    await crowd(house, agency, "luna", 3)
    kept, taken_over, old = (await take(house)).leases
    async with house.app.unit(agency.id) as unit:
        await unit.connection.execute("UPDATE conversations SET owner = 'paused' WHERE id = $1", taken_over.conversation_id)
    stale = Lease(old.agency_id, old.conversation_id, old.turn_id, old.fence - 1, old.attempts)
    assert await keep_leases(house.app, [kept, taken_over, stale], 30.0) == {kept.conversation_id}


async def test_a_lease_that_ran_out_is_not_kept_and_another_may_have_it(house: House, agency: Agency) -> None:
    await crowd(house, agency, "luna", 1)
    (first,) = (await take(house, lease_s=0.0)).leases
    assert await keep_leases(house.app, [first], 30.0) == set()
    (second,) = (await take(house)).leases
    assert second.fence > first.fence


async def test_what_comes_in_while_a_turn_is_laid_to_rest_is_not_left_behind(
    house: House, agency: Agency, database: TestDatabase
) -> None:
    """Incident 1: between "nothing to answer" and the end of the lease a message came in and was never answered."""
    account = await make_account(house, agency.id)
    await send_in(house, account, message("oops", 1))
    (lease,) = (await take(house)).leases
    gone = InboundDelete(event_key="d1", at=NOON, conversation_key="chat-7", message_keys=("1",))
    await send_in(house, account, gone)
    writing = await asyncpg.connect(database.owner)
    try:
        await writing.execute("BEGIN")  # as an ingest that has written, and not committed yet
        await writing.execute("SELECT FROM conversations FOR UPDATE")
        await writing.execute(
            "INSERT INTO messages (id, agency_id, conversation_id, direction, author, kind, text, platform_message_id,"
            " correlation_id, sent_at) SELECT gen_random_uuid(), agency_id, id, 'in', 'fan', 'text', 'hello?', '2', 'c', now()"
            " FROM conversations"
        )
        await writing.execute("UPDATE conversations SET due_at = clock_timestamp()")
        resting = asyncio.create_task(read(house, lease))
        await asyncio.wait({resting}, timeout=0.5)
        assert not resting.done(), "it waits for the row"
        await writing.execute("COMMIT")
        assert await resting is None
    finally:
        await writing.close()
    (again,) = (await take(house)).leases
    turn = await read(house, again)
    assert turn
    assert [m.text for m in turn.burst] == ["hello?"]


async def test_a_message_that_sleeps_is_found_whatever_put_it_to_sleep(
    house: House, agency: Agency, database: TestDatabase
) -> None:
    account = await make_account(house, agency.id)
    await send_in(house, account, message("hi", 1))
    await send_in(house, account, message("hi", 1, handle="held"))
    owner = await asyncpg.connect(database.owner)
    await owner.execute("UPDATE conversations SET due_at = NULL")
    await owner.execute("UPDATE conversations SET owner = 'paused' WHERE platform_key = 'chat-held'")
    await owner.execute("UPDATE messages SET received_at = now() - interval '1 minute'")
    await owner.close()
    assert (await take(house)).leases == []
    assert await leases.wake_asleep(house.app, 120.0) == 0, "it may be on its way"
    assert await leases.wake_asleep(house.app, 10.0) == 1, "what a person holds sleeps on"
    assert len((await take(house)).leases) == 1


async def test_a_failed_turn_rests_whatever_the_fan_writes_meanwhile(house: House, agency: Agency) -> None:
    account = await make_account(house, agency.id)
    await send_in(house, account, message("hi", 1))
    (lease,) = (await take(house)).leases
    async with house.app.unit(agency.id) as unit:
        await leases.give_back(unit, lease, "it broke", LONG_S)
    await send_in(house, account, message("hello?", 2))
    claims = await take(house)
    assert claims.leases == []
    assert claims.next_s is not None
    assert claims.next_s > LONG_S / 2


async def test_a_turn_given_back_keeps_its_quiet_time(house: House, agency: Agency) -> None:
    await crowd(house, agency, "luna", 1, quiet_s=LONG_S)
    (lease,) = (await take(house)).leases
    async with house.app.unit(agency.id) as unit:
        await leases.give_back(unit, lease, None, 0.0, counted=False)
    assert (await take(house, ahead=False)).leases == []
