"""A fan who goes on: what becomes of the turn that is being thought, by the persona's overlap, as a table of cases."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
import pytest
from msgspec import structs

from core.inbound import InboundDelete, InboundEdit, InboundMessage, Sender
from core.nouns import TurnInput
from core.outbound import TextPart
from core.turns import FlagMinor, Outcome, Send, Trace
from storage.ingress import Arrival, ingest
from tests.conftest import TestDatabase
from tests.storage.world import NOON
from tests.workers.conftest import Crew
from workers.dispatcher import Dispatcher

LONG_S = 30.0


class Talk:
    """A fan and an agent whose thinking the test holds back."""

    def __init__(self, crew: Crew, dispatcher: Dispatcher, database: TestDatabase) -> None:
        self.crew, self.dispatcher, self.database = crew, dispatcher, database
        self.begun: asyncio.Queue[list[str]] = asyncio.Queue()
        self.cancelled = 0
        self._gates: list[asyncio.Event] = []
        crew.thinker.answer = self._think

    async def _think(self, turn: TurnInput) -> Outcome:
        gate = asyncio.Event()
        self._gates.append(gate)
        words = [m.text for m in turn.burst]
        self.begun.put_nowait(words)
        try:
            await gate.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return Outcome(Send((TextPart(" + ".join(words)),)), Trace("test"))

    async def write(self, *texts: str, first: int = 1, quiet_s: float = 0.0) -> UUID:
        """Let the fan write; tell the dispatcher, as the gateway's wake-up would."""
        handle, account = str(self.crew.fan.id), self.crew.account
        events = [
            InboundMessage(
                event_key=f"e{n}", at=NOON, sender=Sender(handle), conversation_key=handle, message_key=f"m{n}", text=text
            )
            for n, text in enumerate(texts, first)
        ]
        return await self._bring([Arrival(account, event, b"{}", event.event_key, quiet_s, LONG_S) for event in events])

    async def edit(self, number: int, text: str) -> None:
        handle = str(self.crew.fan.id)
        event = InboundEdit(
            event_key=f"edit{number}",
            at=NOON,
            sender=Sender(handle),
            conversation_key=handle,
            message_key=f"m{number}",
            text=text,
        )
        await self._bring([Arrival(self.crew.account, event, b"{}", "edit", 0.0, LONG_S)])

    async def take_back(self, number: int) -> None:
        event = InboundDelete(
            event_key=f"gone{number}", at=NOON, conversation_key=str(self.crew.fan.id), message_keys=(f"m{number}",)
        )
        await self._bring([Arrival(self.crew.account, event, b"{}", "gone", 0.0, LONG_S)])

    async def _bring(self, arrivals: list[Arrival]) -> UUID:
        written = await ingest(self.crew.engine.house.app, arrivals)
        chat = written[-1].conversation_id
        assert chat
        self.dispatcher.nudge([chat])
        return chat

    async def set_pace(self, **pace: object) -> None:
        """Set the persona's pace."""
        owner = await asyncpg.connect(self.database.owner)
        await owner.execute(
            "UPDATE persona_versions SET document = document || jsonb_build_object('pace', $1::text::jsonb)", json.dumps(pace)
        )
        await owner.close()

    def let_go(self) -> None:
        """Let the thinking that runs end."""
        self._gates[-1].set()

    async def thought(self) -> list[str]:
        """Wait until a thinking begins; return what it is about."""
        return await asyncio.wait_for(self.begun.get(), 10)

    async def texts(self, count: int) -> list[str]:
        """Wait until so many replies stand in the ledger; return them in order."""
        owner = await asyncpg.connect(self.database.owner)
        try:
            async with asyncio.timeout(15):
                while True:
                    rows = await owner.fetch("SELECT text FROM messages WHERE direction = 'out' ORDER BY id")
                    found = [row["text"] for row in rows]
                    if len(found) >= count:
                        return found
                    await asyncio.sleep(0.02)
        finally:
            await owner.close()

    async def at_rest(self) -> None:
        """Wait until nothing runs and nothing is due."""
        owner = await asyncpg.connect(self.database.owner)
        try:
            async with asyncio.timeout(15):
                due = "SELECT count(*) FROM conversations WHERE due_at IS NOT NULL"
                while True:
                    if not self.dispatcher.busy and not await owner.fetchval(due):
                        break
                    await asyncio.sleep(0.02)
            waiting = "SELECT count(*) FROM messages WHERE direction = 'in' AND answered_at IS NULL AND deleted_at IS NULL"
            assert await owner.fetchval(waiting) == 0
        finally:
            await owner.close()


@asynccontextmanager
async def talking(crew: Crew, database: TestDatabase) -> AsyncIterator[Talk]:
    dispatcher = Dispatcher(crew.engine)
    running = asyncio.create_task(dispatcher.run())
    try:
        yield Talk(crew, dispatcher, database)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await dispatcher.drain(0.0)


