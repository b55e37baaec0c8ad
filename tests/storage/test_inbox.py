"""The inbox: held drafts first, then by the latest message; only who waits, when only they are asked for."""

from __future__ import annotations

from core.nouns import Account
from core.outbound import TextPart
from core.turns import Hold
from storage import conversations
from storage.house import House
from tests.conftest import Agency
from tests.storage.ledger_steps import claim_turn, commit, gathered, outcome
from tests.storage.world import message, send_in


async def handles(house: House, agency: Agency, waiting: bool = False, limit: int = 50) -> list[str]:
    async with house.app.unit(agency.id) as unit:
        return [row.handle for row in await conversations.list_inbox(unit, waiting, limit)]


async def test_the_inbox_shows_who_waits_first_and_no_more_than_asked(house: House, agency: Agency, account: Account) -> None:
    chats = {}
    for number, handle in enumerate(("held", "talks", "taken", "held-and-taken", "talks-too"), 1):
        (event,) = await send_in(house, account, message("hi", number, handle))
        chats[handle] = event.conversation_id
    for handle in ("held", "held-and-taken"):
        lease = await claim_turn(house, agency, chats[handle])
        assert lease
        await commit(house, await gathered(house, lease), outcome(Hold("approval", (TextPart("Hi!"),))))
    async with house.app.unit(agency.id) as unit:
        await conversations.take(unit, chats["taken"], "ana")
        await conversations.take(unit, chats["held-and-taken"], "ana")
    assert await handles(house, agency) == ["held-and-taken", "held", "talks-too", "taken", "talks"]
    assert await handles(house, agency, waiting=True) == ["held-and-taken", "held", "taken"]
    assert await handles(house, agency, limit=3) == ["held-and-taken", "held", "talks-too"]
    assert await handles(house, agency, waiting=True, limit=1) == ["held-and-taken"]
    async with house.app.unit(agency.id) as unit:
        assert {row.handle: row.held for row in await conversations.list_inbox(unit)}["held"] == 1
