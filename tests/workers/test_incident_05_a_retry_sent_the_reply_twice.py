"""Incident 5: a delivery retry sent the reply twice.

The line breaks after the platform took the message. Nothing is sent again by itself: not by the same worker, not by another,
not after a restart, not by the sweep; a person says what became of it.
"""

from __future__ import annotations

from core.errors import OutcomeUnknown
from storage import deliveries
from tests.conftest import TestDatabase
from tests.workers.conftest import Crew
from tests.workers.mail import MailPlatform, mailing
from tests.workers.steps import agent_says, as_owner, deliver, fan_says, states
from workers.jobs.sweep import sweep_house


async def test_a_line_that_breaks_after_the_first_byte_is_never_tried_again_by_itself(
    crew: Crew, database: TestDatabase
) -> None:
    crew.simulator.faults.drop_after("sendMessage", times=1)
    conversation = await fan_says(crew, "hi", 1)
    await agent_says(crew, conversation, "hello", "how are you?")
    await deliver(crew, conversation)
    for name in ("w1", "w2", "w3"):
        await crew.engine.outbox.close()
        crew.restart(name)
        await as_owner(
            database, "UPDATE deliveries SET not_before = now() - interval '1 hour', claimed_at = now() - interval '1 hour'"
        )
        await sweep_house(crew.ctx)
        await deliver(crew, conversation)
    assert crew.said() == ["hello"]
    assert await states(crew) == [("hello", "unknown"), ("how are you?", "stopped")]


async def test_a_person_who_looked_lets_the_rest_follow_without_a_second_hello(crew: Crew) -> None:
    crew.simulator.faults.drop_after("sendMessage", times=1)
    conversation = await fan_says(crew, "hi", 1)
    await agent_says(crew, conversation, "hello", "how are you?")
    await deliver(crew, conversation)
    async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
        (unknown,) = await deliveries.list_deliveries(unit, ["unknown"])
        await deliveries.resolve(unit, unknown.id, "sent", "ana")
    await deliver(crew, conversation)
    assert crew.said() == ["hello", "how are you?"]


async def test_a_worker_killed_between_the_first_byte_and_the_outcome_leaves_an_unknown(
    crew: Crew, database: TestDatabase
) -> None:
    """The claim is all that a dead worker leaves; whoever finds it cannot know, and does not try."""
    mail = MailPlatform()
    mail.let_go.clear()
    async with mailing(crew, mail) as killed:
        conversation = await fan_says(crew, "hi", 1)
        await agent_says(crew, conversation, "hello")
        killed.wake(crew.account.agency_id, conversation)
        await mail.entered.wait()
        await as_owner(database, "UPDATE deliveries SET claimed_at = now() - interval '1 hour'")
        crew.restart("w2")
        await deliver(crew, conversation)
        assert await states(crew) == [("hello", "unknown")]
        mail.before.append(OutcomeUnknown("killed"))
    assert mail.calls == ["hello"]