@pytest.mark.parametrize(
    ("overlap", "after", "replies", "thought_anew"),
    [
        ("collect", ["two", "three"], ["one", "two + three"], 0),
        ("interrupt", ["two", "three"], ["one + two + three"], 1),
        ("enqueue", ["two", "three"], ["one", "two", "three"], 0),
        ("ignore", ["two", "three"], ["one"], 0),
    ],
)
async def test_what_comes_while_a_turn_is_thought(
    crew: Crew, database: TestDatabase, overlap: str, after: list[str], replies: list[str], thought_anew: int
) -> None:
    async with talking(crew, database) as talk:
        await talk.set_pace(overlap=overlap)
        await talk.write("one")
        assert await talk.thought() == ["one"]
        await talk.write(*after, first=2)
        if thought_anew:
            assert await talk.thought() == ["one", *after]
        talk.let_go()
        for _ in replies[1:]:
            await talk.thought()
            talk.let_go()
        assert await talk.texts(len(replies)) == replies
        await talk.at_rest()
        assert talk.cancelled == thought_anew
        assert talk.begun.empty()


async def test_a_burst_in_the_quiet_time_is_one_turn_thought_ahead(crew: Crew, database: TestDatabase) -> None:
    """The turn begins with the first message, long before it is due, and is thrown away when the fan goes on."""
    async with talking(crew, database) as talk:
        await talk.write("one", quiet_s=LONG_S)
        assert await talk.thought() == ["one"], "thought while the quiet time runs"
        await talk.write("two", first=2, quiet_s=LONG_S)
        assert await talk.thought() == ["one", "two"]
        talk.let_go()
        await talk.write("three", first=3, quiet_s=0.2)
        assert await talk.thought() == ["one", "two", "three"], "also a finished thought is stale before it is due"
        talk.let_go()
        assert await talk.texts(1) == ["one + two + three"]
        await talk.at_rest()


@pytest.mark.parametrize("where", ["persona", "house"])
async def test_thinking_ahead_can_be_turned_off(crew: Crew, database: TestDatabase, where: str) -> None:
    if where == "house":
        crew.engine = structs.replace(crew.engine, settings=structs.replace(crew.engine.settings, think_ahead=False))
    else:
        owner = await asyncpg.connect(database.owner)
        await owner.execute("UPDATE influencers SET think_ahead = false")
        await owner.close()
    async with talking(crew, database) as talk:
        await talk.write("one", quiet_s=LONG_S)
        await talk.write("two", first=2, quiet_s=0.5)
        assert await talk.thought() == ["one", "two"], "once, when it is due"
        talk.let_go()
        assert await talk.texts(1) == ["one + two"]


async def test_a_reply_never_leaves_before_the_quiet_time_is_over(crew: Crew, database: TestDatabase) -> None:
    async with talking(crew, database) as talk:
        await talk.write("one", quiet_s=LONG_S)
        await talk.thought()
        talk.let_go()
        await asyncio.sleep(0.3)
        assert await talk.texts(0) == []
        owner = await asyncpg.connect(database.owner)
        assert await owner.fetchval("SELECT due_at > now() FROM conversations")
        await owner.close()


async def test_an_edit_while_a_turn_is_thought_makes_it_stale(crew: Crew, database: TestDatabase) -> None:
    async with talking(crew, database) as talk:
        await talk.write("I love you")
        assert await talk.thought() == ["I love you"]
        await talk.edit(1, "I love tea")
        assert await talk.thought() == ["I love tea"]
        talk.let_go()
        assert await talk.texts(1) == ["I love tea"]
        await talk.at_rest()


async def test_a_message_taken_back_while_a_turn_is_thought_is_not_answered(crew: Crew, database: TestDatabase) -> None:
    async with talking(crew, database) as talk:
        await talk.write("oops")
        await talk.thought()
        await talk.take_back(1)
        await talk.at_rest()
        assert await talk.texts(0) == []
        assert talk.cancelled == 1


async def test_a_fan_who_never_stops_is_answered_all_the_same(crew: Crew, database: TestDatabase) -> None:
    async with talking(crew, database) as talk:
        await talk.set_pace(overlap="interrupt")
        await talk.write("0")
        count = 0
        for number in range(1, 20):
            try:
                await asyncio.wait_for(talk.begun.get(), 1.0)
            except TimeoutError:
                break
            count += 1
            await talk.write(str(number), first=number + 1)
        assert 1 < count <= 7, "thought anew a few times, then left to end"
        talk.let_go()
        assert (await talk.texts(1))[0].startswith("0 + 1")


async def test_an_interrupt_while_a_tool_runs_leaves_nothing(crew: Crew, database: TestDatabase) -> None:
    """Incident 6: a cancelled run left an orphan tool call. What the cancelled attempt staged is not among the effects."""
    seen: list[str] = []

    async def flag(*_: object) -> None:
        seen.append("flagged")

    crew.engine.handlers[FlagMinor] = flag  # type: ignore[index]  # a dict in truth
    running = asyncio.Event()

    async def tool(turn: TurnInput) -> Outcome:
        staged = [FlagMinor()]  # belongs to this attempt alone
        if len(turn.burst) == 1:
            running.set()
            await asyncio.sleep(60)
        else:
            staged.clear()
        return Outcome(Send((TextPart("done"),)), Trace("test"), tuple(staged))

    async with talking(crew, database) as talk:
        await talk.set_pace(overlap="interrupt")
        crew.thinker.answer = tool
        await talk.write("one")
        await asyncio.wait_for(running.wait(), 10)
        await talk.write("two", first=2)
        assert await talk.texts(1) == ["done"]
        await talk.at_rest()
    assert seen == []
