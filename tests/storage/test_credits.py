"""Credits are never overdrawn, never booked twice, and every movement adds up to nothing."""

from __future__ import annotations

import asyncio
from uuid import UUID

import asyncpg
import pytest

from core.errors import BadInput, NotFound, Refused
from core.ids import new_id
from core.nouns import Account
from storage import credits
from storage.credits import Balance, Use
from storage.house import House
from storage.ledger import check_ledger
from tests.conftest import Agency, TestDatabase, make_agency
from tests.storage.world import make_account


async def balance(house: House, account: Account) -> Balance:
    async with house.app.unit(account.agency_id) as unit:
        return await credits.balance(unit, account.influencer_id)


async def grant(house: House, account: Account, amount: int) -> None:
    async with house.app.unit(account.agency_id) as unit:
        await credits.grant(unit, amount, "mia")


async def set_quota(house: House, account: Account, amount: int | None) -> None:
    async with house.app.unit(account.agency_id) as unit:
        await credits.set_quota(unit, account.influencer_id, amount, "mia")


async def reserve(house: House, account: Account, amount: int, job_id: UUID | None = None) -> UUID:
    job_id = job_id or new_id()
    async with house.app.unit(account.agency_id) as unit:
        await credits.reserve(unit, account.influencer_id, amount, job_id)
    return job_id


async def test_an_agency_that_nobody_set_up_has_no_limit_but_its_use_is_booked(house: House, account: Account) -> None:
    spent, lost = await reserve(house, account, 700), await reserve(house, account, 20)
    assert await balance(house, account) == Balance(None, 720, 0)
    async with house.app.unit(account.agency_id) as unit:
        await credits.spend(unit, spent)
        await credits.give_back(unit, lost)
    assert await balance(house, account) == Balance(None, 0, 700)


async def test_a_job_is_reserved_and_settled_once(house: House, account: Account) -> None:
    await grant(house, account, 10)
    job = await reserve(house, account, 4)
    await reserve(house, account, 4, job)
    assert await balance(house, account) == Balance(6, 4, 0)
    async with house.app.unit(account.agency_id) as unit:
        await credits.spend(unit, job)
        await credits.spend(unit, job)
        await credits.give_back(unit, job)  # it was spent already
        await credits.give_back(unit, new_id())  # nobody knows this one
    await reserve(house, account, 4, job)
    assert await balance(house, account) == Balance(6, 0, 4)


async def test_what_is_given_back_may_be_used_again(house: House, account: Account) -> None:
    await grant(house, account, 4)
    job = await reserve(house, account, 4)
    async with house.app.unit(account.agency_id) as unit:
        await credits.give_back(unit, job)
        await credits.give_back(unit, job)
        await credits.spend(unit, job)
    assert await balance(house, account) == Balance(4, 0, 0)
    await reserve(house, account, 4)


async def test_a_refusal_says_who_lacks_them_and_leaves_the_unit_usable(house: House, account: Account) -> None:
    await grant(house, account, 5)
    async with house.app.unit(account.agency_id) as unit:
        with pytest.raises(Refused, match="costs 6, and the agency has fewer"):
            await credits.reserve(unit, account.influencer_id, 6, new_id())
        await credits.reserve(unit, account.influencer_id, 5, new_id())
    await grant(house, account, 5)
    await set_quota(house, account, 2)
    with pytest.raises(Refused, match="this influencer's quota has fewer"):
        await reserve(house, account, 3)
    assert await balance(house, account) == Balance(2, 5, 0)


async def test_a_quota_is_set_apart_and_comes_back(house: House, account: Account) -> None:
    other = await make_account(house, account.agency_id, "mara")
    await grant(house, account, 10)
    await set_quota(house, account, 6)
    job = await reserve(house, account, 6)
    await set_quota(house, account, 1)
    assert (await balance(house, account), await balance(house, other)) == (Balance(1, 6, 0), Balance(3, 0, 0))
    with pytest.raises(Refused, match="grant it some first"):
        await set_quota(house, account, 5)
    await set_quota(house, account, None)
    async with house.app.unit(account.agency_id) as unit:
        await credits.give_back(unit, job)  # to the agency: the quota it came from is no more
        assert await credits.agency_balance(unit) == Balance(10, 0, 0)
        luna, mara = await credits.list_uses(unit)
    assert (luna, mara.quota) == (Use(account.influencer_id, "luna", None, 0, 0), None)


async def test_a_quota_that_could_not_be_set_changes_nothing(house: House, account: Account) -> None:
    await grant(house, account, 3)
    with pytest.raises(Refused, match="not so many"):
        await set_quota(house, account, 4)
    assert await balance(house, account) == Balance(3, 0, 0)


async def test_a_quota_holds_where_the_agency_has_no_limit(house: House, account: Account) -> None:
    other = await make_account(house, account.agency_id, "mara")
    await set_quota(house, account, 1)
    await reserve(house, account, 1)
    with pytest.raises(Refused):
        await reserve(house, account, 1)
    await reserve(house, other, 1000)


async def test_a_hundred_at_once_never_overdraw(house: House, account: Account) -> None:
    await grant(house, account, 7)

    async def try_one() -> bool:
        try:
            await reserve(house, account, 1)
        except Refused:
            return False
        return True

    got = await asyncio.gather(*(try_one() for _ in range(100)))
    assert sum(got) == 7
    assert await balance(house, account) == Balance(0, 7, 0)
    assert await check_ledger(house.app, house.sweep) == []


