"""A persona's pace: several short messages with pauses while the sign shows, and nothing at night but what must be said."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from msgspec import structs

from core.turns import OptOut
from tests.conftest import TestDatabase
from tests.storage import ledger_steps
from tests.workers.conftest import Crew
from tests.workers.mail import MailPlatform, mailing
from tests.workers.steps import agent_says, as_owner, deliver, fan_says, hand_back, live_by, operator_says, states, take

THREE = "A first short one. A second short one. A third short one."
SHORT = {"message_chars": 20, "chars_per_s": 40.0}
NIGHT = {"quiet_hours": ("23:00", "07:00")}


class FixedClock:
    """Business time that stands still."""

    def __init__(self, text: str) -> None:
        self.at = datetime.fromisoformat(text).replace(tzinfo=UTC)

    def now(self) -> datetime:
        """Return the moment."""
        return self.at


def at(crew: Crew, moment: str) -> FixedClock:
    clock = FixedClock(moment)
    crew.engine = structs.replace(crew.engine, clock=clock)
    return clock


async def test_a_reply_leaves_as_several_short_messages_with_pauses_and_the_typing_sign(crew: Crew) -> None:
    await live_by(crew, pace={**SHORT, "chars_per_s": 25.0})
    mail = MailPlatform()
    async with mailing(crew, mail) as outbox:
        conversation = await fan_says(crew, "hi", 1)
        await agent_says(crew, conversation, THREE)
        outbox.wake(crew.account.agency_id, conversation)
        await mail.wait_for(3)
        await outbox.drain(10)
    assert mail.texts() == ["A first short one.", "A second short one.", "A third short one."]
    apart = [(b.at - a.at).total_seconds() for a, b in zip(mail.letters, mail.letters[1:], strict=False)]
    assert all(seconds > 0.4 for seconds in apart), apart
    assert len(mail.typed) == 3


async def test_a_fan_who_writes_meanwhile_does_not_mix_the_replies(crew: Crew) -> None:
    await live_by(crew, pace=SHORT)
    mail = MailPlatform()
    async with mailing(crew, mail) as outbox:
        conversation = await fan_says(crew, "hi", 1)
        await agent_says(crew, conversation, THREE)
        outbox.wake(crew.account.agency_id, conversation)
        await mail.wait_for(1)
        await fan_says(crew, "and?", 2)
        await agent_says(crew, conversation, "The answer to it.")
        outbox.wake(crew.account.agency_id, conversation)
        await mail.wait_for(4)
        await outbox.drain(10)
    assert mail.texts()[-1] == "The answer to it."
    assert [state for _, state in await states(crew)] == ["sent"] * 4


async def test_a_slow_first_part_does_not_bunch_the_others(crew: Crew, database: TestDatabase) -> None:
    """The pause counts from the moment the part before has left, not from the commit."""
    await live_by(crew, pace={**SHORT, "pause_s": 6.0})
    mail = MailPlatform()
    async with mailing(crew, mail):
        conversation = await fan_says(crew, "hi", 1)
        await agent_says(crew, conversation, THREE)
        await as_owner(database, "UPDATE deliveries SET not_before = now() - interval '1 hour'")
        await deliver(crew, conversation)
        assert mail.texts() == ["A first short one."]


async def test_a_paced_part_is_not_said_nor_typed_after_a_take_over(crew: Crew) -> None:
    """Incident 15 with a pause: the sender sleeps, wakes, and finds that it may say nothing more."""
    await live_by(crew, pace=SHORT)
    mail = MailPlatform()
    async with mailing(crew, mail) as outbox:
        conversation = await fan_says(crew, "hi", 1)
        await agent_says(crew, conversation, THREE)
        outbox.wake(crew.account.agency_id, conversation)
        await mail.wait_for(1)
        await take(crew, conversation, "ana")
        typed = len(mail.typed)
        await deliver(crew, conversation)
        await outbox.drain(10)
        assert len(mail.typed) == typed
    assert mail.texts() == ["A first short one."]
    assert [state for _, state in await states(crew)] == ["sent", "dropped", "dropped"]


async def test_a_failing_typing_sign_stops_nothing(crew: Crew) -> None:
    await live_by(crew, pace={**SHORT, "chars_per_s": 25.0})
    crew.simulator.faults.error("sendChatAction", times=9)
    conversation = await fan_says(crew, "hi", 1)
    await agent_says(crew, conversation, THREE)
    crew.engine.outbox.wake(crew.account.agency_id, conversation)
    await crew.simulator.wait_for_calls("sendMessage", 3, timeout_s=20)
    await crew.engine.outbox.drain(10)
    assert len(crew.said()) == 3


@pytest.mark.parametrize("zone", ["UTC", "Europe/Lisbon"])
async def test_at_night_a_reply_waits_for_the_morning_of_the_personas_zone(crew: Crew, zone: str) -> None:
    await live_by(crew, pace=NIGHT, time_zone=zone)
    mail = MailPlatform()
    at(crew, "2026-05-01T22:30")  # half past eleven at night in Lisbon
    async with mailing(crew, mail):
        conversation = await fan_says(crew, "hi", 1)
        await agent_says(crew, conversation, "good night", "dream well")
        await deliver(crew, conversation)
        async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
            wait = await unit.connection.fetchval("SELECT extract(epoch FROM min(not_before) - now()) FROM deliveries")
            later = await unit.connection.fetchval("SELECT extract(epoch FROM max(not_before) - now()) FROM deliveries")
    if zone == "UTC":
        assert mail.texts() == ["good night", "dream well"]
        return
    assert mail.calls == []
    assert 7.5 * 3600 < max(float(wait), float(later)) < 7.5 * 3600 + 130
    assert [state for _, state in await states(crew)] == ["pending", "pending"]


async def test_a_reply_that_has_begun_is_finished_at_night(crew: Crew) -> None:
    await live_by(crew, pace=NIGHT)
    mail = MailPlatform()
    clock = at(crew, "2026-05-01T22:59")
    async with mailing(crew, mail):
        conversation = await fan_says(crew, "hi", 1)
        await agent_says(crew, conversation, "one", "two")

        async def night_falls() -> None:
            clock.at = datetime(2026, 5, 1, 23, 1, tzinfo=UTC)

        mail.meanwhile = night_falls
        await deliver(crew, conversation)
    assert mail.texts() == ["one", "two"]


async def test_what_must_be_said_leaves_at_night_and_before_what_sleeps(crew: Crew, monkeypatch: pytest.MonkeyPatch) -> None:
    async def believe(*_: object) -> None:
        """Take the effect for true."""

    monkeypatch.setitem(ledger_steps.HANDLERS, OptOut, believe)
    await live_by(crew, pace=NIGHT)
    mail = MailPlatform()
    at(crew, "2026-05-02T03:00")
    async with mailing(crew, mail):
        conversation = await fan_says(crew, "hi", 1)
        await agent_says(crew, conversation, "sleeping words")
        await deliver(crew, conversation)
        assert mail.calls == []
        await fan_says(crew, "stop", 2)
        await agent_says(crew, conversation, "You will get no more messages.", effects=(OptOut(out=True),))
        await deliver(crew, conversation)
        assert mail.texts() == ["You will get no more messages."]
    assert await states(crew) == [("sleeping words", "pending"), ("You will get no more messages.", "sent")]


async def test_an_operator_writes_at_night_and_it_leaves_at_once_also_after_the_hand_back(crew: Crew) -> None:
    await live_by(crew, pace={**NIGHT, **SHORT})
    mail = MailPlatform()
    at(crew, "2026-05-02T03:00")
    async with mailing(crew, mail):
        conversation = await fan_says(crew, "hi", 1)
        await take(crew, conversation, "ana")
        await operator_says(crew, conversation, "ana", THREE)
        await hand_back(crew, conversation, "ana")
        await deliver(crew, conversation)
    assert mail.texts() == [THREE]


async def test_a_persona_without_a_pace_says_it_all_at_once(crew: Crew) -> None:
    mail = MailPlatform()
    async with mailing(crew, mail):
        conversation = await fan_says(crew, "hi", 1)
        await agent_says(crew, conversation, THREE)
        await asyncio.wait_for(deliver(crew, conversation), 10)
    assert mail.texts() == [THREE]
    assert mail.typed == []


async def test_who_tries_a_persona_out_at_night_need_not_wait_for_the_morning(crew: Crew, database: TestDatabase) -> None:
    await live_by(crew, pace=NIGHT, time_zone="UTC")
    mail = MailPlatform()
    crew.engine.platforms["preview"] = mail  # type: ignore[index]  # a dict in truth
    await as_owner(database, "UPDATE accounts SET platform = 'preview'")
    at(crew, "2026-05-01T23:30")
    async with mailing(crew, mail):
        conversation = await fan_says(crew, "hi", 1)
        await agent_says(crew, conversation, "good night")
        await deliver(crew, conversation)
    assert mail.texts() == ["good night"]
