"""Care in the ledger: rules are counted once and name nobody, notices are dated, and regions reach the turn."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.errors import LeaseLost
from core.nouns import Account
from core.outbound import TextPart
from core.turns import NoteDisclosure, Outcome, Send, Trace
from storage.fans import note_disclosure
from storage.house import House
from storage.policy_counts import list_counts, load_region, set_region
from tests.conftest import Agency
from tests.storage.ledger_steps import HANDLERS, claim_turn, commit, gathered, how
from tests.storage.world import message, send_in

YEAR = datetime.now(UTC).year
WORDS = Send((TextPart("hello"),))


def ruled(*rules: str, pack: str = "us-ca", effects: tuple[NoteDisclosure, ...] = ()) -> Outcome:
    return Outcome(WORDS, Trace("test", rules=rules, pack=pack), effects)


async def counted(house: House, agency: Agency) -> dict[tuple[str, str], int]:
    async with house.app.unit(agency.id) as unit:
        return {(row.rule, row.pack): row.times for row in await list_counts(unit, YEAR)}


async def test_a_turn_counts_its_rules_once_however_often_it_is_tried(house: House, agency: Agency, account: Account) -> None:
    for number in (1, 2):
        (event,) = await send_in(house, account, message("help", number))
        lease = await claim_turn(house, agency, event.conversation_id)
        assert lease
        turn = await gathered(house, lease)
        await commit(house, turn, ruled("crisis", "disclosure"))
        with pytest.raises(LeaseLost):
            await commit(house, turn, ruled("crisis", "disclosure"))
    assert await counted(house, agency) == {("crisis", "us-ca"): 2, ("disclosure", "us-ca"): 2}


async def test_a_turn_without_rules_counts_nothing(house: House, agency: Agency, account: Account) -> None:
    (event,) = await send_in(house, account, message("hi", 1))
    lease = await claim_turn(house, agency, event.conversation_id)
    assert lease
    await commit(house, await gathered(house, lease), ruled())
    assert await counted(house, agency) == {}


async def test_the_turn_knows_whose_law_holds_and_when_the_notice_was_last_shown(
    house: House, agency: Agency, account: Account
) -> None:
    (event,) = await send_in(house, account, message("hi", 1))
    lease = await claim_turn(house, agency, event.conversation_id)
    assert lease
    turn = await gathered(house, lease)
    assert (turn.regions, turn.noticed_s, turn.only_local) == (("strictest",), None, False)
    handlers = how({**HANDLERS, NoteDisclosure: note_disclosure})
    note = NoteDisclosure("I'm an AI.", "us-ny", "again", "again")
    await commit(house, turn, ruled(effects=(note,)), handlers)
    async with house.app.unit(agency.id) as unit:
        await set_region(unit, "us-ny")
        await set_region(unit, "eu", turn.fan.id)
        assert await load_region(unit, turn.fan.id) == "eu"
        await unit.connection.execute("UPDATE conversations SET noticed_at = now() - interval '3 hours'")
        row = await unit.connection.fetchrow("SELECT region, occasion, wording_key, platform FROM disclosures")
    assert tuple(row) == ("us-ny", "again", "again", "telegram")
    await send_in(house, account, message("and?", 2))
    lease = await claim_turn(house, agency, event.conversation_id)
    assert lease
    turn = await gathered(house, lease)
    assert turn.regions == ("us-ny", "eu")
    assert turn.noticed_s is not None
    assert 3 * 3600 <= turn.noticed_s < 3 * 3600 + 600


async def test_an_accounts_own_region_comes_before_the_agencys(house: House, agency: Agency, account: Account) -> None:
    async with house.app.unit(agency.id) as unit:
        await unit.connection.execute(
            'UPDATE accounts SET options = options || \'{"region": "us-ca"}\' WHERE id = $1', account.id
        )
    (event,) = await send_in(house, account, message("hi", 1))
    lease = await claim_turn(house, agency, event.conversation_id)
    assert lease
    turn = await gathered(house, lease)
    assert turn.regions == ("us-ca",)
