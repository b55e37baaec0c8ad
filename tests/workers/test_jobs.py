"""The jobs, with real Postgres, Valkey and the Telegram simulator: one reply a burst, and nothing said twice."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from msgspec import structs

from core.errors import EffectRefused
from core.inbound import InboundMessage, MediaRef, Sender
from core.outbound import TextPart
from core.turns import HandToOperator, Hold, OptOut, Outcome, Send, Trace
from gateway.platforms.telegram.adapter import TelegramPlatform
from storage import conversations, deliveries, drafts
from storage.conversations import read_thread
from storage.ingress import Arrival, ingest
from tests.conftest import TestDatabase
from tests.storage.world import NOON
from tests.workers.conftest import Crew, echo
from workers.dispatcher import Dispatcher
from workers.jobs.deliver_messages import deliver_messages
from workers.jobs.fetch_media import fetch_media
from workers.jobs.sweep import sweep_house


async def write(crew: Crew, text: str, number: int, **more: Any) -> UUID:
    """Let the fan write; return the conversation."""
    handle = str(crew.fan.id)
    event = InboundMessage(
        event_key=f"e{number}",
        at=NOON,
        sender=Sender(handle=handle),
        conversation_key=handle,
        message_key=f"m{number}",
        text=text,
        **more,
    )
    (one,) = await ingest(crew.engine.house.app, [Arrival(crew.account, event, b"{}", f"corr-{number}", 0.0, 0.0)])
    assert one.conversation_id
    return one.conversation_id


async def reply(crew: Crew, conversation: UUID) -> None:
    """Think and deliver, as a worker would."""
    await crew.think()
    await deliver_messages(crew.ctx, str(crew.account.agency_id), str(conversation))


async def states(crew: Crew) -> dict[str, int]:
    found: dict[str, int] = {}
    async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
        every = ["pending", "sending", "sent", "not_sent", "unknown", "stopped", "dropped"]
        for row in await deliveries.list_deliveries(unit, every):
            found[row.state] = found.get(row.state, 0) + 1
    return found


async def test_a_burst_gets_one_reply_on_the_platform(crew: Crew) -> None:
    conversation = UUID(int=0)
    for number, text in enumerate(("hi", "it's me", "are you there?")):
        conversation = await write(crew, text, number)
    await asyncio.gather(*(reply(crew, conversation) for _ in range(4)))
    assert crew.said() == ["hi + it's me + are you there?"]
    assert len(crew.thinker.turns) == 1
    assert await states(crew) == {"sent": 1}


async def test_nothing_due_thinks_nothing(crew: Crew) -> None:
    conversation = await write(crew, "hi", 1)
    await reply(crew, conversation)
    await reply(crew, conversation)
    assert len(crew.thinker.turns) == 1


async def test_a_failed_turn_is_tried_again_and_at_last_held_with_its_cause(crew: Crew, database: TestDatabase) -> None:
    async def fail(_turn: object) -> Outcome:
        raise RuntimeError("the brain is on fire")

    crew.thinker.answer = fail
    conversation = await write(crew, "hi", 1)
    owner = await asyncpg.connect(database.owner)
    for _ in range(3):
        await reply(crew, conversation)
        await owner.execute("UPDATE conversations SET due_at = now() WHERE due_at IS NOT NULL")
    cause = await owner.fetchval("SELECT reason FROM turns")
    await owner.close()
    assert len(crew.thinker.turns) == 2
    assert cause == "failed 2 times: RuntimeError: the brain is on fire"
    async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
        assert [d.reason for d in await drafts.held_drafts(unit, conversation)] == [cause]
    assert crew.said() == []


@pytest.mark.parametrize(("age", "heard"), [(27, ["one moment"]), (None, [])])
async def test_a_turn_that_fails_says_the_waiting_line_only_of_who_may_speak(
    crew: Crew, database: TestDatabase, age: int | None, heard: list[str]
) -> None:
    async def fail(_turn: object) -> Outcome:
        raise RuntimeError("the brain is on fire")

    document = json.dumps({"waiting": "one moment", "age": age})
    owner = await asyncpg.connect(database.owner)
    await owner.execute("UPDATE persona_versions SET document = document || $1::jsonb", document)
    crew.thinker.answer = fail
    conversation = await write(crew, "hi", 1)
    for _ in range(3):
        await reply(crew, conversation)
        await owner.execute("UPDATE conversations SET due_at = now() WHERE due_at IS NOT NULL")
    await owner.close()
    async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
        assert len(await drafts.held_drafts(unit, conversation)) == 1
        said = [one.text for one in await read_thread(unit, conversation) if one.author != "fan"]
    assert said == heard


async def test_a_turn_that_cannot_be_read_ends_with_a_person(crew: Crew, database: TestDatabase) -> None:
    conversation = await write(crew, "hi", 1)
    owner = await asyncpg.connect(database.owner)
    await owner.execute("UPDATE account_secrets SET sealed = 'not ours'")
    for _ in range(4):
        await reply(crew, conversation)
        await owner.execute("UPDATE conversations SET due_at = now() WHERE due_at IS NOT NULL")
    row = await owner.fetchrow("SELECT owner, last_error FROM conversations")
    await owner.close()
    assert row
    assert row["owner"] == "paused"
    assert "sealed with a key" in row["last_error"]
    assert crew.thinker.turns == []


async def test_a_refused_effect_is_thought_again_and_then_held(crew: Crew) -> None:
    async def opt_out(_turn: object) -> Outcome:
        return Outcome(Send((TextPart("done"),)), Trace("test"), (OptOut(True),))

    async def refuse(*_: object) -> None:
        raise EffectRefused("The moon is in the way.")

    crew.engine.handlers[OptOut] = refuse  # type: ignore[index]  # a dict in truth
    crew.thinker.answer = opt_out
    conversation = await write(crew, "stop", 1)
    await reply(crew, conversation)
    assert [list(r) for r in crew.thinker.refusals] == [[], ["The moon is in the way."], ["The moon is in the way."] * 2]
    assert crew.said() == []
    async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
        (held,) = await drafts.held_drafts(unit, conversation)
    assert held.reason == "effect refused: The moon is in the way."


async def test_the_platform_bounds_how_freely_an_account_speaks(crew: Crew) -> None:
    telegram = crew.engine.platforms["telegram"]
    telegram.policy = structs.replace(telegram.policy, autonomy_ceiling="approve")
    conversation = await write(crew, "hi", 1)
    await reply(crew, conversation)
    assert crew.thinker.turns[0].account.autonomy == "approve"
    assert crew.account.autonomy == "auto"


async def test_a_lost_lease_stops_the_thinking_and_says_nothing(crew: Crew) -> None:
    """Incident 15 at the turn: a person takes over while the agent thinks."""
    thinking, cancelled = asyncio.Event(), asyncio.Event()

    async def ponder(_turn: object) -> Outcome:
        thinking.set()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.set()
            raise
        raise AssertionError

    crew.thinker.answer = ponder
    conversation = await write(crew, "hi", 1)
    job = asyncio.create_task(reply(crew, conversation))
    await asyncio.wait_for(thinking.wait(), 10)
    async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
        await conversations.take(unit, conversation, "ana")
        await unit.connection.execute("UPDATE conversations SET fence = fence + 1 WHERE id = $1", conversation)
    await asyncio.wait_for(cancelled.wait(), 10)
    await job
    assert crew.said() == []


async def test_a_long_thought_keeps_its_lease(crew: Crew) -> None:
    """Incident 2: a slow agent outlived its lease and a second one started."""

    async def slowly(_turn: object) -> Outcome:
        await asyncio.sleep(crew.engine.settings.lease_s * 1.5)
        return Outcome(Send((TextPart("at last"),)), Trace("test"))

    crew.thinker.answer = slowly
    conversation = await write(crew, "hi", 1)
    first = asyncio.create_task(reply(crew, conversation))
    await asyncio.sleep(crew.engine.settings.lease_s * 1.2)
    await reply(crew, conversation)
    await first
    assert len(crew.thinker.turns) == 1
    assert crew.said() == ["at last"]


async def test_a_stopped_worker_hands_its_turn_back(crew: Crew) -> None:
    thinking = asyncio.Event()

    async def ponder(_turn: object) -> Outcome:
        thinking.set()
        await asyncio.sleep(60)
        raise AssertionError

    crew.thinker.answer = ponder
    conversation = await write(crew, "hi", 1)
    dispatcher = Dispatcher(crew.engine)
    await dispatcher.look()
    await asyncio.wait_for(thinking.wait(), 10)
    assert await dispatcher.drain(0.01) == 1
    crew.thinker.answer = echo
    await reply(crew, conversation)
    assert crew.said() == ["hi"]


async def test_the_last_words_of_a_handed_over_conversation_still_leave(crew: Crew) -> None:
    async def hand_over(_turn: object) -> Outcome:
        return Outcome(Hold("crisis", notice="please call somebody"), Trace("policy"), (HandToOperator("crisis"),))

    crew.thinker.answer = hand_over
    conversation = await write(crew, "help", 1)
    await reply(crew, conversation)
    await write(crew, "hello?", 2)
    await reply(crew, conversation)
    assert crew.said() == ["please call somebody"]
    assert len(crew.thinker.turns) == 1


async def test_a_platform_that_drops_the_line_after_taking_a_message_gets_it_once(crew: Crew) -> None:
    """Incident 5: a delivery retry sent the reply twice."""
    crew.simulator.faults.drop_after("sendMessage", times=1)
    conversation = await write(crew, "hi", 1)
    await reply(crew, conversation)
    await reply(crew, conversation)
    assert crew.said() == ["hi"]
    assert await states(crew) == {"unknown": 1}
    await write(crew, "again", 2)
    await reply(crew, conversation)
    assert crew.said() == ["hi", "again"], "later turns go on"


async def test_a_rate_limit_is_waited_out(crew: Crew, database: TestDatabase) -> None:
    crew.simulator.faults.rate_limit("sendMessage", retry_after=3, times=1)
    conversation = await write(crew, "hi", 1)
    await reply(crew, conversation)
    assert await states(crew) == {"pending": 1}
    owner = await asyncpg.connect(database.owner)
    wait = await owner.fetchval("SELECT extract(epoch FROM not_before - now()) FROM deliveries")
    await owner.execute("UPDATE deliveries SET not_before = now()")
    await owner.close()
    assert 1 < float(wait) <= 3
    await reply(crew, conversation)
    assert crew.said() == ["hi"]


async def test_a_blocked_bot_stops_trying(crew: Crew) -> None:
    crew.fan.block(crew.bot)
    conversation = await write(crew, "bye", 1)
    await reply(crew, conversation)
    assert await states(crew) == {"not_sent": 1}
    async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
        assert await unit.connection.fetchval("SELECT reachable FROM conversations") is False


async def test_a_sender_that_died_leaves_an_unknown_that_is_shown(crew: Crew, database: TestDatabase) -> None:
    await crew.engine.outbox.drain(10)
    conversation = await write(crew, "hi", 1)
    await crew.think()
    async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
        assert await deliveries.claim_next(unit, conversation, "dead worker")
    crew.restart("w2")
    await reply(crew, conversation)
    assert await states(crew) == {"sending": 1}, "it may be leaving just now"
    owner = await asyncpg.connect(database.owner)
    await owner.execute("UPDATE deliveries SET claimed_at = now() - interval '5 minutes'")
    await owner.close()
    await reply(crew, conversation)
    assert await states(crew) == {"unknown": 1}
    assert crew.said() == []


async def test_a_long_reply_is_split_and_stays_in_order(crew: Crew) -> None:
    async def talk(_turn: object) -> Outcome:
        return Outcome(Send((TextPart("word " * 2000), TextPart("end"))), Trace("test"))

    crew.thinker.answer = talk
    conversation = await write(crew, "talk", 1)
    await reply(crew, conversation)
    await crew.fan.chat(crew.bot).wait_for(4)  # the last one waits for the chat's rate
    said = crew.said()
    assert len(said) == 4
    assert said[-1] == "end"
    assert all(len(text) <= 4096 for text in said)


async def test_without_any_wake_up_everything_is_found(crew: Crew, database: TestDatabase) -> None:
    """Losing Redis entirely loses nothing."""
    conversation = await write(crew, "hi", 1)
    house = crew.engine.house
    await house.redis.flushall()
    assert await crew.think() == 1
    await crew.engine.outbox.deliver(crew.account.agency_id, conversation)
    assert crew.said() == ["hi"]
    owner = await asyncpg.connect(database.owner)  # one more that nobody was told of
    await owner.execute("UPDATE deliveries SET state = 'pending', not_before = now() - interval '1 minute'")
    await owner.close()
    crew.restart("w2")
    await sweep_house(crew.ctx)
    await sweep_house(crew.ctx)
    await crew.fan.chat(crew.bot).wait_for(2)
    await crew.engine.outbox.deliver(crew.account.agency_id, conversation)
    assert crew.said() == ["hi", "hi"], "sent once, not at every sweep"


async def test_a_photo_is_fetched_sniffed_and_kept_privately(crew: Crew, database: TestDatabase) -> None:
    crew.fan.send_photo(crew.bot, PIXEL)
    telegram = crew.engine.platforms["telegram"]
    assert isinstance(telegram, TelegramPlatform)
    bodies, _ = await telegram.poll(crew.account, None)
    arrivals = [Arrival(crew.account, event, raw, "corr", 0.0, 0.0) for raw, events in bodies for event in events]
    await ingest(crew.engine.house.app, arrivals)
    owner = await asyncpg.connect(database.owner)
    media_id = await owner.fetchval("SELECT id FROM media")
    await fetch_media(crew.ctx, str(crew.account.agency_id), str(media_id))
    row = await owner.fetchrow("SELECT state, mime, blob_key FROM media")
    await owner.close()
    assert row
    assert (row["state"], row["mime"]) == ("stored", "image/png")
    assert await crew.engine.house.blobs.get(row["blob_key"]) == PIXEL


async def test_a_model_that_can_look_is_given_the_fans_picture(crew: Crew) -> None:
    crew.engine = structs.replace(crew.engine, settings=structs.replace(crew.engine.settings, vision=True))
    crew.fan.send_photo(crew.bot, PIXEL)
    telegram = crew.engine.platforms["telegram"]
    assert isinstance(telegram, TelegramPlatform)
    bodies, _ = await telegram.poll(crew.account, None)
    arrivals = [Arrival(crew.account, event, raw, "corr", 0.0, 0.0) for raw, events in bodies for event in events]
    written = await ingest(crew.engine.house.app, arrivals)
    conversation = written[-1].conversation_id
    assert conversation
    await reply(crew, conversation)
    (turn,) = crew.thinker.turns
    assert [(p.data, p.mime) for p in turn.pictures] == [(PIXEL, "image/png")]


@pytest.mark.parametrize("file_id", ["no-such-file"])
async def test_a_file_that_is_not_to_be_had_is_refused_with_a_reason(crew: Crew, database: TestDatabase, file_id: str) -> None:
    await write(crew, "", 5, kind="media", media=(MediaRef("photo", file_id),))
    owner = await asyncpg.connect(database.owner)
    media_id = await owner.fetchval("SELECT id FROM media")
    await fetch_media(crew.ctx, str(crew.account.agency_id), str(media_id))
    row = await owner.fetchrow("SELECT state, reason FROM media")
    await owner.close()
    assert row
    assert row["state"] == "refused"
    assert row["reason"]


PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)
