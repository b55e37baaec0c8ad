"""Tags of a conversation: counted from turns' records, gone with the conversation, filtered by in the inbox."""

from __future__ import annotations

from core.nouns import Account
from core.outbound import TextPart
from core.turns import Hold, Outcome, Send, Trace, Verdict
from storage import conversations, tags
from storage.house import House
from tests.conftest import Agency
from tests.storage.ledger_steps import claim_turn, commit, gathered
from tests.storage.world import message, send_in


def read_as(verdict: Verdict, *intents: str) -> Outcome:
    return Outcome(verdict, Trace(brain="test", intents=intents))


async def test_what_a_fan_wanted_becomes_the_conversations_tags(house: House, agency: Agency, account: Account) -> None:
    chats = {}
    number = 0
    for handle, turns in (
        ("mia", [("refund", "greeting", "refund"), ("refund", "other")]),
        ("tom", [("small_talk",)]),
        ("eve", [("other",)]),
    ):
        for intents in turns:
            number += 1
            (event,) = await send_in(house, account, message("hi", number, handle))
            chats[handle] = event.conversation_id
            lease = await claim_turn(house, agency, chats[handle])
            assert lease
            verdict = Hold("approval", (TextPart("Hi!"),)) if handle == "tom" else Send((TextPart("Hi!"),))
            await commit(house, await gathered(house, lease), read_as(verdict, *intents))
    async with house.app.unit(agency.id) as unit:
        assert chats["mia"]
        assert chats["eve"]
        assert [(tag.tag, tag.times) for tag in await tags.list_tags(unit, chats["mia"])] == [("refund", 2), ("greeting", 1)]
        assert await tags.list_tags(unit, chats["eve"]) == []
        assert {count.tag: count.conversations for count in await tags.count_tags(unit)} == {
            "refund": 1,
            "greeting": 1,
            "small_talk": 1,
        }
        assert [row.handle for row in await tags.list_tagged(unit, "refund")] == ["mia"]
        assert await tags.list_tagged(unit, "refund", waiting_only=True) == []
        (tom,) = await tags.list_tagged(unit, "small_talk", waiting_only=True)
        assert (tom.handle, tom.held, tom.tags) == ("tom", 1, ("small_talk",))
        assert await tags.list_tagged(unit, "no such tag") == []
        assert {row.handle: row.tags for row in await conversations.list_inbox(unit)} == {
            "tom": ("small_talk",),
            "mia": ("refund", "greeting"),
            "eve": (),
        }
