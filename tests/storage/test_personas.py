"""Versions of a persona: one row a content, one of them in force, and every change of that written down."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from core.errors import NotFound, Refused
from core.nouns import Account, TurnInput
from core.outbound import TextPart
from core.turns import Outcome, Send
from storage import personas
from storage.accounts import find_influencer, list_accounts, load_influencer, put_account, put_influencer
from storage.conversations import read_thread
from storage.house import House
from storage.personas import Making, Version
from storage.turns import Reader, latest_turn
from tests.conftest import Agency, TestDatabase, make_agency
from tests.storage.ledger_steps import claim_turn, commit, gathered, outcome
from tests.storage.world import message, send_in


def making(words: str, made_by: str = "ana", note: str = "", **more: object) -> Making:
    return Making({"name": "Luna", "age": 27, "tagline": words, **more}, f"of {words} {more}", made_by, note)


async def put(house: House, account: Account, new: Making) -> bool:
    async with house.app.unit(account.agency_id) as unit:
        return await personas.put_version(unit, account.influencer_id, new)


async def roll(house: House, account: Account, number: int) -> None:
    async with house.app.unit(account.agency_id) as unit:
        await personas.roll_back(unit, account.influencer_id, number, "bo", "it was better")


async def versions(house: House, account: Account) -> list[Version]:
    async with house.app.unit(account.agency_id) as unit:
        return await personas.list_versions(unit, account.influencer_id)


def said(words: str) -> Outcome:
    return outcome(Send((TextPart(words),)))


async def test_the_same_content_is_the_same_version(house: House, account: Account) -> None:
    assert await put(house, account, making("a", note="first words"))
    assert await put(house, account, making("b"))
    assert not await put(house, account, making("b", made_by="bo"))
    assert await put(house, account, making("a", made_by="bo"))
    found = await versions(house, account)
    assert [(one.version, one.made_by, one.in_force) for one in found] == [
        (3, "ana", False), (2, "ana", True), (1, "operator", False),
    ]  # fmt: skip
    assert (found[1].note, found[1].used_by) == ("first words", "bo")


async def test_a_roll_back_is_a_new_pointer_and_takes_nothing_away(house: House, account: Account) -> None:
    await put(house, account, making("a"))
    await put(house, account, making("b"))
    before = {one.id for one in await versions(house, account)}
    await roll(house, account, 2)
    found = await versions(house, account)
    assert {one.id for one in found} == before
    assert [(one.version, one.used_by, one.used_note) for one in found if one.in_force] == [(2, "bo", "it was better")]
    async with house.app.unit(account.agency_id) as unit:
        assert (await load_influencer(unit, account.influencer_id)).persona["tagline"] == "a"
        with pytest.raises(NotFound, match="no version 9; there are: 1, 2, 3"):
            await personas.roll_back(unit, account.influencer_id, 9, "bo")


async def test_two_who_load_at_once_get_a_number_each(house: House, account: Account) -> None:
    async with asyncio.TaskGroup() as group:
        for number in range(6):
            group.create_task(put(house, account, making(f"words {number % 3}")))
    assert [one.version for one in await versions(house, account)] == [4, 3, 2, 1]


async def test_a_running_turn_ends_with_the_version_it_began_with(house: House, account: Account, agency: Agency) -> None:
    reader = Reader(house.seal)

    async def take(conversation_id: UUID) -> TurnInput:
        lease = await claim_turn(house, agency, conversation_id)
        assert lease
        async with house.app.unit(agency.id) as unit:
            read = await reader.gather(unit, lease)
        assert read
        return read[0]

    await put(house, account, making("old"))
    (one,) = await send_in(house, account, message("hi", 1))
    assert one.conversation_id
    turn = await take(one.conversation_id)
    await put(house, account, making("new"))
    assert turn.influencer.persona["tagline"] == "old"
    await commit(house, turn, said("said by the old"))
    await send_in(house, account, message("and now?", 2))
    later = await take(one.conversation_id)
    assert later.influencer.persona["tagline"] == "new"
    await roll(house, account, 2)
    await commit(house, later, said("said by the new"))
    await send_in(house, account, message("and at last?", 3))
    last = await take(one.conversation_id)
    assert (last.influencer.persona["tagline"], last.influencer.persona_version) == ("old", 2)
    async with house.app.unit(agency.id) as unit:
        spoken = {item.text: item.persona_version for item in await read_thread(unit, one.conversation_id)}
        latest = await latest_turn(unit, one.conversation_id)
    assert spoken == {"hi": None, "said by the old": 2, "and now?": None, "said by the new": 3, "and at last?": None}
    assert latest is not None
    assert latest.persona_version == 3


async def test_a_preview_speaks_by_its_own_version_whatever_is_in_force(house: House, account: Account, agency: Agency) -> None:
    await put(house, account, making("in force", pace={"quiet_s": 1.0}))
    async with house.app.unit(agency.id) as unit:
        tried, _ = await personas.keep_version(unit, account.influencer_id, making("tried out", pace={"quiet_s": 3.0}))
    (one,) = await send_in(house, account, message("hi", 1))
    assert one.conversation_id
    async with house.app.unit(agency.id) as unit:
        await unit.connection.execute(
            "UPDATE conversations SET persona_version_id = $2 WHERE id = $1", one.conversation_id, tried
        )
    lease = await claim_turn(house, agency, one.conversation_id)
    assert lease
    turn = await gathered(house, lease)
    assert (turn.influencer.persona["tagline"], turn.account.pace.quiet_s) == ("tried out", 3.0)


async def test_who_has_no_age_gets_no_account_and_replaces_nobody_who_speaks(
    house: House, account: Account, agency: Agency
) -> None:
    await put(house, account, making("speaks"))
    with pytest.raises(Refused, match="states no age"):
        await put(house, account, making("silent", age=None))
    async with house.app.unit(agency.id) as unit:
        assert (await load_influencer(unit, account.influencer_id)).persona["tagline"] == "speaks"
        silent = await put_influencer(unit, "mute", "Mute", {"name": "Mute", "age": None}, "no age")
        assert not await personas.may_speak(unit, silent.id)
        known = {one.key for one in await list_accounts(unit)}
    with pytest.raises(Refused, match="muse persona age"):
        async with house.app.unit(agency.id) as unit:
            await put_account(unit, house.seal, _account_of(account, silent.id))
    async with house.app.unit(agency.id) as unit:
        assert {one.key for one in await list_accounts(unit)} == known
        stated = Making({"name": "Mute", "age": 31}, "stated", "ana", "the age was stated")
        assert await personas.put_version(unit, silent.id, stated)
        assert await personas.may_speak(unit, silent.id)
        await put_account(unit, house.seal, _account_of(account, silent.id))
        listed = {one.slug: (one.active, one.age) for one in await personas.list_influencers(unit)}
        assert listed["mute"] == (True, "31")


@pytest.mark.parametrize("age", [17, 0, -3, 17.9])
async def test_nobody_under_age_is_kept(house: House, account: Account, age: float) -> None:
    with pytest.raises(Refused, match="younger than 18"):
        await put(house, account, making("young", age=age))
    assert len(await versions(house, account)) == 1


async def test_another_agency_sees_no_versions(house: House, account: Account, database: TestDatabase) -> None:
    other_agency = await make_agency(database.owner, "other")
    await put(house, account, making("a"))
    async with house.app.unit(other_agency.id) as unit:
        assert await personas.list_versions(unit, account.influencer_id) == []
        assert await personas.list_influencers(unit) == []
        with pytest.raises(NotFound):
            await find_influencer(unit, "luna")


def _account_of(account: Account, influencer_id: UUID) -> Account:
    return Account(
        id=account.influencer_id, agency_id=account.agency_id, influencer_id=influencer_id, platform="http", key="mute",
        inbound="webhook", sandbox=True, autonomy="auto",
    )  # fmt: skip