async def test_one_job_reserved_and_settled_by_many_at_once_is_booked_once(house: House, account: Account) -> None:
    await grant(house, account, 9)
    job = new_id()
    await asyncio.gather(*(reserve(house, account, 3, job) for _ in range(12)))
    assert await balance(house, account) == Balance(6, 3, 0)

    async def settle(number: int) -> None:
        async with house.app.unit(account.agency_id) as unit:
            await (credits.spend if number % 2 else credits.give_back)(unit, job)

    await asyncio.gather(*(settle(number) for number in range(12)))
    assert await balance(house, account) in (Balance(6, 0, 3), Balance(9, 0, 0))


async def test_quotas_grants_and_jobs_at_once_neither_block_each_other_nor_lose_anything(
    house: House, account: Account
) -> None:
    other = await make_account(house, account.agency_id, "mara")
    await grant(house, account, 50)

    async def one(number: int) -> None:
        who = account if number % 2 else other
        try:
            if number % 5 == 0:
                await set_quota(house, who, number % 7)
            elif number % 5 == 1:
                await grant(house, who, 1)
            else:
                job = await reserve(house, who, 1 + number % 3)
                async with house.app.unit(who.agency_id) as unit:
                    await (credits.spend if number % 3 else credits.give_back)(unit, job)
        except Refused:
            return

    await asyncio.gather(*(one(number) for number in range(80)))
    async with house.app.unit(account.agency_id) as unit:
        moved = await credits.history(unit, limit=500)
        agency, uses = await credits.agency_balance(unit), await credits.list_uses(unit)
    granted = sum(m.amount for m in moved if m.kind == "grant")
    assert granted == (agency.available or 0) + sum((use.quota or 0) for use in uses) + agency.spent
    assert agency.reserved == 0
    assert await check_ledger(house.app, house.sweep) == []


async def test_a_webhook_is_booked_once(house: House, account: Account) -> None:
    async with house.app.unit(account.agency_id) as unit:
        assert await credits.top_up(unit, 500, "msg_1")
        assert not await credits.top_up(unit, 500, "msg_1")
        assert (await credits.agency_balance(unit)).available == 500


async def test_what_is_unused_can_be_taken_back_and_no_more(house: House, account: Account) -> None:
    await grant(house, account, 5)
    await grant(house, account, -2)
    with pytest.raises(Refused, match="not so many unused"):
        await grant(house, account, -4)
    assert await balance(house, account) == Balance(3, 0, 0)


async def test_amounts_and_strangers_are_refused(house: House, account: Account) -> None:
    for amount in (0, -1, credits.MOST + 1):
        with pytest.raises(BadInput):
            await reserve(house, account, amount)
    async with house.app.unit(account.agency_id) as unit:
        with pytest.raises(NotFound):
            await credits.reserve(unit, new_id(), 1, new_id())
        with pytest.raises(NotFound):
            await credits.set_quota(unit, new_id(), 1, "mia")


async def test_history_tells_where_they_went_page_by_page(house: House, account: Account) -> None:
    await grant(house, account, 10)
    job = await reserve(house, account, 4)
    async with house.app.unit(account.agency_id) as unit:
        await credits.spend(unit, job)
        every = await credits.history(unit)
        page = await credits.history(unit, before=every[0].id, limit=1)
        of_luna = await credits.history(unit, account.influencer_id)
    assert [(m.kind, m.source, m.target, m.amount) for m in every] == [
        ("spend", "reserved", "spent", 4),
        ("reserve", "grant", "reserved", 4),
        ("grant", "outside", "grant", 10),
    ]
    assert page == [every[1]]
    assert [(m.influencer, m.job_id) for m in of_luna] == [("luna", job), ("luna", job)]


async def test_another_agency_has_credits_of_its_own(house: House, account: Account, database: TestDatabase) -> None:
    theirs = await make_account(house, (await make_agency(database.owner, "other")).id, "mara")
    await grant(house, account, 10)
    assert await balance(house, theirs) == Balance(None, 0, 0)
    async with house.app.unit(theirs.agency_id) as unit:
        with pytest.raises(NotFound):
            await credits.reserve(unit, account.influencer_id, 1, new_id())


async def test_entries_that_do_not_cancel_out_are_not_written(house: House, account: Account, database: TestDatabase) -> None:
    await grant(house, account, 10)
    owner = await asyncpg.connect(database.owner)
    try:
        for change in ("UPDATE credit_entries SET amount = amount + 1 WHERE amount > 0",):
            with pytest.raises(asyncpg.RaiseError, match="do not cancel out"):
                await owner.execute(change)
    finally:
        await owner.close()


async def test_a_shop_s_keys_are_two_while_one_takes_the_other_s_place(house: House, agency: Agency) -> None:
    async with house.app.unit(agency.id) as unit:
        await credits.renew_secret(unit, house.seal, "first")
        await credits.renew_secret(unit, house.seal, "second")
        with pytest.raises(Refused, match="Two keys"):
            await credits.renew_secret(unit, house.seal, "third")
    found = await credits.find_shop(house.app, house.seal, "demo")
    assert found is not None
    assert (found[0], set(found[1])) == (agency.id, {"first", "second"})
    async with house.app.unit(agency.id) as unit:
        await credits.drop_old_secret(unit)
        with pytest.raises(Refused, match="no older"):
            await credits.drop_old_secret(unit)
    assert await credits.find_shop(house.app, house.seal, "demo") == (agency.id, ["second"])
    assert await credits.find_shop(house.app, house.seal, "nobody") is None
