"""A send of which nobody knows whether it left: repeated under its key, looked up in the platform's list, or shown."""

from __future__ import annotations

import asyncpg
import pytest

from core.errors import BadInput, MuseError, OutcomeUnknown, RateLimited, Unavailable, Unreachable
from core.turns import OptOut
from storage import deliveries
from storage.conversations import load_conversation
from storage.effects import EffectContext
from storage.fans import apply_opt_out
from tests.conftest import TestDatabase
from tests.workers.conftest import Crew
from tests.workers.mail import ListingPlatform, MailPlatform, mailing
from tests.workers.steps import agent_says, as_owner, deliver, fan_says, states, take

LOST = OutcomeUnknown("The line broke.")


async def test_a_platform_that_keeps_keys_is_asked_again_and_the_fan_sees_it_once(crew: Crew, database: TestDatabase) -> None:
    mail = MailPlatform(keys=True)
    mail.after.append(LOST)
    async with mailing(crew, mail):
        conversation = await fan_says(crew, "hi", 1)
        await agent_says(crew, conversation, "one", "two")
        await deliver(crew, conversation)
        assert (await states(crew))[0] == ("one", "pending")
        await as_owner(database, "UPDATE deliveries SET not_before = now()")
        await deliver(crew, conversation)
    assert mail.calls == ["one", "one", "two"]
    assert mail.texts() == ["one", "two"]


@pytest.mark.parametrize("no", [BadInput("no"), Unreachable("The fan blocked the account.")])
async def test_a_no_to_the_repeat_says_nothing_of_the_first_try(crew: Crew, database: TestDatabase, no: MuseError) -> None:
    mail = MailPlatform(keys=True)
    mail.after.append(LOST)
    async with mailing(crew, mail):
        conversation = await fan_says(crew, "hi", 1)
        await agent_says(crew, conversation, "one")
        await deliver(crew, conversation)
        for refusal in (RateLimited("slow down", retry_after=1.0), no):
            mail.before.append(refusal)
            await as_owner(database, "UPDATE deliveries SET not_before = now()")
            await deliver(crew, conversation)
    assert mail.texts() == ["one"], "it is there"
    assert await states(crew) == [("one", "unknown")]


async def test_a_no_to_what_was_surely_not_sent_before_is_a_no(crew: Crew, database: TestDatabase) -> None:
    mail = MailPlatform(keys=True)
    mail.before.extend((Unavailable("away"), BadInput("no")))
    async with mailing(crew, mail):
        conversation = await fan_says(crew, "hi", 1)
        await agent_says(crew, conversation, "one")
        await deliver(crew, conversation)
        await as_owner(database, "UPDATE deliveries SET not_before = now()")
        await deliver(crew, conversation)
    assert await states(crew) == [("one", "not_sent")]


@pytest.mark.parametrize("stopped", [False, True])
async def test_what_is_dropped_after_a_try_that_may_have_arrived_is_unknown(crew: Crew, *, stopped: bool) -> None:
    """A take-over or a STOP ends the tries; a person is told that the fan may have the words."""
    mail = MailPlatform(keys=True)
    mail.after.append(LOST)
    house, agency = crew.engine.house, crew.account.agency_id
    async with mailing(crew, mail):
        conversation = await fan_says(crew, "hi", 1)
        await agent_says(crew, conversation, "one", "two")
        await deliver(crew, conversation)
        if stopped:
            async with house.app.unit(agency) as unit:
                where = EffectContext(crew.account, await load_conversation(unit, conversation), None)  # type: ignore[arg-type]  # outside a turn
                await apply_opt_out(unit, where, OptOut(out=True))
        else:
            await take(crew, conversation, "ana")
        await deliver(crew, conversation)
        async with house.app.unit(agency) as unit:
            (shown,) = await deliveries.list_deliveries(unit, ["unknown"])
    assert mail.calls == ["one"]
    assert await states(crew) == [("one", "unknown"), ("two", "dropped")]
    assert shown.error is not None
    assert shown.error.startswith("An earlier try may have arrived; it is not repeated: the ")


@pytest.mark.parametrize("keeps_keys", [True, False])
async def test_what_stands_in_the_list_was_sent(crew: Crew, keeps_keys: bool) -> None:
    mail = ListingPlatform(keeps_keys=keeps_keys)
    mail.after.append(LOST)
    mail.hidden_looks = 1  # it shows up a moment later
    async with mailing(crew, mail):
        conversation = await fan_says(crew, "hi", 1)
        await agent_says(crew, conversation, "one", "two")
        await deliver(crew, conversation)
    assert mail.texts() == ["one", "two"]
    assert mail.looks == 2
    assert await states(crew) == [("one", "sent"), ("two", "sent")]


