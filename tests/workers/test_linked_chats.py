"""Two chats of one person, in whole turns: the code that joins them, what is remembered then, and how guessing is bounded."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from msgspec import structs

from agents.models import NoModel
from agents.thinker import AgentThinker
from core.clock import SystemClock
from core.nouns import Account
from memory.extraction import RuleExtractor
from memory.recall import MemoryRecall
from personas.loader import load_from_library
from storage.accounts import put_influencer
from storage.ledger import check_ledger
from storage.link_codes import link_handlers
from storage.links import MOST_TRIES
from storage.turns import Reader
from tests.conftest import Agency, TestDatabase
from tests.memory.world import bundled
from tests.storage.canary import admin
from tests.storage.fans_world import arrive, other_account, says
from tests.workers.conftest import Crew
from workers.effects import HANDLERS

CODE = re.compile(r"[A-Z2-9]{4}-[A-Z2-9]{4}")
ASKED = "What do you know about me?"


class Chats:
    """One worker that thinks for real, with the reflex brain, and two chats with Luna."""

    def __init__(self, crew: Crew, app: Account, database: TestDatabase) -> None:
        self.crew, self.database = crew, database
        self.accounts = {"telegram": crew.account, "app": app}
        self.number = 0

    async def say(self, where: str, text: str, handle: str = "7") -> list[str]:
        """Let the fan write in one chat, think, and return what was said there in answer."""
        self.number += 1
        account = self.accounts[where]
        event = says(text, f"{where}-{handle}", self.number, at=SystemClock().now())
        kind = "command" if text.startswith("/") else "text"
        (one,) = await arrive(self.crew.engine.house, account, structs.replace(event, kind=kind))
        assert one.conversation_id
        before = len(await self.heard(one.conversation_id))
        await self.crew.think()
        return (await self.heard(one.conversation_id))[before:]

    async def heard(self, conversation_id: UUID) -> list[str]:
        rows = await self.fetch(
            "SELECT text FROM messages WHERE conversation_id = $1 AND direction = 'out' ORDER BY id", conversation_id
        )
        return [row["text"] for row in rows]

    async def recalled(self, where: str, handle: str = "7") -> str:
        """Ask what is known and return what the turn recalled."""
        await self.say(where, ASKED, handle)
        (row,) = await self.fetch("SELECT trace::text AS trace FROM turns ORDER BY committed_at DESC LIMIT 1")
        return str(row["trace"])

    async def fetch(self, statement: str, *arguments: object) -> list[dict[str, object]]:
        connection = await admin(self.database)
        try:
            return [dict(row) for row in await connection.fetch(statement, *arguments)]
        finally:
            await connection.close()


@pytest.fixture
async def chats(crew: Crew, agency: Agency, database: TestDatabase) -> Chats:
    house, luna, model = crew.engine.house, load_from_library("luna"), bundled()
    async with house.app.unit(agency.id) as unit:
        await put_influencer(unit, "luna", "Luna", luna.to_document(), luna.checksum)
    recall = MemoryRecall(house.app, model, None)
    thinker = AgentThinker(NoModel(), recall, RuleExtractor(), [], model, SystemClock(), loop_guard=False)
    crew.engine = structs.replace(
        crew.engine,
        thinker=thinker,
        handlers={**HANDLERS, **link_handlers(house.marks)},
        reader=Reader(house.seal, house.marks),
    )
    crew.ctx = {"engine": crew.engine}
    return Chats(crew, await other_account(house, crew.account), database)


async def code_of(chats: Chats, where: str) -> str:
    """Ask for a code in a chat."""
    found = next(found for text in await chats.say(where, "/link") if (found := CODE.search(text)))
    return found[0]


async def test_a_code_joins_two_chats_and_unlink_parts_them(chats: Chats) -> None:
    await chats.say("telegram", "I have a dog called Rex.")
    await chats.say("app", "I work as a nurse.")
    assert "Rex" not in await chats.recalled("app")
    assert "nurse" not in await chats.recalled("telegram")
    code = await code_of(chats, "app")
    assert "Rex" not in await chats.recalled("app")  # asking is not enough
    assert not await chats.fetch("SELECT 1 FROM link_codes WHERE digest::text LIKE '%' || $1 || '%'", code)
    said = await chats.say("telegram", code)
    assert any("belong together now" in text for text in said)
    (link,) = await chats.fetch("SELECT state, way, evidence, made_by FROM links")
    assert (link["state"], link["way"], link["made_by"]) == ("confirmed", "code", "fan")
    assert "http/luna" in str(link["evidence"])
    notices = await chats.fetch(
        "SELECT m.text FROM messages m JOIN conversations c ON c.id = m.conversation_id"
        " WHERE c.account_id = $1 AND m.kind = 'notice'",
        chats.accounts["app"].id,
    )
    assert any("sent in another chat" in str(row["text"]) for row in notices)
    assert "Rex" in await chats.recalled("app")
    assert "nurse" in await chats.recalled("telegram")
    house = chats.crew.engine.house
    assert await check_ledger(house.app, house.sweep) == []
    assert "know that code" in " ".join(await chats.say("telegram", code))  # it works once
    await chats.say("app", "/unlink")
    assert "Rex" not in await chats.recalled("app")
    assert "nurse" not in await chats.recalled("telegram")
    assert any("no other one" in text for text in await chats.say("app", "/unlink"))


async def test_a_code_is_for_another_chat_and_for_ten_minutes(chats: Chats) -> None:
    code = await code_of(chats, "app")
    assert any("from this chat" in text for text in await chats.say("app", code))
    await chats.fetch("UPDATE link_codes SET expires_at = now() - interval '1 second' RETURNING 1")
    assert any("too old" in text for text in await chats.say("telegram", code))
    newer = await code_of(chats, "app")
    assert any("know that code" in text for text in await chats.say("telegram", "/link ABCD-EFGH"))
    older = await chats.fetch("SELECT count(*) AS n FROM link_codes")
    assert older[0]["n"] == 1  # a fan has one code at a time
    assert any("belong together" in text for text in await chats.say("telegram", f"/link {newer.lower().replace('-', '')}"))


async def test_guessing_ends_after_a_few_tries(chats: Chats) -> None:
    code = await code_of(chats, "app")
    for number in range(MOST_TRIES):
        said = await chats.say("telegram", f"ABCD-{'EFGHJKMN'[number]}EFG")
        assert any("know that code" in text for text in said), said
    assert any("Too many" in text for text in await chats.say("telegram", "ABCD-WXYZ"))
    assert any("Too many" in text for text in await chats.say("telegram", code))  # the right one neither
    assert not await chats.fetch("SELECT 1 FROM links")
    assert any("belong together" in text for text in await chats.say("telegram", code, "8"))  # another fan is not to blame
    await chats.fetch("UPDATE identities SET link_tries_since = now() - interval '2 hours' RETURNING 1")
    again = await code_of(chats, "app")
    assert any("belong together" in text for text in await chats.say("telegram", again))


async def test_a_minor_signal_in_one_chat_holds_in_the_other(chats: Chats) -> None:
    await chats.say("telegram", await code_of(chats, "app"))
    await chats.say("telegram", "I'm 15")
    assert await chats.say("app", "hello there") == []
    (owner,) = await chats.fetch("SELECT owner FROM conversations WHERE account_id = $1", chats.accounts["app"].id)
    assert owner["owner"] == "paused"
