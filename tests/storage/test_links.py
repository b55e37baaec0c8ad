"""Links: two fan rows become one person and two again; who may say so, and what is refused."""

from __future__ import annotations

import uuid

import pytest

from core.errors import BadInput, NotFound, Refused
from core.nouns import Account
from storage import links
from storage.conversations import hand_back, pause
from storage.effects import EffectContext
from storage.fans import flag_minor, load_fan
from storage.house import House
from storage.links import Claim, read_code
from tests.conftest import Agency, TestDatabase, make_agency
from tests.storage.fans_world import Side, other_account, write_in
from tests.storage.world import make_account

SURE = Claim("operator", "She told both of us the same order number.", 0.9, "ana")


@pytest.fixture
async def pair(house: House, account: Account) -> tuple[Side, Side]:
    """The same woman on two platforms."""
    here = await write_in(house, account, "7", "hi")
    return here, await write_in(house, await other_account(house, account), "u-9", "hello")


async def also(house: House, side: Side) -> tuple[uuid.UUID, ...]:
    async with house.app.unit(side.account.agency_id) as unit:
        return (await load_fan(unit, side.conversation.id)).also


async def test_a_link_makes_two_one_and_a_split_undoes_it(house: House, agency: Agency, pair: tuple[Side, Side]) -> None:
    one, two = pair
    assert await also(house, one) == ()
    async with house.app.unit(agency.id) as unit:
        made = await links.link(unit, one.fan, two.fan, SURE)
    assert (made.state, made.way, made.made_by, made.evidence) == ("confirmed", "operator", "ana", SURE.evidence)
    assert (await also(house, one), await also(house, two)) == ((two.fan,), (one.fan,))
    async with house.app.unit(agency.id) as unit:
        ended = await links.split(unit, made.id, "bo")
    assert (ended.state, ended.ended_by) == ("split", "bo")
    assert (await also(house, one), await also(house, two)) == ((), ())
    async with house.app.unit(agency.id) as unit:  # and once more, as a new link beside the old one
        await links.link(unit, two.fan, one.fan, SURE)
        assert sorted(link.state for link in await links.links_of(unit, [one.fan])) == ["confirmed", "split"]


async def test_three_in_a_chain_are_one_and_fall_apart_where_it_is_cut(
    house: House, agency: Agency, account: Account, pair: tuple[Side, Side]
) -> None:
    one, two = pair
    three = await write_in(house, await other_account(house, account, "webchat"), "c", "hey")
    async with house.app.unit(agency.id) as unit:
        first = await links.link(unit, one.fan, two.fan, SURE)
        await links.link(unit, two.fan, three.fan, SURE)
        with pytest.raises(Refused, match="one person already"):
            await links.link(unit, one.fan, three.fan, SURE)
    assert set(await also(house, one)) == {two.fan, three.fan}
    async with house.app.unit(agency.id) as unit:
        await links.split(unit, first.id, "ana")
    assert (await also(house, one), await also(house, two)) == ((), (three.fan,))
    async with house.app.unit(agency.id) as unit:
        await links.link(unit, one.fan, two.fan, SURE)
        assert len(await links.split_fan(unit, two.fan, "ana")) == 2
    assert [await also(house, side) for side in (one, two, three)] == [(), (), ()]


async def test_what_cannot_be_linked_is_said_plainly(
    house: House, agency: Agency, database: TestDatabase, pair: tuple[Side, Side]
) -> None:
    one, two = pair
    elsewhere = await make_agency(database.owner, "elsewhere")
    stranger = await write_in(house, await make_account(house, elsewhere.id, "mara"), "7", "hi")
    async with house.app.unit(agency.id) as unit:
        with pytest.raises(BadInput, match="itself"):
            await links.link(unit, one.fan, one.fan, SURE)
        with pytest.raises(BadInput, match="evidence"):
            await links.link(unit, one.fan, two.fan, Claim("operator", "  ", 0.9, "ana"))
        for nobody in (stranger.fan, uuid.uuid4()):
            with pytest.raises(NotFound, match="no such fan"):
                await links.link(unit, one.fan, nobody, SURE)
            with pytest.raises(NotFound, match="no such fan"):
                await links.link(unit, nobody, one.fan, SURE)
        with pytest.raises(Refused, match="nobody"):
            await links.split_fan(unit, one.fan, "ana")
        made = await links.link(unit, one.fan, two.fan, SURE)
        with pytest.raises(Refused, match="already"):
            await links.link(unit, two.fan, one.fan, SURE)
        await links.split(unit, made.id, "ana")
        with pytest.raises(Refused, match="does not hold"):
            await links.split(unit, made.id, "ana")