async def test_what_does_not_stand_in_the_list_is_sent_again_before_anything_else(crew: Crew, database: TestDatabase) -> None:
    mail = ListingPlatform()
    mail.before.append(LOST)
    async with mailing(crew, mail):
        conversation = await fan_says(crew, "hi", 1)
        await agent_says(crew, conversation, "one", "two")
        await deliver(crew, conversation)
        assert await states(crew) == [("one", "pending"), ("two", "pending")]
        await as_owner(database, "UPDATE deliveries SET not_before = now()")
        await deliver(crew, conversation)
    assert mail.texts() == ["one", "two"]


async def test_the_same_words_sent_before_are_not_taken_for_these(crew: Crew) -> None:
    mail = ListingPlatform()
    async with mailing(crew, mail):
        conversation = await fan_says(crew, "hi", 1)
        await agent_says(crew, conversation, "one")
        await deliver(crew, conversation)
        await fan_says(crew, "what?", 2)
        await agent_says(crew, conversation, "one")
        mail.before.append(LOST)
        await deliver(crew, conversation)
    assert await states(crew) == [("one", "sent"), ("one", "pending")]


async def test_a_list_that_cannot_be_read_leaves_it_to_a_person(crew: Crew) -> None:
    away, mute = ListingPlatform(), ListingPlatform(tells=False)
    away.refusals.extend(Unavailable("away") for _ in range(9))
    for number, mail in enumerate((away, mute)):
        mail.after.append(LOST)
        async with mailing(crew, mail):
            conversation = await fan_says(crew, "hi", number)
            await agent_says(crew, conversation, f"try {number}", "and more")
            await deliver(crew, conversation)
            assert (await states(crew))[-2:] == [(f"try {number}", "unknown"), ("and more", "stopped")]
            assert len(mail.letters) == 1


@pytest.mark.parametrize(
    ("mail", "state", "calls"),
    [(MailPlatform(keys=True), "pending", 0), (ListingPlatform(), "pending", 0), (MailPlatform(), "unknown", 0)],
    ids=["keeps keys", "tells", "neither"],
)
async def test_a_dead_senders_claim_is_decided_the_same_way(
    crew: Crew, database: TestDatabase, mail: MailPlatform, state: str, calls: int
) -> None:
    async with mailing(crew, mail):
        conversation = await fan_says(crew, "hi", 1)
        await agent_says(crew, conversation, "one")
        async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
            assert await deliveries.claim_next(unit, conversation, "w0#dead")
        await as_owner(database, "UPDATE deliveries SET claimed_at = now() - interval '5 minutes'")
        await deliver(crew, conversation)
        assert await states(crew) == [("one", state)]
        assert len(mail.calls) == calls


async def test_a_sender_that_was_only_slow_is_believed(crew: Crew, database: TestDatabase) -> None:
    """Its claim was given up as unknown; its answer comes all the same, and the rest of the reply follows."""
    mail = MailPlatform()
    mail.let_go.clear()
    async with mailing(crew, mail) as outbox:
        conversation = await fan_says(crew, "hi", 1)
        await agent_says(crew, conversation, "one", "two")
        outbox.wake(crew.account.agency_id, conversation)
        await mail.entered.wait()
        async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
            (one,) = await deliveries.list_deliveries(unit, ["sending"])
            await deliveries.settle_unknown(unit, one.id, "It took too long.")
        assert await states(crew) == [("one", "unknown"), ("two", "stopped")]
        mail.let_go.set()
        await mail.wait_for(2)
        await outbox.drain(10)
    assert await states(crew) == [("one", "sent"), ("two", "sent")]


async def test_a_late_failure_does_not_undo_what_another_decided(crew: Crew, database: TestDatabase) -> None:
    mail = MailPlatform()
    mail.let_go.clear()
    mail.before.append(Unavailable("away"))
    async with mailing(crew, mail) as outbox:
        conversation = await fan_says(crew, "hi", 1)
        await agent_says(crew, conversation, "one")
        outbox.wake(crew.account.agency_id, conversation)
        await mail.entered.wait()
        owner = await asyncpg.connect(database.owner)
        await owner.execute("UPDATE deliveries SET attempts = attempts + 1, claimed_by = 'w2#other'")
        await owner.close()
        mail.let_go.set()
        await outbox.drain(10)
    assert await states(crew) == [("one", "sending")], "it is the other one's now"