async def test_a_handle_that_the_platform_vouches_for_is_a_proposal_only(
    house: House, agency: Agency, account: Account
) -> None:
    here = await write_in(house, account, "7001", "hi", display_name="Mia")
    app = await other_account(house, account)
    namesake = await write_in(house, app, "u-1", "hello", display_name="Mia", username="7001")
    same = await write_in(house, app, "u-2", "hello", 2, vouched=("telegram:7001", "telegram:1"))
    assert (await also(house, here), await also(house, namesake), await also(house, same)) == ((), (), ())
    async with house.app.unit(agency.id) as unit:
        (proposed,) = await links.links_in(unit, "proposed")
        assert {proposed.fan_id, proposed.other_fan_id} == {here.fan, same.fan}
        assert (proposed.way, proposed.confidence) == ("handle", pytest.approx(0.9))
        assert "http vouches that its u-2 is telegram:7001" in proposed.evidence
        await links.confirm(unit, proposed.id, "ana")
        with pytest.raises(Refused, match="already"):
            await links.confirm(unit, proposed.id, "ana")
    assert await also(house, here) == (same.fan,)


async def test_the_vouched_one_may_come_later_and_be_refused(house: House, agency: Agency, account: Account) -> None:
    app = await other_account(house, account)
    await write_in(house, app, "u-2", "hello", vouched=("telegram:7001",))
    here = await write_in(house, account, "7001", "hi")
    async with house.app.unit(agency.id) as unit:
        (proposed,) = await links.links_in(unit, "proposed")
        assert (await links.reject(unit, proposed.id, "ana")).decided_by == "ana"
        with pytest.raises(Refused, match="decided"):
            await links.reject(unit, proposed.id, "ana")
    assert await also(house, here) == ()


async def test_a_minor_signal_holds_for_the_whole_person_while_they_are_one(
    house: House, agency: Agency, pair: tuple[Side, Side]
) -> None:
    one, two = pair
    async with house.app.unit(agency.id) as unit:
        await flag_minor(unit, EffectContext(one.account, one.conversation, uuid.uuid4()), None)
        assert (await load_fan(unit, two.conversation.id)).minor_signal_at is None
        made = await links.link(unit, one.fan, two.fan, SURE)
        assert (await load_fan(unit, two.conversation.id)).minor_signal_at is not None
        await pause(unit, EffectContext(two.account, two.conversation, uuid.uuid4()), None)
        with pytest.raises(Refused, match="under age"):
            await hand_back(unit, two.conversation.id, "ana")
        await links.split(unit, made.id, "ana")
        assert (await load_fan(unit, two.conversation.id)).minor_signal_at is None
        assert (await load_fan(unit, one.conversation.id)).minor_signal_at is not None
        await links.link(unit, one.fan, two.fan, SURE)
        await hand_back(unit, two.conversation.id, "ana", adult=True)
        assert (await load_fan(unit, one.conversation.id)).minor_signal_at is None


@pytest.mark.parametrize("text", ["K7QM-2XPD", "/link k7qm2xpd", "/link K7QM 2XPD", "  K7QM-2XPD \n"])
def test_a_code_is_read_however_it_is_written(text: str) -> None:
    assert read_code(text) == "K7QM2XPD"


@pytest.mark.parametrize("text", ["K7QM2XPD", "k7qm-2xpd", "well-done", "my code is K7QM-2XPD", "K7QM-2XP0", "/link", ""])
def test_talk_is_no_code(text: str) -> None:
    assert read_code(text) is None
